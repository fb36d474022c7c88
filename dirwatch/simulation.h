// Simulation: runs one history over a real DirectoryWatcher and a simulated
// world, and says what was wrong. Testonly.
//
//   const SimulationResult result = Simulate(GenerateHistory(seed));
//   if (!result.failure.empty()) std::cout << DescribeFailure(seed);

#ifndef DIRWATCHER_DIRWATCH_SIMULATION_H_
#define DIRWATCHER_DIRWATCH_SIMULATION_H_

#include <cstdint>
#include <string>

#include "dirwatch/simulation_history.h"

namespace dirwatcher {

struct SimulationResult {
  std::string failure;     // empty: all was well
  std::string transcript;  // steps and events as they happened
  int64_t matches = 0;
  int64_t gaps = 0;
  int64_t steps_inside_polls = 0;
  int64_t faults = 0;
};

// Runs the history, then lets the world rest until everything must be settled,
// and judges. Deterministic.
SimulationResult Simulate(const History& history);

// The smallest history found that fails too, by leaving out steps. REQUIRES:
// `history` fails.
History Shrink(const History& history);

// What to show for a seed that fails: the seed, the shrunken history, what
// happened in it and what was wrong.
std::string DescribeFailure(uint64_t seed);

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_SIMULATION_H_
