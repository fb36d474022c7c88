#include "logging/banner.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_format.h"

namespace dirwatcher {

absl::string_view BannerRule() {
  static constexpr char kRule[] =
      "------------------------------------------------------------";
  return kRule;
}

void LogBanner(Logger* logger, LogLevel level,
               const std::vector<std::string>& lines, SourceLocation where) {
  logger->Log(level, BannerRule(), where);
  for (const std::string& line : lines) logger->Log(level, line, where);
  logger->Log(level, BannerRule(), where);
}

std::string FormatUptime(absl::Duration uptime) {
  absl::Duration rest = std::max(uptime, absl::ZeroDuration());
  const int64_t hours = absl::IDivDuration(rest, absl::Hours(1), &rest);
  const int64_t minutes = absl::IDivDuration(rest, absl::Minutes(1), &rest);
  const int64_t seconds = absl::IDivDuration(rest, absl::Seconds(1), &rest);
  const int64_t micros = absl::IDivDuration(rest, absl::Microseconds(1), &rest);
  return absl::StrFormat("%d:%02d:%02d.%06d", hours, minutes, seconds, micros);
}

}  // namespace dirwatcher
