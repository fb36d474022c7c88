// BackOffDelay: how long to wait before something is tried again. Pure.

#ifndef DIRWATCHER_NOTIFY_BACK_OFF_H_
#define DIRWATCHER_NOTIFY_BACK_OFF_H_

#include <algorithm>

#include "absl/time/time.h"

namespace dirwatcher {

struct BackOff {
  absl::Duration first = absl::Minutes(1);  // after the first failure
  absl::Duration cap = absl::Hours(1);      // doubled up to this
  // Each is made longer or shorter by up to this part of it, so that those who
  // failed together do not all come again together.
  double jitter = 0.2;
};

// The delay after `failures` failures, 1 for the first. `random` is from 0,
// for the shortest, to 1. REQUIRES: failures >= 1.
inline absl::Duration BackOffDelay(const BackOff& back_off, int failures,
                                   double random) {
  absl::Duration delay = back_off.first;
  for (int i = 1; i < failures && delay < back_off.cap; ++i) delay *= 2;
  delay = std::min(delay, back_off.cap);
  return delay * (1 + back_off.jitter * (2 * random - 1));
}

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_BACK_OFF_H_
