#include "sinks/rfc3339_formatter.h"

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

TEST(Rfc3339Formatter, IsInUtcWithMicroseconds) {
  Rfc3339Formatter formatter;
  EXPECT_EQ(
      formatter.Format(absl::FromCivil(absl::CivilSecond(2023, 1, 31, 9, 5, 7),
                                       absl::UTCTimeZone()) +
                       absl::Microseconds(1) + absl::Nanoseconds(999)),
      "2023-01-31T09:05:07.000001Z");
  EXPECT_EQ(formatter.Format(absl::UnixEpoch() - absl::Microseconds(1)),
            "1969-12-31T23:59:59.999999Z");
}

TEST(Rfc3339Formatter, StaysWithinTheYearsOfRfc3339) {
  Rfc3339Formatter formatter;
  EXPECT_EQ(formatter.Format(absl::InfiniteFuture()),
            "9999-12-31T23:59:59.999999Z");
  EXPECT_EQ(formatter.Format(absl::InfinitePast()),
            "0000-01-01T00:00:00.000000Z");
}

TEST(Rfc3339Formatter, FormatsTimesInAnyOrderAsAFreshOneDoes) {
  Rfc3339Formatter formatter;
  for (const double seconds :
       {0.0, 0.25, 0.999999, 1.0, 0.5, -0.5, -1.0, 86399.9, 86400.0, 0.0}) {
    const absl::Time time = absl::UnixEpoch() + absl::Seconds(seconds);
    EXPECT_EQ(formatter.Format(time), Rfc3339Formatter().Format(time));
    EXPECT_EQ(
        formatter.Format(time),
        absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone()));
  }
}

}  // namespace
}  // namespace dirwatcher
