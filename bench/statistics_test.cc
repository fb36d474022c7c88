#include "bench/statistics.h"

#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

TEST(Statistics, MedianOfAnEvenNumberLiesBetweenTheMiddleTwo) {
  EXPECT_EQ(Median({5}), 5);
  EXPECT_EQ(Median({9, 1, 5}), 5);
  EXPECT_EQ(Median({9, 1, 5, 7}), 6);
}

TEST(Statistics, QuantileGoesFromTheLeastToTheGreatest) {
  const std::vector<double> values = {40, 10, 30, 20, 50};
  EXPECT_EQ(Quantile(values, 0), 10);
  EXPECT_EQ(Quantile(values, 0.25), 20);
  EXPECT_NEAR(Quantile(values, 0.99), 49.6, 1e-9);
  EXPECT_EQ(Quantile(values, 1), 50);
}

TEST(Statistics, RatioIsOfEachRoundByItself) {
  // The machine was ten times slower in the second round.
  const Ratio ratio = TimesAsFast({1, 10, 1}, {2, 20, 3});
  EXPECT_EQ(ratio.median, 2);
  EXPECT_EQ(ratio.min, 2);
  EXPECT_EQ(ratio.max, 3);
}

}  // namespace
}  // namespace dirwatcher
