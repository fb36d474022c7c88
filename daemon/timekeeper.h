// Timekeeper: how long work takes, and the wait for the rest of its interval.
//
//   Timekeeper timekeeper(&clock, absl::Seconds(60));
//   while (!interrupted) {
//     const Timekeeper::Scope scope = timekeeper.Measure();
//     Work();                                     // takes 6 s
//     waker->Wait(timekeeper.End(scope));         // 54 s
//   }
//   stats: timekeeper.work()
//
// It reads a clock and waits for nothing itself: how to wait, and what may end
// the wait, is the caller's.

#ifndef DIRWATCHER_DAEMON_TIMEKEEPER_H_
#define DIRWATCHER_DAEMON_TIMEKEEPER_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "env/clock.h"
#include "logging/logger.h"
#include "stats/duration_histogram.h"

namespace dirwatcher {

// Thread-compatible.
class Timekeeper {
 public:
  // A piece of work that has begun.
  struct Scope {
    absl::Duration begin;  // on the clock that does not jump
  };

  // `interval` is from the start of one piece of work to the start of the next;
  // absent: there is none. `clock` must outlive this; `logger` too, if it is
  // not null. REQUIRES: the interval is above zero.
  explicit Timekeeper(Clock* clock,
                      absl::optional<absl::Duration> interval = absl::nullopt,
                      Logger* logger = nullptr);

  // Work begins.
  Scope Measure() { return {clock_->Uptime()}; }

  // Work has ended: counts it, and returns how long to wait: the rest of the
  // interval, or zero if it took longer or there is none. Work that took longer
  // skips the intervals that it reached into; they are counted, too. Logs
  //   INFO   RunTimeLoop: 1234 microseconds
  //   INFO   RunTimeLoop: 6 seconds, 1234 microseconds
  //   DEBUG  SleepAfterLoop: 54 sec
  absl::Duration End(const Scope& scope);

  // Of all work so far.
  const DurationHistogram& work() const { return work_; }
  // How many starts of an interval passed while work was under way, but for the
  // one that followed late.
  int64_t skipped_intervals() const { return skipped_intervals_; }

 private:
  Clock* const clock_;
  const absl::optional<absl::Duration> interval_;
  Logger* const logger_;
  DurationHistogram work_;
  int64_t skipped_intervals_ = 0;
};

// "1234 microseconds" below a second, else "6 seconds, 1234 microseconds"; the
// microseconds are those beyond the seconds. What is negative counts as zero.
std::string FormatRunTime(absl::Duration duration);

}  // namespace dirwatcher

#endif  // DIRWATCHER_DAEMON_TIMEKEEPER_H_
