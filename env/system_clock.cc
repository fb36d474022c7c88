#include "env/system_clock.h"

#include <time.h>

#include "absl/time/clock.h"

namespace dirwatcher {

absl::Time SystemClock::Now() { return absl::Now(); }

absl::Duration SystemClock::Uptime() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);  // cannot fail, see clock_gettime(2)
  return absl::DurationFromTimespec(now);
}

}  // namespace dirwatcher
