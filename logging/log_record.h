// LogRecord: one thing that was logged, before it is put into a form.
//
//   Logger, LOG(INFO) --> LogRecord --> RecordSink: file, journal, ...

#ifndef DIRWATCHER_LOGGING_LOG_RECORD_H_
#define DIRWATCHER_LOGGING_LOG_RECORD_H_

#include <sys/types.h>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "logging/log_level.h"

namespace dirwatcher {

// Refers to memory of whoever logs.
struct LogRecord {
  LogLevel level = LogLevel::kInfo;  // not kOff
  absl::Time time = absl::UnixEpoch();
  absl::string_view file;  // of the source, without its folders
  int line = 0;
  absl::string_view text;  // without line feeds
};

// The thread of the caller, as the kernel numbers them.
pid_t CurrentThreadId();

}  // namespace dirwatcher

#endif  // DIRWATCHER_LOGGING_LOG_RECORD_H_
