// What a million files cost: to look at first, again, and to wait for.

#ifndef DIRWATCHER_BENCH_DIRECTORY_MEASURES_H_
#define DIRWATCHER_BENCH_DIRECTORY_MEASURES_H_

#include <vector>

#include "bench/measure.h"

namespace dirwatcher {

std::vector<Measure> DirectoryMeasures();

}  // namespace dirwatcher

#endif  // DIRWATCHER_BENCH_DIRECTORY_MEASURES_H_
