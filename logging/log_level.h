// LogLevel: how much a record matters, independent of any logging library.

#ifndef DIRWATCHER_LOGGING_LOG_LEVEL_H_
#define DIRWATCHER_LOGGING_LOG_LEVEL_H_

namespace dirwatcher {

// In rising order: a logger that is told to log from one level on also logs
// what stands to the right of it.
enum class LogLevel { kDebug, kInfo, kWarning, kError };

}  // namespace dirwatcher

#endif  // DIRWATCHER_LOGGING_LOG_LEVEL_H_
