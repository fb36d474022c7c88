#include "env/system_clock.h"

#include <time.h>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

TEST(SystemClock, UptimeNeverGoesBackAndMovesOn) {
  SystemClock clock;
  const absl::Duration start = clock.Uptime();
  absl::Duration last = start;
  while (last == start) {
    const absl::Duration now = clock.Uptime();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(SystemClock, UptimeIsTheMonotonicClock) {
  SystemClock clock;
  timespec before;
  timespec after;
  ASSERT_EQ(clock_gettime(CLOCK_MONOTONIC, &before), 0);
  const absl::Duration uptime = clock.Uptime();
  ASSERT_EQ(clock_gettime(CLOCK_MONOTONIC, &after), 0);
  EXPECT_GE(uptime, absl::DurationFromTimespec(before));
  EXPECT_LE(uptime, absl::DurationFromTimespec(after));
}

TEST(SystemClock, NowIsTheWallClock) {
  SystemClock clock;
  // time(2) may lag by a tick of the coarse clock, hence the second.
  const absl::Time before = absl::FromTimeT(time(nullptr));
  const absl::Time now = clock.Now();
  const absl::Time after = absl::FromTimeT(time(nullptr));
  EXPECT_GE(now, before);
  EXPECT_LE(now, after + absl::Seconds(2));
}

}  // namespace
}  // namespace dirwatcher
