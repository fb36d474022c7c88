// Arrivals: which of a known number of lines have come, and which twice.

#ifndef DIRWATCHER_BENCH_ARRIVALS_H_
#define DIRWATCHER_BENCH_ARRIVALS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dirwatcher {

// Thread-compatible.
class Arrivals {
 public:
  // Of the numbers below `expected`.
  explicit Arrivals(int64_t expected)
      : seen_(static_cast<size_t>(expected), false) {}

  // Notes that a number has come; others than those are ignored. True if it is
  // for the first time.
  bool Add(int64_t number) {
    if (number < 0 || static_cast<size_t>(number) >= seen_.size()) return false;
    if (seen_[static_cast<size_t>(number)]) {
      ++repeated_;
      return false;
    }
    seen_[static_cast<size_t>(number)] = true;
    ++distinct_;
    return true;
  }

  int64_t missing() const {
    return static_cast<int64_t>(seen_.size()) - distinct_;
  }
  int64_t repeated() const { return repeated_; }

 private:
  std::vector<bool> seen_;
  int64_t distinct_ = 0;
  int64_t repeated_ = 0;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_BENCH_ARRIVALS_H_
