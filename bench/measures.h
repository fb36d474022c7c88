// All measures, and the table that comes of them.

#ifndef DIRWATCHER_BENCH_MEASURES_H_
#define DIRWATCHER_BENCH_MEASURES_H_

#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "bench/measure.h"

namespace dirwatcher {

// In the order in which they are printed.
std::vector<Measure> AllMeasures();

// Runs them, and prints each row when it is known; at the end the machine, and
// how many bars hold.
void RunMeasures(const std::vector<Measure>& measures,
                 const MeasureContext& context,
                 absl::FunctionRef<void(absl::string_view text)> print);

}  // namespace dirwatcher

#endif  // DIRWATCHER_BENCH_MEASURES_H_
