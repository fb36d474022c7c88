// LogLevel: how much a record matters, independent of any logging library.

#ifndef DIRWATCHER_LOGGING_LOG_LEVEL_H_
#define DIRWATCHER_LOGGING_LOG_LEVEL_H_

#include "absl/strings/string_view.h"

namespace dirwatcher {

// In rising order: a logger that is told to log from one level on also logs
// what stands to the right of it. kOff is no level of a record: a logger that
// is told to log from there on logs nothing.
enum class LogLevel { kDebug, kInfo, kWarning, kError, kCritical, kOff };

// "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"; "NOTSET" for kOff.
inline absl::string_view LogLevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "DEBUG";
    case LogLevel::kInfo:
      return "INFO";
    case LogLevel::kWarning:
      return "WARNING";
    case LogLevel::kError:
      return "ERROR";
    case LogLevel::kCritical:
      return "CRITICAL";
    case LogLevel::kOff:
      return "NOTSET";
  }
  return "";
}

// 10, 20, 30, 40 and 50, as Python's logging module counts; 0 for kOff.
inline int LogLevelNumber(LogLevel level) {
  return level == LogLevel::kOff ? 0 : 10 * (static_cast<int>(level) + 1);
}

}  // namespace dirwatcher

#endif  // DIRWATCHER_LOGGING_LOG_LEVEL_H_
