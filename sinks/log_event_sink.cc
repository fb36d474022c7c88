#include "sinks/log_event_sink.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/variant.h"
#include "logging/banner.h"
#include "logging/escape.h"
#include "logging/log_level.h"

namespace dirwatcher {
namespace {

std::string Quoted(absl::string_view bytes) {
  return absl::StrCat("\"", EscapeForLog(bytes), "\"");
}

absl::string_view MissingText(MissingReason reason) {
  switch (reason) {
    case MissingReason::kNotFound:
      return "Directory not found: ";
    case MissingReason::kNotADirectory:
      return "Not a directory: ";
    case MissingReason::kPermissionDenied:
      return "Permission denied: ";
  }
  return "Cannot enter the directory: ";
}

// Tells one event; a visitor of Event.
class Teller {
 public:
  Teller(Logger* logger, std::string* scratch)
      : logger_(logger), scratch_(scratch) {}

  void operator()(const Started& e) const {
    std::vector<std::string> magics;
    for (const std::string& magic : e.magics) magics.push_back(Quoted(magic));
    LogBanner(logger_, LogLevel::kInfo,
              {absl::StrCat("Started dirwatcher ", e.version, ", PID ", e.pid),
               absl::StrCat("Directory: ", EscapeForLog(e.dir)),
               absl::StrCat("Extensions: ",
                            EscapeForLog(absl::StrJoin(e.extensions, ", "))),
               absl::StrCat("Magic: ", absl::StrJoin(magics, ", ")),
               absl::StrCat("Interval: ", absl::FormatDuration(e.interval))});
  }

  void operator()(const DirectoryMissing& e) const {
    Warn(MissingText(e.reason), EscapeForLog(e.dir));
  }

  void operator()(const DirectoryFound& e) const {
    Info("Watching ", EscapeForLog(e.dir));
  }

  void operator()(const FileAdded& e) const {
    Info("Added file: ", EscapeForLog(e.file));
  }

  void operator()(const FileRemoved& e) const {
    Info("Removed file: ", EscapeForLog(e.file));
  }

  void operator()(const FileRenamed& e) const {
    Info("Renamed file: ", EscapeForLog(e.from), " -> ", EscapeForLog(e.file));
  }

  void operator()(const FileTruncated& e) const {
    Warn("Truncated file: ", EscapeForLog(e.file), "; restarting at line 1");
  }

  // There may be millions of these: no string is made for them.
  void operator()(const LineMatched& e) const {
    std::string& text = *scratch_;
    text = "Found \"";
    AppendEscapedForLog(e.magic, &text);
    text += "\" in ";
    AppendEscapedForLog(e.file, &text);
    absl::StrAppend(&text, ":", e.line, ": ");
    AppendEscapedForLog(e.text, &text);
    if (e.cut) text += " [cut]";
    logger_->LogSoon(LogLevel::kInfo, text);
  }

  void operator()(const Gap& e) const {
    Warn("Gap in ", EscapeForLog(e.file), ": bytes ", e.from, "..",
         e.to.has_value() ? absl::StrCat(*e.to) : "?",
         " were not read: ", EscapeForLog(e.reason));
  }

  void operator()(const FileError& e) const {
    Error("Cannot read ", EscapeForLog(e.file), ": ", EscapeForLog(e.message));
  }

  void operator()(const DirectoryError& e) const {
    Error("Cannot list ", EscapeForLog(e.dir), ": ", EscapeForLog(e.message));
  }

  void operator()(const WatchDegraded& e) const {
    Warn("Cannot rely on change notifications for ", EscapeForLog(e.dir), ": ",
         EscapeForLog(e.message));
  }

  void operator()(const Stopped& e) const {
    std::vector<std::string> lines = {
        "Stopped dirwatcher",
        absl::StrCat("Uptime was ", FormatUptime(e.uptime)),
        absl::StrCat("Files: ", e.files, ", lines: ", e.lines,
                     ", matches: ", e.matches, ", bytes: ", e.bytes),
        absl::StrCat("Polls: ", e.polls.ToString())};
    const auto add_latency = [&lines](absl::string_view by,
                                      const DurationSummary& latency) {
      if (latency.count == 0) return;
      lines.push_back(
          absl::StrCat("Latency by ", by, ": ", latency.ToString()));
    };
    add_latency("notification", e.latency_by_notification);
    add_latency("poll", e.latency_by_poll);
    LogBanner(logger_, LogLevel::kInfo, lines);
  }

 private:
  template <typename... Parts>
  void Info(const Parts&... parts) const {
    logger_->LogSoon(LogLevel::kInfo, absl::StrCat(parts...));
  }
  template <typename... Parts>
  void Warn(const Parts&... parts) const {
    logger_->LogSoon(LogLevel::kWarning, absl::StrCat(parts...));
  }
  template <typename... Parts>
  void Error(const Parts&... parts) const {
    logger_->LogSoon(LogLevel::kError, absl::StrCat(parts...));
  }

  Logger* const logger_;
  std::string* const scratch_;  // where a text is put together
};

}  // namespace

void LogEventSink::OnEvent(const Event& event) {
  if (absl::holds_alternative<LineMatched>(event) &&
      !logger_->Keeps(LogLevel::kInfo)) {
    return;
  }
  absl::visit(Teller(logger_, &scratch_), event);
}

void LogEventSink::Flush() { logger_->Flush(); }

}  // namespace dirwatcher
