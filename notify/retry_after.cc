#include "notify/retry_after.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"

namespace dirwatcher {

absl::optional<absl::Duration> ParseRetryAfter(absl::string_view value,
                                               absl::Time now) {
  const absl::string_view text = absl::StripAsciiWhitespace(value);
  if (text.empty()) return absl::nullopt;
  if (std::all_of(text.begin(), text.end(), absl::ascii_isdigit)) {
    int64_t seconds;
    // More digits than fit are a long time, too.
    if (!absl::SimpleAtoi(text, &seconds)) return kMaxRetryAfter;
    return std::min(absl::Seconds(seconds), kMaxRetryAfter);
  }
  for (const char* const format :
       {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT",
        "%a %b %d %H:%M:%S %Y"}) {
    absl::Time time;
    std::string error;
    if (!absl::ParseTime(format, text, &time, &error)) continue;
    return std::clamp(time - now, absl::ZeroDuration(), kMaxRetryAfter);
  }
  return absl::nullopt;
}

}  // namespace dirwatcher
