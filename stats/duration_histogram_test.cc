#include "stats/duration_histogram.h"

#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

TEST(DurationHistogram, SaysNothingOfNothing) {
  const DurationHistogram none;
  EXPECT_EQ(none.count(), 0);
  EXPECT_EQ(none.Quantile(0.5), absl::ZeroDuration());
  EXPECT_EQ(none.Summary().ToString(), "0");
}

TEST(DurationHistogram, SumsUpWhatItCounted) {
  DurationHistogram histogram;
  histogram.Add(absl::Milliseconds(2), 98);
  histogram.Add(absl::Milliseconds(50));
  histogram.Add(absl::Seconds(3));
  const DurationSummary summary = histogram.Summary();
  EXPECT_EQ(summary.count, 100);
  EXPECT_GE(summary.median, absl::Milliseconds(2));
  EXPECT_LT(summary.median, absl::Milliseconds(2.14));
  EXPECT_GE(summary.percentile_99, absl::Milliseconds(50));
  EXPECT_LT(summary.percentile_99, absl::Milliseconds(53.5));
  EXPECT_EQ(summary.longest, absl::Seconds(3));
}

TEST(DurationHistogram, OneDurationIsExact) {
  DurationHistogram histogram;
  histogram.Add(absl::Microseconds(1234.567));
  EXPECT_EQ(histogram.Summary().ToString(),
            "1, median 1.23 ms, 99 % 1.23 ms, longest 1.23 ms");
  EXPECT_EQ(histogram.Quantile(0), absl::Nanoseconds(1234567));
  EXPECT_EQ(histogram.Quantile(1), absl::Nanoseconds(1234567));
}

TEST(DurationHistogram, ShortDurationsAreExactAlsoBesideOthers) {
  for (int ns = 0; ns < 32; ++ns) {
    DurationHistogram histogram;
    histogram.Add(absl::Nanoseconds(ns));
    histogram.Add(absl::Seconds(1));
    EXPECT_EQ(histogram.Quantile(0.5), absl::Nanoseconds(ns));
  }
}

TEST(DurationHistogram, TakesWhatDoesNotFit) {
  DurationHistogram histogram;
  histogram.Add(-absl::Seconds(1));
  EXPECT_EQ(histogram.Summary().longest, absl::ZeroDuration());
  histogram.Add(absl::InfiniteDuration());
  histogram.Add(absl::Hours(24 * 366 * 300));
  EXPECT_EQ(histogram.count(), 3);
  EXPECT_GT(histogram.Summary().longest, absl::Hours(24 * 365 * 290));
}

TEST(FormatBriefly, HasThreeDigitsAndTheRightUnit) {
  EXPECT_EQ(FormatBriefly(absl::ZeroDuration()), "0 s");
  EXPECT_EQ(FormatBriefly(absl::Nanoseconds(7)), "7 ns");
  EXPECT_EQ(FormatBriefly(absl::Nanoseconds(1420)), "1.42 us");
  EXPECT_EQ(FormatBriefly(absl::Microseconds(45.26)), "45.3 us");
  EXPECT_EQ(FormatBriefly(absl::Microseconds(142.4)), "142 us");
  EXPECT_EQ(FormatBriefly(absl::Microseconds(999.6)), "1 ms");
  EXPECT_EQ(FormatBriefly(absl::Milliseconds(20)), "20 ms");
  EXPECT_EQ(FormatBriefly(absl::Milliseconds(1213)), "1.21 s");
  EXPECT_EQ(FormatBriefly(absl::Seconds(86400)), "86400 s");
}

}  // namespace
}  // namespace dirwatcher
