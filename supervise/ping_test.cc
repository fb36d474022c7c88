#include "supervise/ping.h"

#include <string>

#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

TEST(PingUrl, HasThePartAtTheEndOfThePath) {
  EXPECT_EQ(PingUrl("https://hc/uuid", "start"), "https://hc/uuid/start");
  EXPECT_EQ(PingUrl("https://hc/uuid/", "0"), "https://hc/uuid/0");
  EXPECT_EQ(PingUrl("https://hc/uuid?a=b", "3"), "https://hc/uuid/3?a=b");
}

}  // namespace
}  // namespace dirwatcher
