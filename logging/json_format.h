// JsonFormat: a record as one JSON object a line, for programs that read logs:
//
//   {"time":"2023-01-31T11:00:00.123456Z","level":"WARNING","name":"backup",
//    "message":"Received SIGTERM","file":"main.cc","line":5,"process":4711,
//    "thread":4711}
//
// (in one line). The time is UTC (RFC 3339); bytes that are not valid UTF-8
// appear as U+FFFD.

#ifndef DIRWATCHER_LOGGING_JSON_FORMAT_H_
#define DIRWATCHER_LOGGING_JSON_FORMAT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "logging/log_record.h"
#include "logging/record_format.h"

namespace dirwatcher {

// Thread-compatible.
class JsonFormat : public RecordFormat {
 public:
  explicit JsonFormat(absl::string_view name) : name_(name) {}

  void Append(const LogRecord& record, std::string* out) override;

 private:
  const std::string name_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_LOGGING_JSON_FORMAT_H_
