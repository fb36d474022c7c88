#include "env/fake_waker.h"

#include <signal.h>

#include "absl/time/time.h"
#include "env/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::Duration kSecond = absl::Seconds(1);

class FakeWakerTest : public ::testing::Test {
 protected:
  FakeClock clock_;
  FakeWaker waker_{&clock_};
};

TEST(FakeClock, StandsStillUntilItIsMoved) {
  FakeClock clock;
  const absl::Time now = clock.Now();
  EXPECT_EQ(clock.Uptime(), absl::ZeroDuration());
  clock.Advance(kSecond);
  EXPECT_EQ(clock.Now(), now + kSecond);
  EXPECT_EQ(clock.Uptime(), kSecond);
}

TEST(FakeClock, SettingTheWallClockDoesNotTouchTheUptime) {
  FakeClock clock;
  clock.Advance(kSecond);
  clock.SetNow(absl::UnixEpoch());
  EXPECT_EQ(clock.Now(), absl::UnixEpoch());
  EXPECT_EQ(clock.Uptime(), kSecond);
}

TEST_F(FakeWakerTest, AWaitForNothingTakesItsTimeout) {
  const WakeReasons woken = waker_.Wait(3 * kSecond);
  EXPECT_THAT(woken.signals, IsEmpty());
  EXPECT_TRUE(woken.changes.empty());
  EXPECT_EQ(clock_.Uptime(), 3 * kSecond);
}

TEST_F(FakeWakerTest, AHappeningEndsTheWaitAtItsMoment) {
  waker_.SignalAt(2 * kSecond, SIGHUP, 42);
  const WakeReasons woken = waker_.Wait(absl::InfiniteDuration());
  EXPECT_EQ(clock_.Uptime(), 2 * kSecond);
  ASSERT_EQ(woken.signals.size(), 1u);
  EXPECT_EQ(woken.signals[0].number, SIGHUP);
  EXPECT_EQ(woken.signals[0].sender_pid, 42);
}

TEST_F(FakeWakerTest, WakeEndsTheNextWaitAtOnce) {
  waker_.SignalAt(2 * kSecond, SIGHUP);
  waker_.Wake();
  const WakeReasons woken = waker_.Wait(absl::InfiniteDuration());
  EXPECT_TRUE(woken.woken);
  EXPECT_THAT(woken.signals, IsEmpty());
  EXPECT_EQ(clock_.Uptime(), absl::ZeroDuration());
  EXPECT_FALSE(waker_.Wait(absl::InfiniteDuration()).woken);
  EXPECT_EQ(clock_.Uptime(), 2 * kSecond);
}

TEST_F(FakeWakerTest, WakeAndWhatHappensThenEndOneWait) {
  waker_.SignalAt(absl::ZeroDuration(), SIGHUP);
  waker_.Wake();
  const WakeReasons woken = waker_.Wait(kSecond);
  EXPECT_TRUE(woken.woken);
  EXPECT_EQ(woken.signals.size(), 1u);
}

TEST_F(FakeWakerTest, AHappeningBeyondTheTimeoutIsKept) {
  waker_.ChangeAt(5 * kSecond, {"a"});
  EXPECT_TRUE(waker_.Wait(4 * kSecond).changes.empty());
  EXPECT_THAT(waker_.Wait(4 * kSecond).changes.names, ElementsAre("a"));
  EXPECT_EQ(clock_.Uptime(), 5 * kSecond);
}

TEST_F(FakeWakerTest, WhatHappenedWhileNobodyWaitedEndsEvenAPoll) {
  waker_.ChangeAt(kSecond, {"b", "a"});
  waker_.ChangeAt(2 * kSecond, {"a"});
  clock_.Advance(3 * kSecond);
  EXPECT_THAT(waker_.Wait(absl::ZeroDuration()).changes.names,
              ElementsAre("a", "b"));
  EXPECT_EQ(clock_.Uptime(), 3 * kSecond);
}

TEST_F(FakeWakerTest, APollNeverMovesTheClock) {
  waker_.SignalAt(kSecond, SIGINT);
  EXPECT_THAT(waker_.Wait(absl::ZeroDuration()).signals, IsEmpty());
  EXPECT_THAT(waker_.Wait(-kSecond).signals, IsEmpty());
  EXPECT_EQ(clock_.Uptime(), absl::ZeroDuration());
  EXPECT_THAT(waker_.waits(), ElementsAre(absl::ZeroDuration(), -kSecond));
}

TEST_F(FakeWakerTest, AHappeningMayWriteTheScriptOn) {
  waker_.At(kSecond, [this] {
    waker_.ChangeAt(2 * kSecond, {"later"});
    return WakeReasons();
  });
  EXPECT_TRUE(waker_.Wait(9 * kSecond).changes.empty());
  EXPECT_EQ(clock_.Uptime(), kSecond) << "an early return without a reason";
  EXPECT_THAT(waker_.Wait(9 * kSecond).changes.names, ElementsAre("later"));
}

TEST(FakeWakerDeathTest, WaitingForEverForNothingEndsTheTest) {
  FakeClock clock;
  FakeWaker waker(&clock);
  EXPECT_DEATH(waker.Wait(absl::InfiniteDuration()), "nothing will ever end");
}

}  // namespace
}  // namespace dirwatcher
