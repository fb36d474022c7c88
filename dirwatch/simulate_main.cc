// Runs simulated histories for as long as it is told to:
//
//   bazel run -c opt //dirwatch:simulate -- --seconds 600
//   bazel run -c opt //dirwatch:simulate -- --first_seed 17 --histories 1

#include <cstdint>
#include <iostream>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "dirwatch/simulation.h"
#include "dirwatch/simulation_history.h"

int main(int argc, char** argv) {
  double seconds = 60;
  uint64_t first_seed = 1;
  uint64_t histories = UINT64_MAX;
  bool show = false;
  CLI::App app("Runs the watcher through simulated histories.");
  app.add_option("--seconds", seconds, "stop after so long")
      ->capture_default_str();
  app.add_option("--first_seed", first_seed, "the others follow it")
      ->capture_default_str();
  app.add_option("--histories", histories, "stop after so many");
  app.add_flag("--show", show, "print each history and what happened");
  CLI11_PARSE(app, argc, argv);

  const absl::Time end = absl::Now() + absl::Seconds(seconds);
  uint64_t run = 0;
  int64_t matches = 0;
  int64_t inside = 0;
  int64_t faults = 0;
  for (; run < histories && absl::Now() < end; ++run) {
    const uint64_t seed = first_seed + run;
    const dirwatcher::History history = dirwatcher::GenerateHistory(seed);
    const dirwatcher::SimulationResult result = dirwatcher::Simulate(history);
    if (show) std::cout << dirwatcher::Describe(history) << result.transcript;
    if (!result.failure.empty()) {
      std::cout << dirwatcher::DescribeFailure(seed);
      return 1;
    }
    matches += result.matches;
    inside += result.steps_inside_polls;
    faults += result.faults;
  }
  std::cout << run << " histories from seed " << first_seed << ", " << matches
            << " matches, " << inside << " steps inside polls, " << faults
            << " faults: nothing wrong\n";
  return 0;
}
