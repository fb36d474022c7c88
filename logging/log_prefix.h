// LogPrefix: what stands in front of each log record, in glog's form:
//
//   I20230131 12:00:00.123456  4711 main.cc:5] Hello
//
// the letter of the level, the date, the local time, the thread and the place.
// glog makes the same (google::LogSink::ToString) from streams, which takes
// longer than everything else that is done for a record.

#ifndef DIRWATCHER_LOGGING_LOG_PREFIX_H_
#define DIRWATCHER_LOGGING_LOG_PREFIX_H_

#include <ctime>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace dirwatcher {

// Thread-compatible. Remembers the last second, in which the next record
// usually is, too.
class LogPrefix {
 public:
  // Appends the prefix of a record that the calling thread writes at `time`.
  // `file` has no path.
  void Append(char level, absl::Time time, absl::string_view file, int line,
              std::string* out);

 private:
  time_t seconds_ = 0;         // which second date_and_time_ is
  std::string date_and_time_;  // "20230131 12:00:00"; empty = none yet
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_LOGGING_LOG_PREFIX_H_
