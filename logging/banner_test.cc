#include "logging/banner.h"

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "logging/fake_logger.h"
#include "logging/log_level.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(LogBanner, PutsEveryLineBetweenTwoRulesOfDashes) {
  FakeLogger logger;
  LogBanner(&logger, LogLevel::kInfo, {"Started x", "Interval: 1s"});
  const std::string rule(60, '-');
  EXPECT_THAT(logger.TakeRecords(),
              ElementsAre(Pair(LogLevel::kInfo, rule),
                          Pair(LogLevel::kInfo, "Started x"),
                          Pair(LogLevel::kInfo, "Interval: 1s"),
                          Pair(LogLevel::kInfo, rule)));
}

TEST(FormatUptime, PadsAllButTheHours) {
  EXPECT_EQ(FormatUptime(absl::ZeroDuration()), "0:00:00.000000");
  EXPECT_EQ(FormatUptime(absl::Hours(1) + absl::Minutes(2) + absl::Seconds(3) +
                         absl::Microseconds(4)),
            "1:02:03.000004");
}

TEST(FormatUptime, CarriesNothingOverFromWhatIsBelowAMicrosecond) {
  EXPECT_EQ(FormatUptime(absl::Seconds(60) - absl::Nanoseconds(1)),
            "0:00:59.999999");
}

TEST(FormatUptime, CountsHoursBeyondADay) {
  EXPECT_EQ(FormatUptime(absl::Hours(24 * 400)), "9600:00:00.000000");
}

TEST(FormatUptime, ClockThatWentBackGivesZero) {
  EXPECT_EQ(FormatUptime(-absl::Seconds(5)), "0:00:00.000000");
}

}  // namespace
}  // namespace dirwatcher
