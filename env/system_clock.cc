#include "env/system_clock.h"

#include <time.h>

namespace dirwatcher {

absl::Time SystemClock::Now() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);  // cannot fail, see clock_gettime(2)
  return absl::TimeFromTimespec(now);
}

absl::Duration SystemClock::Uptime() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);  // cannot fail, see clock_gettime(2)
  return absl::DurationFromTimespec(now);
}

}  // namespace dirwatcher
