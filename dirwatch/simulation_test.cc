#include "dirwatch/simulation.h"

#include <cstdint>

#include "dirwatch/simulation_history.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

TEST(Simulation, ReportsEveryLineOnceWhateverHappens) {
  constexpr uint64_t kHistories = 100000;
  int64_t matches = 0;
  int64_t gaps = 0;
  int64_t inside = 0;
  int64_t faults = 0;
  for (uint64_t seed = 1; seed <= kHistories; ++seed) {
    const SimulationResult result = Simulate(GenerateHistory(seed));
    ASSERT_EQ(result.failure, "") << DescribeFailure(seed);
    matches += result.matches;
    gaps += result.gaps;
    inside += result.steps_inside_polls;
    faults += result.faults;
  }
  // The histories are about something.
  EXPECT_GT(matches, 2 * static_cast<int64_t>(kHistories));
  EXPECT_GT(gaps, static_cast<int64_t>(kHistories) / 100);
  EXPECT_GT(inside, static_cast<int64_t>(kHistories));
  EXPECT_GT(faults, static_cast<int64_t>(kHistories) / 2);
}

}  // namespace
}  // namespace dirwatcher
