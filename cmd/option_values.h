// From the text of an option to its value, and the errors that come of it.
//
//   absl::StatusOr<absl::Duration> interval =
//       ToInterval({"0", "--int \"0\""});
//   // INVALID_ARGUMENT: --int "0": must be more than 0 seconds
//
// All functions are pure and thread-safe. Each error is INVALID_ARGUMENT with a
// message of one line that begins with the origin of the value.

#ifndef DIRWATCHER_CMD_OPTION_VALUES_H_
#define DIRWATCHER_CMD_OPTION_VALUES_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cmd/raw_value.h"

namespace dirwatcher {

// `text` in double quotes, escaped for a log line.
std::string Quoted(absl::string_view text);

// INVALID_ARGUMENT with this message.
absl::Status UsageError(absl::string_view what);

// "ORIGIN: WHY".
absl::Status WrongValue(const RawValue& value, absl::string_view why);

// "true" or "false", nothing else.
absl::StatusOr<bool> ToBool(const RawValue& value);

// The text itself, if it is not empty.
absl::StatusOr<std::string> ToNonEmpty(const RawValue& value);

// A decimal number of seconds, with fraction and exponent as strtod(3) takes
// them, but no blanks: from 0.001 to 31536000, which is a year.
absl::StatusOr<absl::Duration> ToInterval(const RawValue& value);

// The same, or 0. A number too small for a double is 0.
absl::StatusOr<absl::Duration> ToDuration(const RawValue& value);

// Decimal digits alone, a number from 0 to `max`.
absl::StatusOr<int64_t> ToInteger(const RawValue& value, int64_t max);

// What stands beside the text in `choices`; the error names all of them.
template <typename T>
absl::StatusOr<T> ToChoice(
    const RawValue& value,
    const std::vector<std::pair<absl::string_view, T>>& choices) {
  std::vector<absl::string_view> names;
  for (const auto& [name, choice] : choices) {
    if (value.text == name) return choice;
    names.push_back(name);
  }
  return WrongValue(
      value, absl::StrCat("must be one of ", absl::StrJoin(names, ", ")));
}

}  // namespace dirwatcher

#endif  // DIRWATCHER_CMD_OPTION_VALUES_H_
