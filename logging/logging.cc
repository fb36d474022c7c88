#include "logging/logging.h"

#include <glog/logging.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "env/system_clock.h"
#include "logging/byte_sink.h"
#include "logging/escape.h"
#include "logging/fd_byte_sink.h"
#include "logging/glog_format.h"
#include "logging/json_format.h"
#include "logging/line_sink.h"
#include "logging/log_record.h"
#include "logging/pattern_format.h"
#include "logging/record_format.h"
#include "logging/record_sink.h"
#include "logging/rotating_file.h"
#include "logging/system_log_sinks.h"

namespace dirwatcher {
namespace {

constexpr absl::Duration kStreamPatience = absl::Seconds(1);

google::LogSeverity SeverityOf(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
    case LogLevel::kInfo:
      return google::GLOG_INFO;
    case LogLevel::kWarning:
      return google::GLOG_WARNING;
    case LogLevel::kError:
      return google::GLOG_ERROR;
    case LogLevel::kCritical:
      return google::GLOG_FATAL;
    case LogLevel::kOff:
      return google::NUM_SEVERITIES;
  }
  return google::GLOG_ERROR;
}

LogLevel LevelOf(google::LogSeverity severity) {
  switch (severity) {
    case google::GLOG_INFO:
      return LogLevel::kInfo;
    case google::GLOG_WARNING:
      return LogLevel::kWarning;
    case google::GLOG_ERROR:
      return LogLevel::kError;
    default:
      return LogLevel::kCritical;
  }
}

// How long a reader of standard error or output that stands still may delay a
// record.
FdByteSinkOptions StreamOptions() {
  FdByteSinkOptions options;
  options.patience = kStreamPatience;
  return options;
}

// `text` without line feeds. Valid until the next call in this thread.
absl::string_view OneLine(absl::string_view text) {
  thread_local std::string one_line;
  if (text.find('\n') == absl::string_view::npos) return text;
  one_line = absl::StrReplaceAll(text, {{"\n", "\\n"}});
  return one_line;
}

absl::string_view Basename(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? path : path.substr(slash + 1);
}

absl::StatusOr<std::unique_ptr<RecordFormat>> FormatOf(
    const LoggingOptions& options) {
  switch (options.style) {
    case LogStyle::kGlog:
      return std::make_unique<GlogFormat>();
    case LogStyle::kJson:
      return std::make_unique<JsonFormat>(options.program);
    case LogStyle::kPattern:
      break;
  }
  absl::StatusOr<PatternFormat> format =
      PatternFormat::Parse(options.pattern, options.program);
  if (!format.ok()) return format.status();
  return std::make_unique<PatternFormat>(*std::move(format));
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
// itself goes on meanwhile. Called under LineSink's lock.
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

// Everything that is logged, whichever way it comes, to all sinks.
class GlogLogging : public Logging, private Logger, private google::LogSink {
 public:
  // `file` is null to log to standard error. As many formats as there are
  // sinks of lines.
  GlogLogging(const LoggingOptions& options,
              std::vector<std::unique_ptr<RecordFormat>> formats,
              std::unique_ptr<RotatingFile> file)
      : program_(options.program),
        stderr_(STDERR_FILENO, "standard error", StreamOptions()),
        stdout_(STDOUT_FILENO, "standard output", StreamOptions()),
        file_(file == nullptr ? nullptr
                              : std::make_unique<WatchedRotatingFile>(
                                    std::move(file), &stderr_)) {
    auto format = formats.begin();
    ByteSink* const complaints = file_ != nullptr ? &stderr_ : nullptr;
    sinks_.push_back(std::make_unique<LineSink>(
        std::move(*format++), file_ != nullptr ? file_.get() : &stderr_,
        complaints, BatchBytes(options)));
    if (options.to_stdout) {
      sinks_.push_back(std::make_unique<LineSink>(
          std::move(*format++), options.standard_output != nullptr
                                    ? options.standard_output
                                    : &stdout_));
    }
    if (options.to_syslog) {
      sinks_.push_back(std::make_unique<SyslogSink>(
          options.program, LossTeller("syslog"), options.syslog_socket));
    }
    if (options.to_journald) {
      sinks_.push_back(std::make_unique<JournaldSink>(
          options.program, LossTeller("the journal"), options.journald_socket));
    }
    FLAGS_logtostderr = false;
    FLAGS_logtostdout = false;
    FLAGS_alsologtostderr = false;
    FLAGS_stderrthreshold = google::NUM_SEVERITIES;
    SetMinLevel(options.min_level);
    for (int severity = 0; severity < google::NUM_SEVERITIES; ++severity) {
      google::SetLogDestination(severity, "");  // no files of glog's own
    }
    google::InitGoogleLogging(program_.c_str());
    google::AddLogSink(this);
  }

  ~GlogLogging() override {
    google::RemoveLogSink(this);
    google::ShutdownGoogleLogging();
  }

  Logger* logger() override { return this; }

  int64_t lost_records() const override {
    int64_t result = 0;
    for (const auto& sink : sinks_) result += sink->lost_records();
    return result;
  }

  void SetMinLevel(LogLevel level) override {
    min_level_ = level;
    FLAGS_minloglevel = SeverityOf(level);
    FLAGS_v = level == LogLevel::kDebug ? 1 : 0;
  }

 private:
  // A file is rolled between batches only: small ones fill it better.
  static size_t BatchBytes(const LoggingOptions& options) {
    constexpr int64_t kMost = int64_t{64} << 10;
    const bool rolls = !options.file_path.empty() && options.max_file_bytes > 0;
    return static_cast<size_t>(
        rolls ? std::min(kMost, options.max_file_bytes / 16) : kMost);
  }

  // Says in the first sink what another loses.
  DatagramSink::OnLoss LossTeller(absl::string_view what) {
    return [this, what](const absl::Status& why) {
      const std::string text = absl::StrCat(
          "Cannot log to ", what, ": ", EscapeForLog(why.message()),
          "; records for it are lost until it works again");
      sinks_.front()->Send(
          RecordOf(LogLevel::kWarning, text, SourceLocation::Current()));
    };
  }

  static LogRecord RecordOf(LogLevel level, absl::string_view text,
                            SourceLocation where) {
    return {level, SystemClock().Now(), Basename(where.file), where.line, text};
  }

  void Flush() override {
    for (const auto& sink : sinks_) sink->Flush();
  }

  bool Keeps(LogLevel level) const override {
    return level >= min_level_.load(std::memory_order_relaxed);
  }

  void Write(LogLevel level, absl::string_view text,
             SourceLocation where) override {
    if (!Keeps(level)) return;
    const bool is_glogs =
        LevelOf(SeverityOf(level)) == level && level != LogLevel::kCritical;
    if (is_glogs && text.size() < kGlogLimit) {
      google::LogMessage(where.file, where.line, SeverityOf(level)).stream()
          << text;
      return;
    }
    const LogRecord record = RecordOf(level, OneLine(text), where);
    for (const auto& sink : sinks_) sink->Send(record);
  }

  // Past glog, which takes ten times as long for a record.
  void WriteSoon(LogLevel level, absl::string_view text,
                 SourceLocation where) override {
    if (!Keeps(level)) return;
    const LogRecord record = RecordOf(level, OneLine(text), where);
    for (const auto& sink : sinks_) sink->SendSoon(record);
  }

  // From glog, which holds a lock meanwhile: no sink may log.
  using google::LogSink::send;
  void send(google::LogSeverity severity, const char* /*full_filename*/,
            const char* base_filename, int line,
            const google::LogMessageTime& time, const char* message,
            size_t message_len) override {
    const LogRecord record = {
        LevelOf(severity),
        absl::FromTimeT(time.timestamp()) + absl::Microseconds(time.usec()),
        base_filename, line, OneLine(absl::string_view(message, message_len))};
    for (const auto& sink : sinks_) sink->Send(record);
  }

  // A record shorter than this passes glog uncut: its limit of 30,000 bytes
  // less the room for the longest prefix.
  static constexpr size_t kGlogLimit = 29'000;

  const FlagSaver flags_;
  const std::string program_;  // glog keeps a pointer to it
  std::atomic<LogLevel> min_level_{LogLevel::kInfo};
  FdByteSink stderr_;
  FdByteSink stdout_;
  const std::unique_ptr<ByteSink> file_;
  std::vector<std::unique_ptr<RecordSink>> sinks_;  // at least one
};

}  // namespace

absl::StatusOr<std::unique_ptr<Logging>> Logging::Start(
    const LoggingOptions& options) {
  if (google::IsGoogleLoggingInitialized()) {
    return absl::FailedPreconditionError(
        "glog is already in use in this process");
  }
  std::vector<std::unique_ptr<RecordFormat>> formats;
  for (int i = 0; i < (options.to_stdout ? 2 : 1); ++i) {
    absl::StatusOr<std::unique_ptr<RecordFormat>> format = FormatOf(options);
    if (!format.ok()) return format.status();
    formats.push_back(*std::move(format));
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
  return std::unique_ptr<Logging>(
      new GlogLogging(options, std::move(formats), std::move(file)));
}

}  // namespace dirwatcher
