// How long it takes from an append to the report of it.

#ifndef DIRWATCHER_BENCH_LATENCY_MEASURE_H_
#define DIRWATCHER_BENCH_LATENCY_MEASURE_H_

#include <vector>

#include "bench/measure.h"

namespace dirwatcher {

// A thousand appends, one at a time, for dirwatcher and for the least program
// that could be called a watcher, in blocks of a hundred in turn; once in close
// succession, and once with rests between them.
std::vector<Measure> LatencyMeasures();

}  // namespace dirwatcher

#endif  // DIRWATCHER_BENCH_LATENCY_MEASURE_H_
