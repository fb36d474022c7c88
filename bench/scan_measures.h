// How fast what stands in files is read and searched: whole runs of the
// program against ripgrep, and against reading alone.

#ifndef DIRWATCHER_BENCH_SCAN_MEASURES_H_
#define DIRWATCHER_BENCH_SCAN_MEASURES_H_

#include <vector>

#include "bench/measure.h"

namespace dirwatcher {

std::vector<Measure> ScanMeasures();

}  // namespace dirwatcher

#endif  // DIRWATCHER_BENCH_SCAN_MEASURES_H_
