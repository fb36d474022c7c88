#include "bench/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace dirwatcher {

double Quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  const double place = q * static_cast<double>(values.size() - 1);
  const auto below = static_cast<size_t>(std::floor(place));
  const size_t above = std::min(below + 1, values.size() - 1);
  const double share = place - std::floor(place);
  return values[below] + share * (values[above] - values[below]);
}

double Median(std::vector<double> values) {
  return Quantile(std::move(values), 0.5);
}

Ratio TimesAsFast(const std::vector<double>& own_seconds,
                  const std::vector<double>& peer_seconds) {
  std::vector<double> ratios;
  for (size_t i = 0; i < own_seconds.size(); ++i) {
    ratios.push_back(peer_seconds[i] / own_seconds[i]);
  }
  const auto [min, max] = std::minmax_element(ratios.begin(), ratios.end());
  return {Median(ratios), *min, *max};
}

}  // namespace dirwatcher
