// What is made of several measurements. Pure; all functions may be called from
// any thread.

#ifndef DIRWATCHER_BENCH_STATISTICS_H_
#define DIRWATCHER_BENCH_STATISTICS_H_

#include <vector>

namespace dirwatcher {

// The value below which a share `q` (0 to 1) of the values lies; between two
// values, what lies between them. `values` must not be empty.
double Quantile(std::vector<double> values, double q);

double Median(std::vector<double> values);

struct Ratio {
  double median = 0;
  double min = 0;
  double max = 0;
};

// How many times as fast the program is as its peer: the peer's time divided
// by its own, for each round by itself. The speed of a virtual machine changes
// from one minute to the next; within a round it is nearly the same for both.
// Both have as many values, at least one, above 0.
Ratio TimesAsFast(const std::vector<double>& own_seconds,
                  const std::vector<double>& peer_seconds);

}  // namespace dirwatcher

#endif  // DIRWATCHER_BENCH_STATISTICS_H_
