#include "daemon/timekeeper.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "logging/log_level.h"

namespace dirwatcher {

Timekeeper::Timekeeper(Clock* clock, absl::optional<absl::Duration> interval,
                       Logger* logger)
    : clock_(clock), interval_(interval), logger_(logger) {}

absl::Duration Timekeeper::End(const Scope& scope) {
  const absl::Duration took =
      std::max(clock_->Uptime() - scope.begin, absl::ZeroDuration());
  work_.Add(took);
  absl::Duration rest;
  if (interval_.has_value()) {
    absl::Duration beyond;
    const int64_t passed = absl::IDivDuration(took, *interval_, &beyond);
    if (passed > 0) skipped_intervals_ += passed - 1;
    rest = std::max(*interval_ - took, absl::ZeroDuration());
  }
  if (logger_ != nullptr) {
    logger_->Log(LogLevel::kInfo,
                 absl::StrCat("RunTimeLoop: ", FormatRunTime(took)));
    if (interval_.has_value()) {
      logger_->Log(LogLevel::kDebug,
                   absl::StrCat("SleepAfterLoop: ", absl::ToDoubleSeconds(rest),
                                " sec"));
    }
  }
  return rest;
}

std::string FormatRunTime(absl::Duration duration) {
  const absl::Duration positive = std::max(duration, absl::ZeroDuration());
  const int64_t seconds = absl::ToInt64Seconds(positive);
  const std::string microseconds =
      absl::StrCat(absl::ToInt64Microseconds(positive - absl::Seconds(seconds)),
                   " microseconds");
  if (seconds == 0) return microseconds;
  return absl::StrCat(seconds, " seconds, ", microseconds);
}

}  // namespace dirwatcher
