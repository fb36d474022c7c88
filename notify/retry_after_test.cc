#include "notify/retry_after.h"

#include <string>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(784111777);  // 08:49:37

TEST(RetryAfter, IsANumberOfSeconds) {
  EXPECT_EQ(ParseRetryAfter("30", kNow), absl::Seconds(30));
  EXPECT_EQ(ParseRetryAfter(" 0 ", kNow), absl::ZeroDuration());
}

TEST(RetryAfter, IsADateInEachOfTheThreeForms) {
  for (const char* const text :
       {"Sun, 06 Nov 1994 08:50:00 GMT", "Sunday, 06-Nov-94 08:50:00 GMT",
        "Sun Nov  6 08:50:00 1994"}) {
    EXPECT_EQ(ParseRetryAfter(text, kNow), absl::Seconds(23)) << text;
  }
}

TEST(RetryAfter, IsNothingWhenTheMomentIsOver) {
  EXPECT_EQ(ParseRetryAfter("Sun, 06 Nov 1994 08:49:00 GMT", kNow),
            absl::ZeroDuration());
}

TEST(RetryAfter, IsBelievedForADayOnly) {
  EXPECT_EQ(ParseRetryAfter("86400", kNow), absl::Hours(24));
  EXPECT_EQ(ParseRetryAfter("86401", kNow), kMaxRetryAfter);
  EXPECT_EQ(ParseRetryAfter(std::string(100, '9'), kNow), kMaxRetryAfter);
  EXPECT_EQ(ParseRetryAfter("Sun, 06 Nov 2094 08:49:00 GMT", kNow),
            kMaxRetryAfter);
}

TEST(RetryAfter, IsNoneWhenItIsSomethingElse) {
  for (const char* const text : {"", " ", "-1", "1.5", "soon", "0x10", "1 s",
                                 "Sun, 06 Nov 1994 08:50:00"}) {
    EXPECT_EQ(ParseRetryAfter(text, kNow), absl::nullopt) << text;
  }
}

}  // namespace
}  // namespace dirwatcher
