#include "dirwatch/simulation.h"

#include <cstdint>
#include <cstdlib>

#include "dirwatch/simulation_history.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

// 100,000 unless the environment says otherwise.
uint64_t Histories() {
  const char* histories = std::getenv("DIRWATCHER_SIMULATED_HISTORIES");
  return histories == nullptr ? 100000 : std::strtoull(histories, nullptr, 10);
}

TEST(Simulation, ReportsEveryLineOnceWhateverHappens) {
  const uint64_t histories = Histories();
  int64_t matches = 0;
  int64_t gaps = 0;
  int64_t inside = 0;
  int64_t faults = 0;
  for (uint64_t seed = 1; seed <= histories; ++seed) {
    const SimulationResult result = Simulate(GenerateHistory(seed));
    ASSERT_EQ(result.failure, "") << DescribeFailure(seed);
    matches += result.matches;
    gaps += result.gaps;
    inside += result.steps_inside_polls;
    faults += result.faults;
  }
  // The histories are about something.
  EXPECT_GT(matches, 2 * static_cast<int64_t>(histories));
  EXPECT_GT(gaps, static_cast<int64_t>(histories) / 100);
  EXPECT_GT(inside, static_cast<int64_t>(histories));
  EXPECT_GT(faults, static_cast<int64_t>(histories) / 2);
}

}  // namespace
}  // namespace dirwatcher
