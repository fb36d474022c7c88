// Banners: the block of lines with which a program begins and ends its log, so
// that a reader finds the runs.
//
//   ------------------------------------------------------------
//   Stopped dirwatcher
//   Uptime was 26:03:04.000005
//   ------------------------------------------------------------

#ifndef DIRWATCHER_LOGGING_BANNER_H_
#define DIRWATCHER_LOGGING_BANNER_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "logging/log_level.h"
#include "logging/logger.h"

namespace dirwatcher {

// The line above and below: 60 dashes.
absl::string_view BannerRule();

// Logs the rule, each of `lines` and the rule again, every one as a record of
// its own. `lines` are fit for a log (logging/escape.h).
void LogBanner(Logger* logger, LogLevel level,
               const std::vector<std::string>& lines,
               SourceLocation where = SourceLocation::Current());

// `uptime` as H:MM:SS.ffffff, cut to whole microseconds. Hours are not turned
// into days: 100 hours are "100:00:00.000000". What is negative counts as zero.
// REQUIRES: `uptime` is finite.
std::string FormatUptime(absl::Duration uptime);

}  // namespace dirwatcher

#endif  // DIRWATCHER_LOGGING_BANNER_H_
