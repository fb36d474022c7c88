#include "bench/arrivals.h"

#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

TEST(Arrivals, TellWhatIsMissingAndWhatCameTwice) {
  Arrivals arrivals(3);
  EXPECT_EQ(arrivals.missing(), 3);
  EXPECT_TRUE(arrivals.Add(2));
  EXPECT_TRUE(arrivals.Add(0));
  EXPECT_FALSE(arrivals.Add(2));
  EXPECT_EQ(arrivals.missing(), 1);
  EXPECT_EQ(arrivals.repeated(), 1);
}

TEST(Arrivals, IgnoreNumbersThatNobodyExpects) {
  Arrivals arrivals(3);
  EXPECT_FALSE(arrivals.Add(3));
  EXPECT_FALSE(arrivals.Add(-1));
  EXPECT_EQ(arrivals.missing(), 3);
  EXPECT_EQ(arrivals.repeated(), 0);
}

}  // namespace
}  // namespace dirwatcher
