#include "stats/duration_histogram.h"

#include <algorithm>
#include <cmath>

#include "absl/numeric/bits.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace dirwatcher {

std::string DurationSummary::ToString() const {
  if (count == 0) return "0";
  return absl::StrCat(count, ", median ", FormatBriefly(median), ", 99 % ",
                      FormatBriefly(percentile_99), ", longest ",
                      FormatBriefly(longest));
}

// Small numbers have buckets of their own; of the others, the first bit says
// which group of sixteen it is and the next four which of those.
size_t DurationHistogram::BucketOf(uint64_t nanoseconds) {
  constexpr uint64_t kSubBuckets = uint64_t{1} << kSubBits;
  if (nanoseconds < kSubBuckets) return nanoseconds;
  const int shift = absl::bit_width(nanoseconds) - 1 - kSubBits;
  const auto group = static_cast<size_t>(shift) + 1;
  return (group << kSubBits) + ((nanoseconds >> shift) & (kSubBuckets - 1));
}

uint64_t DurationHistogram::EndOf(size_t bucket) {
  const size_t group = bucket >> kSubBits;
  if (group == 0) return bucket;
  const size_t shift = group - 1;
  const uint64_t sub = bucket & ((size_t{1} << kSubBits) - 1);
  const uint64_t begin = ((uint64_t{1} << kSubBits) + sub) << shift;
  return begin + ((uint64_t{1} << shift) - 1);
}

void DurationHistogram::Add(absl::Duration duration, int64_t times) {
  const auto nanoseconds = static_cast<uint64_t>(
      absl::ToInt64Nanoseconds(std::max(duration, absl::ZeroDuration())));
  if (times <= 0) return;
  shortest_ = count_ == 0 ? nanoseconds : std::min(shortest_, nanoseconds);
  longest_ = std::max(longest_, nanoseconds);
  counts_[BucketOf(nanoseconds)] += times;
  count_ += times;
  sum_ += absl::Nanoseconds(static_cast<int64_t>(nanoseconds)) * times;
}

absl::Duration DurationHistogram::shortest() const {
  return absl::Nanoseconds(static_cast<int64_t>(shortest_));
}

absl::Duration DurationHistogram::longest() const {
  return absl::Nanoseconds(static_cast<int64_t>(longest_));
}

absl::Duration DurationHistogram::mean() const {
  return count_ == 0 ? absl::ZeroDuration() : sum_ / count_;
}

absl::Duration DurationHistogram::Quantile(double quantile) const {
  const auto rank = std::max<int64_t>(
      1,
      static_cast<int64_t>(std::ceil(quantile * static_cast<double>(count_))));
  int64_t seen = 0;
  for (size_t bucket = 0; bucket < kBuckets; ++bucket) {
    seen += counts_[bucket];
    if (seen >= rank) {
      return absl::Nanoseconds(
          static_cast<int64_t>(std::min(EndOf(bucket), longest_)));
    }
  }
  return absl::ZeroDuration();
}

DurationSummary DurationHistogram::Summary() const {
  return {count_, Quantile(0.5), Quantile(0.99), longest()};
}

std::string FormatBriefly(absl::Duration duration) {
  struct Unit {
    const char* name;
    absl::Duration length;
  };
  for (const Unit& unit :
       {Unit{"s", absl::Seconds(1)}, Unit{"ms", absl::Milliseconds(1)},
        Unit{"us", absl::Microseconds(1)}, Unit{"ns", absl::Nanoseconds(1)}}) {
    const double n = absl::FDivDuration(duration, unit.length);
    // What would be rounded to 1000 has the next unit.
    if (n < 0.9995) continue;
    const int decimals = n < 9.995 ? 2 : n < 99.95 ? 1 : 0;
    std::string digits = absl::StrFormat("%.*f", decimals, n);
    if (decimals > 0) {
      digits.erase(digits.find_last_not_of('0') + 1);
      if (digits.back() == '.') digits.pop_back();
    }
    return absl::StrCat(digits, " ", unit.name);
  }
  return "0 s";
}

}  // namespace dirwatcher
