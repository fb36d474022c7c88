#include "cmd/option_values.h"

#include "absl/strings/numbers.h"
#include "logging/escape.h"

namespace dirwatcher {
namespace {

constexpr double kMinSeconds = 0.001;
constexpr double kMaxSeconds = 365.0 * 24 * 3600;

absl::StatusOr<double> ToSeconds(const RawValue& value) {
  // absl also takes blanks, "inf", "nan" and hexadecimal numbers.
  const bool decimal =
      !value.text.empty() &&
      value.text.find_first_not_of("0123456789.eE+-") == std::string::npos;
  double seconds;
  if (!decimal || !absl::SimpleAtod(value.text, &seconds)) {
    return WrongValue(value, "is not a number of seconds");
  }
  return seconds;
}

bool IsWithinLimits(double seconds) {
  return seconds >= kMinSeconds && seconds <= kMaxSeconds;
}

}  // namespace

std::string Quoted(absl::string_view text) {
  return absl::StrCat("\"", EscapeForLog(text), "\"");
}

absl::Status UsageError(absl::string_view what) {
  return absl::InvalidArgumentError(what);
}

absl::Status WrongValue(const RawValue& value, absl::string_view why) {
  return UsageError(absl::StrCat(value.origin, ": ", why));
}

absl::StatusOr<bool> ToBool(const RawValue& value) {
  if (value.text == "true") return true;
  if (value.text == "false") return false;
  return WrongValue(value, "must be true or false");
}

absl::StatusOr<std::string> ToNonEmpty(const RawValue& value) {
  if (value.text.empty()) return WrongValue(value, "must not be empty");
  return value.text;
}

absl::StatusOr<absl::Duration> ToInterval(const RawValue& value) {
  const absl::StatusOr<double> seconds = ToSeconds(value);
  if (!seconds.ok()) return seconds.status();
  if (*seconds <= 0) return WrongValue(value, "must be more than 0 seconds");
  if (!IsWithinLimits(*seconds)) {
    return WrongValue(value, "must be from 0.001 to 31536000 seconds");
  }
  return absl::Seconds(*seconds);
}

absl::StatusOr<absl::Duration> ToDuration(const RawValue& value) {
  const absl::StatusOr<double> seconds = ToSeconds(value);
  if (!seconds.ok()) return seconds.status();
  if (*seconds == 0) return absl::ZeroDuration();
  if (!IsWithinLimits(*seconds)) {
    return WrongValue(value, "must be 0 or from 0.001 to 31536000 seconds");
  }
  return absl::Seconds(*seconds);
}

absl::StatusOr<int64_t> ToInteger(const RawValue& value, int64_t max) {
  const bool digits =
      !value.text.empty() &&
      value.text.find_first_not_of("0123456789") == std::string::npos;
  int64_t number;
  if (!digits || !absl::SimpleAtoi(value.text, &number) || number > max) {
    return WrongValue(value,
                      absl::StrCat("must be a whole number from 0 to ", max));
  }
  return number;
}

}  // namespace dirwatcher
