// What all measures have in common.

#ifndef DIRWATCHER_BENCH_MEASURE_H_
#define DIRWATCHER_BENCH_MEASURE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "bench/child_process.h"
#include "bench/corpora.h"
#include "bench/result_table.h"

namespace dirwatcher {

// What measures need; the references must outlive it.
struct MeasureContext {
  const Corpora& corpora;
  std::string dirwatcher;  // path of the program
  std::string peers;       // path of the folder with our own peers
  int rounds = 5;
  double scale = 1;
};

// One of the things that are measured. It brings one row or more; what goes
// wrong stands in the rows.
struct Measure {
  std::string name;
  std::function<std::vector<ResultRow>(const MeasureContext& context)> run;
};

// A measure for which one row with the bar and the message stands if `run`
// fails.
Measure MakeMeasure(absl::string_view name, absl::string_view bar,
                    std::function<absl::StatusOr<std::vector<ResultRow>>(
                        const MeasureContext& context)>
                        run);

// The times of a program and its peer, round by round, in seconds.
struct PairedTimes {
  std::vector<double> own;
  std::vector<double> peer;
  int64_t peak_rss_bytes = 0;  // of the program, in any round
};

// Runs both in turn, `rounds` times, after once for each that does not count:
// it brings files into the page cache. The errors are those of RunTimed.
absl::StatusOr<PairedTimes> RunPaired(const Command& own, const Command& peer,
                                      int rounds);

// The row of such times, without a bar.
ResultRow PairedRow(absl::string_view measure, absl::string_view peer_name,
                    const PairedTimes& times);

}  // namespace dirwatcher

#endif  // DIRWATCHER_BENCH_MEASURE_H_
