// Logging: sets up where records go, and glog to carry them there.
//
//   LoggingOptions options;
//   options.min_level = LogLevel::kDebug;
//   absl::StatusOr<std::unique_ptr<Logging>> logging = Logging::Start(options);
//   if (!logging.ok()) return logging.status();
//   (*logging)->logger()->Log(LogLevel::kInfo, "Hello");
//
//   I20230131 12:00:00.123456 4711 main.cc:5] Hello
//
// The prefix is glog's, unless the options say otherwise. Records of other
// code, written with glog's own LOG and VLOG, go the same way.

#ifndef DIRWATCHER_LOGGING_LOGGING_H_
#define DIRWATCHER_LOGGING_LOGGING_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "logging/byte_sink.h"
#include "logging/log_level.h"
#include "logging/logger.h"
#include "logging/pattern_format.h"
#include "logging/system_log_sinks.h"

namespace dirwatcher {

// How a record looks as a line.
enum class LogStyle {
  kGlog,     // GlogFormat, as above
  kPattern,  // PatternFormat
  kJson,     // JsonFormat
};

struct LoggingOptions {
  // What glog takes for the program's name, and by which syslog and the journal
  // know it.
  std::string program = "dirwatcher";

  // Records below this are not written. kDebug also turns on VLOG(1). kOff:
  // none is. What LOG(FATAL) says is written all the same if it is not kOff.
  LogLevel min_level = LogLevel::kInfo;

  // Of the log file, standard error and standard output.
  LogStyle style = LogStyle::kGlog;
  std::string pattern{PatternFormat::kDefault};  // for kPattern

  // The log file; see RotatingFile for what it does with the two limits. Empty
  // = standard error.
  std::string file_path;
  int64_t max_file_bytes = int64_t{1} << 20;
  int max_file_backups = 2;

  // Log there as well. A system log that is absent is said once, as a warning.
  // `standard_output` is what standard output is written through if others
  // write to it, too (LockedByteSink), and must outlive the Logging; null:
  // nobody does.
  bool to_stdout = false;
  ByteSink* standard_output = nullptr;
  bool to_syslog = false;
  bool to_journald = false;
  std::string syslog_socket{SyslogSink::kSocketPath};
  std::string journald_socket{JournaldSink::kSocketPath};
};

// While it exists, the process logs as its options say: to standard error, or
// to a file instead, and to others besides. glog's own log files are off, no
// signal handler is installed (glog's failure handler would take SIGTERM), and
// nothing that happens to standard error or to the file ends the process:
// records that cannot be written are counted and lost (LineSink). A reader of
// standard error that stands still delays a record by at most a second, and
// then no others.
//
// glog is one for the whole process, so only one Logging may exist at a time.
// Destroying it gives glog back as it was found.
//
// Needs SIGPIPE and SIGXFSZ to be ignored by the process. The logger is
// thread-safe.
class Logging {
 public:
  // Takes over glog.
  //   FAILED_PRECONDITION  glog is in use: initialised by other code, or by
  //                        another Logging
  //   INVALID_ARGUMENT     the pattern is wrong (PatternFormat::Parse)
  //   others               the log file cannot be opened (RotatingFile::Open)
  static absl::StatusOr<std::unique_ptr<Logging>> Start(
      const LoggingOptions& options);

  virtual ~Logging() = default;

  // Never null; must not be used after this Logging is gone. Long records are
  // written whole. Those of LogSoon, those over glog's limit of 30,000 bytes
  // and those of levels that glog has not (DEBUG, CRITICAL) do not pass through
  // glog, and so do not reach sinks that other code added to it.
  virtual Logger* logger() = 0;

  // Changes LoggingOptions::min_level. As thread-safe as glog is, whose flags
  // other threads read without a lock.
  virtual void SetMinLevel(LogLevel level) = 0;

  // How many records were lost so far, in all sinks together.
  virtual int64_t lost_records() const = 0;

 protected:
  Logging() = default;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_LOGGING_LOGGING_H_
