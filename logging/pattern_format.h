// PatternFormat: records in a form that the operator chooses, written as in
// Python's logging module:
//
//   auto format = PatternFormat::Parse(
//       "%(asctime)s - %(levelname)-8s - %(message)s", "backup");
//
//   2023-01-31 12:00:00,123 - WARNING  - Received SIGTERM
//
// What stands for what (LogRecord attributes, Python library reference):
//
//   asctime    local time, "2023-01-31 12:00:00,123"
//   name       the program's
//   levelno    10, 20, 30, 40, 50
//   levelname  DEBUG, INFO, WARNING, ERROR, CRITICAL
//   message    the text
//   process    the number of the process
//   thread     the number of the thread, the kernel's
//   filename   of the source, without its folders
//   lineno     in it
//
// %% stands for %. Between ) and s or d may stand a width and before it a
// hyphen for "to the left", as in printf(3).

#ifndef DIRWATCHER_LOGGING_PATTERN_FORMAT_H_
#define DIRWATCHER_LOGGING_PATTERN_FORMAT_H_

#include <cstddef>
#include <ctime>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "logging/log_record.h"
#include "logging/record_format.h"

namespace dirwatcher {

// Thread-compatible.
class PatternFormat : public RecordFormat {
 public:
  // The default of daemons (daemon/daemon.h).
  static constexpr absl::string_view kDefault =
      "%(asctime)s - APP:[%(name)s] - [%(levelno)s]%(levelname)s - "
      "MSG:> %(message)s";

  // `name` is what %(name)s stands for.
  //   INVALID_ARGUMENT  an attribute is unknown, or something else is wrong
  //                     with `pattern`; the message names it
  static absl::StatusOr<PatternFormat> Parse(absl::string_view pattern,
                                             absl::string_view name);

  void Append(const LogRecord& record, std::string* out) override;

 private:
  enum class Attribute {
    kNone,  // only the literal text
    kAsctime,
    kName,
    kLevelno,
    kLevelname,
    kMessage,
    kProcess,
    kThread,
    kFilename,
    kLineno,
  };
  // Literal text, and what comes behind it.
  struct Part {
    std::string literal;
    Attribute attribute = Attribute::kNone;
    size_t width = 0;
    bool to_the_left = false;
  };

  explicit PatternFormat(absl::string_view name) : name_(name) {}

  static absl::StatusOr<Part> ParseAttribute(absl::string_view* rest);
  void AppendAttribute(Attribute attribute, const LogRecord& record,
                       std::string* out);
  void AppendTime(absl::Time time, std::string* out);

  std::string name_;
  std::vector<Part> parts_;
  time_t seconds_ = 0;         // which second date_and_time_ is
  std::string date_and_time_;  // "2023-01-31 12:00:00"; empty = none yet
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_LOGGING_PATTERN_FORMAT_H_
