// RecordFormat: how a record looks as a line.
//
//   GlogFormat     W20230131 12:00:00.123456  4711 main.cc:5] Received SIGTERM
//   PatternFormat  whatever a format in the style of Python's logging says
//   JsonFormat     {"time":"2023-01-31T11:00:00.123456Z","level":"WARNING",...}

#ifndef DIRWATCHER_LOGGING_RECORD_FORMAT_H_
#define DIRWATCHER_LOGGING_RECORD_FORMAT_H_

#include <string>

#include "logging/log_record.h"

namespace dirwatcher {

// Thread-compatible. Called in the thread that logs.
class RecordFormat {
 public:
  virtual ~RecordFormat() = default;

  // Appends the record as one line, with its line feed.
  virtual void Append(const LogRecord& record, std::string* out) = 0;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_LOGGING_RECORD_FORMAT_H_
