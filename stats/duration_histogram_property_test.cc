// DurationHistogram against sorting.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "stats/duration_histogram.h"

namespace dirwatcher {
namespace {

// Of any magnitude.
rc::Gen<int64_t> AnyNanoseconds() {
  return rc::gen::apply(
      [](int64_t n, int shift) { return (n & INT64_MAX) >> shift; },
      rc::gen::arbitrary<int64_t>(),
      rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, 63)));
}

RC_GTEST_PROP(DurationHistogramProperty, QuantilesAreThoseOfTheSortedDurations,
              ()) {
  std::vector<int64_t> all = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<int64_t>>(AnyNanoseconds()));
  const int percent = *rc::gen::inRange(0, 101);
  DurationHistogram histogram;
  for (const int64_t n : all) histogram.Add(absl::Nanoseconds(n));
  std::sort(all.begin(), all.end());
  const size_t rank = std::max<size_t>(
      1, (all.size() * static_cast<size_t>(percent) + 99) / 100);
  const int64_t exact = all[rank - 1];
  const int64_t told =
      absl::ToInt64Nanoseconds(histogram.Quantile(percent / 100.0));
  RC_CLASSIFY(told != exact, "rounded");
  RC_ASSERT(told >= exact);
  RC_ASSERT(told - exact <= exact / 15);
  RC_ASSERT(told <= all.back());
  RC_ASSERT(histogram.Summary().longest == absl::Nanoseconds(all.back()));
  RC_ASSERT(histogram.count() == static_cast<int64_t>(all.size()));
  RC_ASSERT(histogram.shortest() == absl::Nanoseconds(all.front()));
  RC_ASSERT(histogram.longest() == absl::Nanoseconds(all.back()));
  absl::Duration sum;
  for (const int64_t n : all) sum += absl::Nanoseconds(n);
  RC_ASSERT(histogram.mean() == sum / static_cast<int64_t>(all.size()));
}

}  // namespace
}  // namespace dirwatcher
