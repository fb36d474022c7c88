// ArchiveLimits: how long an archive may become, and when to give it up.

#ifndef DIRWATCHER_NOTIFY_ARCHIVE_LIMITS_H_
#define DIRWATCHER_NOTIFY_ARCHIVE_LIMITS_H_

#include <cstdint>
#include <functional>
#include <limits>

namespace dirwatcher {

struct ArchiveLimits {
  // What the archive may have; it is given up soon after more is written.
  int64_t max_bytes = std::numeric_limits<int64_t>::max();
  // Whether to give up; asked for every 64 KiB read. Empty: never.
  std::function<bool()> should_stop;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_ARCHIVE_LIMITS_H_
