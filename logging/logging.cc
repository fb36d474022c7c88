#include "logging/logging.h"

#include <glog/logging.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "env/system_clock.h"
#include "logging/byte_sink.h"
#include "logging/escape.h"
#include "logging/fd_byte_sink.h"
#include "logging/glog_sink.h"
#include "logging/rotating_file.h"

namespace dirwatcher {
namespace {

// How long a reader of standard error that stands still may delay a record.
constexpr absl::Duration kStderrPatience = absl::Seconds(1);

google::LogSeverity SeverityOf(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
    case LogLevel::kInfo:
      return google::GLOG_INFO;
    case LogLevel::kWarning:
      return google::GLOG_WARNING;
    case LogLevel::kError:
      return google::GLOG_ERROR;
  }
  return google::GLOG_ERROR;
}

// glog's flags that say what is logged and where, put back by the destructor.
class FlagSaver {
 public:
  FlagSaver() = default;
  FlagSaver(const FlagSaver&) = delete;
  FlagSaver& operator=(const FlagSaver&) = delete;
  ~FlagSaver() {
    FLAGS_logtostderr = logtostderr_;
    FLAGS_logtostdout = logtostdout_;
    FLAGS_alsologtostderr = alsologtostderr_;
    FLAGS_stderrthreshold = stderrthreshold_;
    FLAGS_minloglevel = minloglevel_;
    FLAGS_v = v_;
  }

 private:
  const bool logtostderr_ = FLAGS_logtostderr;
  const bool logtostdout_ = FLAGS_logtostdout;
  const bool alsologtostderr_ = FLAGS_alsologtostderr;
  const google::int32 stderrthreshold_ = FLAGS_stderrthreshold;
  const google::int32 minloglevel_ = FLAGS_minloglevel;
  const google::int32 v_ = FLAGS_v;
};

// A rotating file that says on standard error when it cannot be rolled; the log
// itself goes on meanwhile. Called under GlogSink's lock.
class WatchedRotatingFile : public ByteSink {
 public:
  // `complaints` must outlive this.
  WatchedRotatingFile(std::unique_ptr<RotatingFile> file, ByteSink* complaints)
      : file_(std::move(file)), complaints_(complaints) {}

  WriteResult Write(absl::string_view bytes) override {
    const bool could_roll = file_->roll_status().ok();
    WriteResult result = file_->Write(bytes);
    if (could_roll && !file_->roll_status().ok()) {
      complaints_->Write(
          absl::StrCat("Cannot roll the log file: ",
                       EscapeForLog(file_->roll_status().message()),
                       "; it grows past its maximum\n"));
    }
    return result;
  }

 private:
  const std::unique_ptr<RotatingFile> file_;
  ByteSink* const complaints_;
};

class GlogLogging : public Logging, private Logger {
 public:
  // `file` is null to log to standard error.
  GlogLogging(const LoggingOptions& options, std::unique_ptr<RotatingFile> file)
      : program_(options.program),
        min_level_(options.min_level),
        stderr_(STDERR_FILENO, "standard error", StderrOptions()),
        file_(file == nullptr ? nullptr
                              : absl::make_unique<WatchedRotatingFile>(
                                    std::move(file), &stderr_)),
        sink_(file_ != nullptr ? file_.get() : &stderr_,
              file_ != nullptr ? &stderr_ : nullptr, BatchBytes(options)) {
    FLAGS_logtostderr = false;
    FLAGS_logtostdout = false;
    FLAGS_alsologtostderr = false;
    FLAGS_stderrthreshold = google::NUM_SEVERITIES;
    FLAGS_minloglevel = SeverityOf(options.min_level);
    FLAGS_v = options.min_level == LogLevel::kDebug ? 1 : 0;
    for (int severity = 0; severity < google::NUM_SEVERITIES; ++severity) {
      google::SetLogDestination(severity, "");  // no files of glog's own
    }
    google::InitGoogleLogging(program_.c_str());
    google::AddLogSink(&sink_);
  }

  ~GlogLogging() override {
    google::RemoveLogSink(&sink_);
    google::ShutdownGoogleLogging();
  }

  Logger* logger() override { return this; }

  int64_t lost_records() const override { return sink_.lost_records(); }

 private:
  // A file is rolled between batches only: small ones fill it better.
  static size_t BatchBytes(const LoggingOptions& options) {
    constexpr int64_t kMost = int64_t{64} << 10;
    const bool rolls = !options.file_path.empty() && options.max_file_bytes > 0;
    return static_cast<size_t>(
        rolls ? std::min(kMost, options.max_file_bytes / 16) : kMost);
  }

  static FdByteSinkOptions StderrOptions() {
    FdByteSinkOptions options;
    options.patience = kStderrPatience;
    return options;
  }

  void Flush() override { sink_.Flush(); }

  bool Keeps(LogLevel level) const override { return level >= min_level_; }

  void Write(LogLevel level, absl::string_view text,
             SourceLocation where) override {
    if (text.size() >= kGlogLimit) {
      WriteSoon(level, text, where);
      Flush();
    } else if (Keeps(level)) {
      google::LogMessage(where.file, where.line, SeverityOf(level)).stream()
          << OneLine(text);
    }
  }

  // Past glog, which takes ten times as long for a record.
  void WriteSoon(LogLevel level, absl::string_view text,
                 SourceLocation where) override {
    if (!Keeps(level)) return;
    const absl::string_view path = where.file;
    const size_t slash = path.rfind('/');
    sink_.SendSoon(
        SeverityOf(level),
        slash == absl::string_view::npos ? path : path.substr(slash + 1),
        where.line, SystemClock().Now(), OneLine(text));
  }

  // `text` without line feeds. Valid until the next call in this thread.
  static absl::string_view OneLine(absl::string_view text) {
    thread_local std::string one_line;
    if (text.find('\n') == absl::string_view::npos) return text;
    one_line = absl::StrReplaceAll(text, {{"\n", "\\n"}});
    return one_line;
  }

  // A record shorter than this passes glog uncut: its limit of 30,000 bytes
  // less the room for the longest prefix.
  static constexpr size_t kGlogLimit = 29'000;

  const FlagSaver flags_;
  const std::string program_;  // glog keeps a pointer to it
  const LogLevel min_level_;
  FdByteSink stderr_;
  const std::unique_ptr<ByteSink> file_;
  GlogSink sink_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Logging>> Logging::Start(
    const LoggingOptions& options) {
  if (google::IsGoogleLoggingInitialized()) {
    return absl::FailedPreconditionError(
        "glog is already in use in this process");
  }
  std::unique_ptr<RotatingFile> file;
  if (!options.file_path.empty()) {
    RotatingFileOptions file_options;
    file_options.path = options.file_path;
    file_options.max_bytes = options.max_file_bytes;
    file_options.max_backups = options.max_file_backups;
    absl::StatusOr<std::unique_ptr<RotatingFile>> opened =
        RotatingFile::Open(std::move(file_options));
    if (!opened.ok()) return opened.status();
    file = *std::move(opened);
  }
  return std::unique_ptr<Logging>(new GlogLogging(options, std::move(file)));
}

}  // namespace dirwatcher
