#include "sinks/rfc3339_formatter.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_format.h"

namespace dirwatcher {

absl::string_view Rfc3339Formatter::Format(absl::Time time) {
  static const absl::Time kFirst =
      absl::FromCivil(absl::CivilYear(0), absl::UTCTimeZone());
  static const absl::Time kLast =
      absl::FromCivil(absl::CivilYear(10000), absl::UTCTimeZone()) -
      absl::Microseconds(1);
  time = std::clamp(time, kFirst, kLast);
  absl::Duration since = time - second_;
  if (since < absl::ZeroDuration() || since >= absl::Seconds(1)) {
    const absl::CivilSecond civil =
        absl::ToCivilSecond(time, absl::UTCTimeZone());
    second_ = absl::FromCivil(civil, absl::UTCTimeZone());
    since = time - second_;
    text_ = absl::StrFormat("%04d-%02d-%02dT%02d:%02d:%02d.000000Z",
                            civil.year(), civil.month(), civil.day(),
                            civil.hour(), civil.minute(), civil.second());
  }
  int64_t micros = absl::ToInt64Microseconds(since);
  char* const z = &text_.back();
  for (int i = 1; i <= 6; ++i, micros /= 10) {
    z[-i] = static_cast<char>('0' + micros % 10);
  }
  return text_;
}

}  // namespace dirwatcher
