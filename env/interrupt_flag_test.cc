#include "env/interrupt_flag.h"

#include <poll.h>

#include <thread>

#include "absl/time/time.h"
#include "env/system_clock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

TEST(InterruptFlag, LetsAWaitRunToItsEnd) {
  const InterruptFlag flag = *InterruptFlag::Create();
  SystemClock clock;
  const absl::Duration start = clock.Uptime();
  EXPECT_TRUE(flag.WaitFor(absl::Milliseconds(5)));
  EXPECT_GE(clock.Uptime() - start, absl::Milliseconds(5));
  EXPECT_TRUE(flag.WaitFor(absl::ZeroDuration()));
  EXPECT_TRUE(flag.WaitFor(-absl::InfiniteDuration()));
  EXPECT_FALSE(flag.raised());
}

TEST(InterruptFlag, EndsAWaitInAnotherThread) {
  InterruptFlag flag = *InterruptFlag::Create();
  bool waited = true;
  std::thread waiter([&] { waited = flag.WaitFor(absl::InfiniteDuration()); });
  flag.Raise();
  waiter.join();
  EXPECT_FALSE(waited);
}

TEST(InterruptFlag, StaysRaised) {
  InterruptFlag flag = *InterruptFlag::Create();
  for (int i = 0; i < 3; ++i) {
    flag.Raise();
    EXPECT_TRUE(flag.raised());
    EXPECT_FALSE(flag.WaitFor(absl::Hours(1)));
    EXPECT_FALSE(flag.WaitFor(absl::ZeroDuration()));
  }
}

TEST(InterruptFlag, IsReadableWhenItIsRaised) {
  InterruptFlag flag = *InterruptFlag::Create();
  struct pollfd poll_fd = {flag.fd(), POLLIN, 0};
  EXPECT_EQ(poll(&poll_fd, 1, 0), 0);
  flag.Raise();
  EXPECT_EQ(poll(&poll_fd, 1, 0), 1);
}

}  // namespace
}  // namespace dirwatcher
