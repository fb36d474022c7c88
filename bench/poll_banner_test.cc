#include "bench/poll_banner.h"

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

TEST(PollBanner, IsFoundAmongOtherLines) {
  const auto banner = ParsePollBanner(
      "I20261124 10:31:47 1 a.cc:1] Uptime was 0:00:12.821105\n"
      "I20261124 10:31:47 1 a.cc:1] Polls: 17, median 1.213 s, longest 1.4 s\n"
      "I20261124 10:31:47 1 a.cc:1] ----\n");
  ASSERT_TRUE(banner.ok()) << banner.status();
  EXPECT_EQ(banner->polls, 17);
  EXPECT_EQ(banner->median, absl::Milliseconds(1213));
}

TEST(PollBanner, MayCarryAnyUnit) {
  const auto median = [](absl::string_view text) {
    return ParsePollBanner(text)->median;
  };
  EXPECT_EQ(median("Polls: 1, median 12.5 ms"), absl::Microseconds(12500));
  EXPECT_EQ(median("Polls: 1, median 12.5ms, longest"),
            absl::Microseconds(12500));
  EXPECT_EQ(median("Polls: 1, median 7 us"), absl::Microseconds(7));
  EXPECT_EQ(median("Polls: 1, median 7 µs"), absl::Microseconds(7));
  EXPECT_EQ(median("Polls: 1, median 2s"), absl::Seconds(2));
}

TEST(PollBanner, IsTheLastOneOfSeveral) {
  EXPECT_EQ(
      ParsePollBanner("Polls: 1, median 1 s\nPolls: 2, median 3 s\n")->polls,
      2);
}

TEST(PollBanner, IsMissed) {
  EXPECT_TRUE(absl::IsNotFound(ParsePollBanner("").status()));
  EXPECT_TRUE(absl::IsNotFound(ParsePollBanner("Polls: 17\n").status()));
}

}  // namespace
}  // namespace dirwatcher
