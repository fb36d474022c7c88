#include "bench/proc_stat.h"

#include <unistd.h>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

TEST(ProcStat, FindsTicksBehindAnyName) {
  const auto ticks = ParseCpuTicks(
      "42 (a) b (c) S 1 42 42 0 -1 4194304 100 0 0 0 17 25 0 0 20 0 1 0 9\n");
  ASSERT_TRUE(ticks.ok()) << ticks.status();
  EXPECT_EQ(*ticks, 42);
  EXPECT_FALSE(ParseCpuTicks("").ok());
  EXPECT_FALSE(ParseCpuTicks("42 (a) S 1 2\n").ok());
}

TEST(ProcStat, FindsResidentMemory) {
  const auto bytes =
      ParseResidentBytes("VmHWM:\t    9000 kB\nVmRSS:\t    7 kB\nThreads: 1\n");
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  EXPECT_EQ(*bytes, 7168);
  EXPECT_FALSE(ParseResidentBytes("Name: zombie\n").ok());
}

TEST(ProcStat, ReadsThoseOfAProcess) {
  EXPECT_TRUE(CpuTimeOf(getpid()).ok());
  EXPECT_GT(ResidentBytesOf(getpid()).value_or(0), 100'000);
  EXPECT_FALSE(CpuTimeOf(-1).ok());
}

}  // namespace
}  // namespace dirwatcher
