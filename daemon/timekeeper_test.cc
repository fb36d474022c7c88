#include "daemon/timekeeper.h"

#include "absl/time/time.h"
#include "env/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "logging/fake_logger.h"
#include "logging/log_level.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr absl::Duration kMinute = absl::Seconds(60);

class TimekeeperTest : public testing::Test {
 protected:
  // Works for so long; returns the wait.
  absl::Duration Work(Timekeeper* timekeeper, absl::Duration duration) {
    const Timekeeper::Scope scope = timekeeper->Measure();
    clock_.Advance(duration);
    return timekeeper->End(scope);
  }

  FakeClock clock_;
  FakeLogger logger_;
};

TEST_F(TimekeeperTest, WaitsForTheRestOfTheInterval) {
  Timekeeper timekeeper(&clock_, kMinute);
  EXPECT_EQ(Work(&timekeeper, absl::Seconds(6)), absl::Seconds(54));
  EXPECT_EQ(Work(&timekeeper, absl::Seconds(0.25)), absl::Seconds(59.75));
  EXPECT_EQ(Work(&timekeeper, absl::ZeroDuration()), kMinute);
  EXPECT_EQ(timekeeper.skipped_intervals(), 0);
}

TEST_F(TimekeeperTest, DoesNotWaitAfterTooMuchWorkAndSkipsWhatItMissed) {
  Timekeeper timekeeper(&clock_, kMinute);
  EXPECT_EQ(Work(&timekeeper, kMinute), absl::ZeroDuration());
  EXPECT_EQ(Work(&timekeeper, 1.5 * kMinute), absl::ZeroDuration());
  EXPECT_EQ(timekeeper.skipped_intervals(), 0);
  EXPECT_EQ(Work(&timekeeper, 3.5 * kMinute), absl::ZeroDuration());
  EXPECT_EQ(timekeeper.skipped_intervals(), 2);
}

TEST_F(TimekeeperTest, WithoutAnIntervalItOnlyMeasures) {
  Timekeeper timekeeper(&clock_, absl::nullopt, &logger_);
  EXPECT_EQ(Work(&timekeeper, kMinute), absl::ZeroDuration());
  EXPECT_EQ(timekeeper.skipped_intervals(), 0);
  EXPECT_THAT(logger_.TakeRecords(),
              ElementsAre(Pair(LogLevel::kInfo,
                               "RunTimeLoop: 60 seconds, 0 microseconds")));
}

TEST_F(TimekeeperTest, LogsWhatItMeasures) {
  Timekeeper timekeeper(&clock_, kMinute, &logger_);
  Work(&timekeeper, absl::Microseconds(1234));
  Work(&timekeeper, absl::Seconds(6) + absl::Microseconds(5));
  EXPECT_THAT(
      logger_.TakeRecords(),
      ElementsAre(Pair(LogLevel::kInfo, "RunTimeLoop: 1234 microseconds"),
                  Pair(LogLevel::kDebug, "SleepAfterLoop: 59.9988 sec"),
                  Pair(LogLevel::kInfo,
                       "RunTimeLoop: 6 seconds, 5 "
                       "microseconds"),
                  Pair(LogLevel::kDebug, "SleepAfterLoop: 54 sec")));
}

TEST_F(TimekeeperTest, LogsNothingUnlessAsked) {
  Timekeeper timekeeper(&clock_, kMinute);
  Work(&timekeeper, kMinute);
  EXPECT_THAT(logger_.TakeRecords(), IsEmpty());
}

TEST_F(TimekeeperTest, KeepsStatistics) {
  Timekeeper timekeeper(&clock_, kMinute);
  for (const int seconds : {1, 2, 6}) {
    Work(&timekeeper, absl::Seconds(seconds));
  }
  EXPECT_EQ(timekeeper.work().count(), 3);
  EXPECT_EQ(timekeeper.work().shortest(), absl::Seconds(1));
  EXPECT_EQ(timekeeper.work().mean(), absl::Seconds(3));
  EXPECT_EQ(timekeeper.work().longest(), absl::Seconds(6));
}

TEST(FormatRunTime, HasSecondsFromASecondOn) {
  EXPECT_EQ(FormatRunTime(absl::ZeroDuration()), "0 microseconds");
  EXPECT_EQ(FormatRunTime(absl::Microseconds(999'999)), "999999 microseconds");
  EXPECT_EQ(FormatRunTime(absl::Seconds(1)), "1 seconds, 0 microseconds");
  EXPECT_EQ(FormatRunTime(-absl::Seconds(1)), "0 microseconds");
}

}  // namespace
}  // namespace dirwatcher
