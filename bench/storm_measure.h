// How fast many small appends to many files are reported.

#ifndef DIRWATCHER_BENCH_STORM_MEASURE_H_
#define DIRWATCHER_BENCH_STORM_MEASURE_H_

#include "bench/measure.h"

namespace dirwatcher {

// A million appends to a thousand files by twenty processes, against tail -F
// and grep: from the first append until the last line was reported, each once.
Measure StormMeasure();

}  // namespace dirwatcher

#endif  // DIRWATCHER_BENCH_STORM_MEASURE_H_
