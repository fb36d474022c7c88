// How long it takes from an append to the report of it.

#ifndef DIRWATCHER_BENCH_LATENCY_MEASURE_H_
#define DIRWATCHER_BENCH_LATENCY_MEASURE_H_

#include "bench/measure.h"

namespace dirwatcher {

// A thousand appends, one at a time, for dirwatcher and for the least program
// that could be called a watcher, in blocks of a hundred in turn.
Measure LatencyMeasure();

}  // namespace dirwatcher

#endif  // DIRWATCHER_BENCH_LATENCY_MEASURE_H_
