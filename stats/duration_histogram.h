// DurationHistogram: how long something takes, counted, in memory that does not
// grow: for latencies and loops of a program that runs for months. Pure.
//
//   DurationHistogram polls;
//   polls.Add(absl::Milliseconds(3));
//   logger->Log(LogLevel::kInfo, absl::StrCat("Polls: ", polls.Summary()));
//
// Durations are counted in buckets of which sixteen make up a power of two, as
// in HdrHistogram (http://hdrhistogram.org), so that what is said of them is
// right to 7 %, whatever their size.

#ifndef DIRWATCHER_STATS_DURATION_HISTOGRAM_H_
#define DIRWATCHER_STATS_DURATION_HISTOGRAM_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace dirwatcher {

// What a histogram comes to.
struct DurationSummary {
  int64_t count = 0;
  absl::Duration median;
  absl::Duration percentile_99;
  absl::Duration longest;

  // "17, median 1.21 s, 99 % 1.38 s, longest 1.4 s"; "0" if there are none.
  std::string ToString() const;
};

// A copyable value of 5 KiB. Thread-compatible.
class DurationHistogram {
 public:
  // Counts `duration` `times` times, or not if that is zero. What is below zero
  // counts as zero, what does not fit into 64 bits of nanoseconds (292 years)
  // as that.
  void Add(absl::Duration duration, int64_t times = 1);

  int64_t count() const { return count_; }

  // To the nanosecond; zero if there are none.
  absl::Duration shortest() const;
  absl::Duration longest() const;
  absl::Duration mean() const;

  // The duration that the share `quantile` of them does not exceed, up to 7 %
  // too long, but never longer than the longest; zero if there are none.
  // REQUIRES: 0 <= quantile <= 1.
  absl::Duration Quantile(double quantile) const;

  DurationSummary Summary() const;

 private:
  static constexpr int kSubBits = 4;
  static constexpr size_t kBuckets = (64 - kSubBits) << kSubBits;

  static size_t BucketOf(uint64_t nanoseconds);
  // The longest duration that belongs to the bucket.
  static uint64_t EndOf(size_t bucket);

  std::array<int64_t, kBuckets> counts_ = {};
  int64_t count_ = 0;
  uint64_t shortest_ = 0;
  uint64_t longest_ = 0;
  absl::Duration sum_;
};

// `duration` to three digits, with the unit in which it is short: "1.21 s",
// "45.2 ms", "142 us", "0 s". REQUIRES: it is finite and not below zero.
std::string FormatBriefly(absl::Duration duration);

}  // namespace dirwatcher

#endif  // DIRWATCHER_STATS_DURATION_HISTOGRAM_H_
