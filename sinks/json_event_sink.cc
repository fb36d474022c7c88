#include "sinks/json_event_sink.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/variant.h"
#include "logging/escape.h"
#include "logging/log_level.h"
#include "sinks/json_writer.h"
#include "text/utf8.h"

namespace dirwatcher {
namespace {

constexpr size_t kBufferBytes = size_t{64} << 10;

absl::string_view ReasonText(MissingReason reason) {
  switch (reason) {
    case MissingReason::kNotFound:
      return "not found";
    case MissingReason::kNotADirectory:
      return "not a directory";
    case MissingReason::kPermissionDenied:
      return "permission denied";
  }
  return "unknown";
}

// Writes what stands after the time: the kind of one event and its keys, in the
// order of docs/events.md. A visitor of Event.
class Fields {
 public:
  explicit Fields(JsonWriter* json) : json_(*json) {}

  void operator()(const Started& e) {
    Kind("started");
    Text("version", e.version);
    Number("pid", e.pid);
    Text("dir", e.dir);
    Texts("ext", e.extensions);
    Texts("magic", e.magics);
    json_.Key("interval");
    json_.Seconds(e.interval);
  }

  void operator()(const DirectoryMissing& e) {
    Kind("directory_missing");
    Text("dir", e.dir);
    Text("reason", ReasonText(e.reason));
  }

  void operator()(const DirectoryFound& e) {
    Kind("directory_found");
    Text("dir", e.dir);
  }

  void operator()(const FileAdded& e) {
    Kind("added");
    File(e.file);
  }

  void operator()(const FileRemoved& e) {
    Kind("removed");
    File(e.file);
  }

  void operator()(const FileRenamed& e) {
    Kind("renamed");
    File(e.file);
    Name("from", "from_base64", e.from);
  }

  void operator()(const FileTruncated& e) {
    Kind("truncated");
    File(e.file);
  }

  void operator()(const LineMatched& e) {
    Kind("match");
    File(e.file);
    Number("line", e.line);
    Number("offset", e.offset_bytes);
    Text("magic", e.magic);
    Text("text", e.text);
    if (!e.cut) return;
    json_.Key("cut");
    json_.Bool(true);
  }

  void operator()(const Gap& e) {
    Kind("gap");
    File(e.file);
    Number("from", e.from);
    json_.Key("to");
    if (e.to.has_value()) {
      json_.Int(*e.to);
    } else {
      json_.Null();
    }
    Text("reason", e.reason);
  }

  void operator()(const FileError& e) {
    Kind("error");
    File(e.file);
    Text("message", e.message);
  }

  void operator()(const DirectoryError& e) {
    Kind("error");
    Text("dir", e.dir);
    Text("message", e.message);
  }

  void operator()(const WatchDegraded& e) {
    Kind("error");
    Text("dir", e.dir);
    Text("message", e.message);
  }

  void operator()(const Stopped& e) {
    Kind("stopped");
    json_.Key("signal");
    if (e.signal.has_value()) {
      json_.String(*e.signal);
    } else {
      json_.Null();
    }
    json_.Key("uptime");
    json_.Seconds(e.uptime);
    Number("files", e.files);
    Number("lines", e.lines);
    Number("matches", e.matches);
    Number("bytes", e.bytes);
  }

 private:
  void Kind(absl::string_view kind) { Text("event", kind); }

  void Text(absl::string_view key, absl::string_view bytes) {
    json_.Key(key);
    json_.String(bytes);
  }

  void Texts(absl::string_view key, const std::vector<std::string>& texts) {
    json_.Key(key);
    json_.BeginArray();
    for (const std::string& text : texts) json_.String(text);
    json_.EndArray();
  }

  void Number(absl::string_view key, int64_t value) {
    json_.Key(key);
    json_.Int(value);
  }

  // A file's name; the exact bytes too where the string cannot hold them.
  void Name(absl::string_view key, absl::string_view base64_key,
            absl::string_view name) {
    Text(key, name);
    if (IsValidUtf8(name)) return;
    json_.Key(base64_key);
    json_.Base64(name);
  }

  void File(absl::string_view name) { Name("file", "file_base64", name); }

  JsonWriter& json_;
};

std::string EventsWereDropped(int64_t count) {
  return absl::StrCat(
      count, count == 1 ? " event was dropped" : " events were dropped");
}

}  // namespace

JsonEventSink::JsonEventSink(Clock* clock, ByteSink* out, Logger* logger)
    : clock_(clock), out_(out), logger_(logger) {
  buffer_.reserve(2 * kBufferBytes);
}

JsonEventSink::~JsonEventSink() {
  WriteBuffer();
  if (untold_drops_ > 0) {
    logger_->Log(LogLevel::kWarning, EventsWereDropped(untold_drops_));
  }
}

void JsonEventSink::OnEvent(const Event& event) {
  JsonWriter json(&buffer_);
  json.BeginObject();
  json.Key("time");
  json.String(time_formatter_.Format(clock_->Now()));
  absl::visit(Fields(&json), event);
  json.EndObject();
  buffer_.push_back('\n');
  ++buffered_events_;
  if (buffer_.size() >= kBufferBytes) WriteBuffer();
}

void JsonEventSink::Flush() { WriteBuffer(); }

void JsonEventSink::WriteBuffer() {
  if (buffer_.empty()) return;
  const WriteResult result = out_->Write(buffer_);
  if (result.status.ok()) {
    buffer_.clear();
    rest_bytes_ = 0;
    buffered_events_ = 0;
    if (failing_) {
      logger_->Log(LogLevel::kWarning,
                   absl::StrCat("Events can be written again; ",
                                EventsWereDropped(untold_drops_)));
      untold_drops_ = 0;
      failing_ = false;
    }
    return;
  }

  // A line that has begun to go out is kept to its end, `keep`, to be
  // completed.
  const size_t written = std::min(result.written_bytes, buffer_.size());
  const bool at_line_start =
      written == 0 ? rest_bytes_ == 0 : buffer_[written - 1] == '\n';
  const size_t keep = at_line_start ? written : buffer_.find('\n', written) + 1;
  const int64_t begun_events =
      std::count(buffer_.begin() + rest_bytes_, buffer_.begin() + keep, '\n');
  const int64_t dropped = buffered_events_ - begun_events;
  dropped_events_ += dropped;
  untold_drops_ += dropped;
  buffer_.resize(keep);
  buffer_.erase(0, written);
  rest_bytes_ = buffer_.size();
  buffered_events_ = 0;

  if (failing_) return;
  failing_ = true;
  logger_->Log(LogLevel::kError,
               absl::StrCat("Cannot write events: ",
                            EscapeForLog(result.status.message()),
                            "; they are dropped until it works again"));
}

}  // namespace dirwatcher
