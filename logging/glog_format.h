// GlogFormat: records in glog's form:
//
//   I20230131 12:00:00.123456  4711 main.cc:5] Hello
//
// the letter of the level, the date, the local time, the thread and the place.
// glog makes the same (google::LogSink::ToString) from streams, which takes
// longer than everything else that is done for a record. A record of level
// DEBUG has the letter I, as those of VLOG have, and one of level CRITICAL the
// letter E: glog has no D, and its F ends the program.

#ifndef DIRWATCHER_LOGGING_GLOG_FORMAT_H_
#define DIRWATCHER_LOGGING_GLOG_FORMAT_H_

#include <ctime>
#include <string>

#include "logging/log_record.h"
#include "logging/record_format.h"

namespace dirwatcher {

// Thread-compatible. Remembers the last second, in which the next record
// usually is, too.
class GlogFormat : public RecordFormat {
 public:
  void Append(const LogRecord& record, std::string* out) override;

 private:
  time_t seconds_ = 0;         // which second date_and_time_ is
  std::string date_and_time_;  // "20230131 12:00:00"; empty = none yet
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_LOGGING_GLOG_FORMAT_H_
