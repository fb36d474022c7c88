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
// The prefix is glog's: level, date, local time, thread, place. Records of
// other code, written with glog's own LOG and VLOG, go the same way.

#ifndef DIRWATCHER_LOGGING_LOGGING_H_
#define DIRWATCHER_LOGGING_LOGGING_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "logging/log_level.h"
#include "logging/logger.h"

namespace dirwatcher {

struct LoggingOptions {
  // What glog takes for the program's name.
  std::string program = "dirwatcher";

  // Records below this are not written. kDebug also turns on VLOG(1). A record
  // of level kDebug has the letter I, as those of VLOG have: glog has no D.
  LogLevel min_level = LogLevel::kInfo;

  // The log file; see RotatingFile for what it does with the two limits. Empty
  // = standard error.
  std::string file_path;
  int64_t max_file_bytes = int64_t{1} << 20;
  int max_file_backups = 2;
};

// While it exists, the process logs as its options say: to standard error, or
// to a file instead. glog's own log files are off, no signal handler is
// installed (glog's failure handler would take SIGTERM), and nothing that
// happens to standard error or to the file ends the process: records that
// cannot be written are counted and lost (GlogSink). A reader of standard error
// that stands still delays a record by at most a second, and then no others.
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
  //   others               the log file cannot be opened (RotatingFile::Open)
  static absl::StatusOr<std::unique_ptr<Logging>> Start(
      const LoggingOptions& options);

  virtual ~Logging() = default;

  // Never null; must not be used after this Logging is gone. Long records are
  // written whole. Those of LogSoon, and those over glog's limit of 30,000
  // bytes, do not pass through glog, and so do not reach sinks that other code
  // added to it.
  virtual Logger* logger() = 0;

  // How many records were lost so far.
  virtual int64_t lost_records() const = 0;

 protected:
  Logging() = default;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_LOGGING_LOGGING_H_
