// Clock: the only way in which this project learns what time it is.
//
// Code that decides anything takes times and durations as values; only the
// outermost layer (the loop, the sinks that stamp records) holds a Clock.
//
//   SystemClock clock;                       // env/system_clock.h
//   const absl::Duration start = clock.Uptime();
//   ...
//   const absl::Duration elapsed = clock.Uptime() - start;

#ifndef DIRWATCHER_ENV_CLOCK_H_
#define DIRWATCHER_ENV_CLOCK_H_

#include "absl/time/time.h"

namespace dirwatcher {

// Two readings of time that must not be mixed up. Implementations are
// thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // Wall time. It may jump in either direction: use it to stamp records, never
  // to measure.
  virtual absl::Time Now() = 0;

  // Time since some fixed, unspecified moment. It never goes back and is not
  // touched when the wall clock is set: use it for differences and deadlines.
  virtual absl::Duration Uptime() = 0;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_CLOCK_H_
