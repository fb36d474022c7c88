// FakeClock: a clock that moves only when it is told to, for tests.
//
//   FakeClock clock;
//   Timekeeper timekeeper(&clock);
//   clock.Advance(absl::Seconds(6));

#ifndef DIRWATCHER_ENV_FAKE_CLOCK_H_
#define DIRWATCHER_ENV_FAKE_CLOCK_H_

#include <mutex>

#include "absl/time/time.h"
#include "env/clock.h"

namespace dirwatcher {

// Thread-safe. Starts at some moment in 2001, with an uptime of zero.
class FakeClock : public Clock {
 public:
  absl::Time Now() override {
    const std::lock_guard<std::mutex> lock(mu_);
    return now_;
  }
  absl::Duration Uptime() override {
    const std::lock_guard<std::mutex> lock(mu_);
    return uptime_;
  }

  // Lets time pass, on both clocks. REQUIRES: duration is not negative.
  void Advance(absl::Duration duration) {
    const std::lock_guard<std::mutex> lock(mu_);
    now_ += duration;
    uptime_ += duration;
  }

  // Sets the wall clock, in either direction; the uptime is not touched.
  void SetNow(absl::Time now) {
    const std::lock_guard<std::mutex> lock(mu_);
    now_ = now;
  }

 private:
  std::mutex mu_;
  absl::Time now_ = absl::FromUnixSeconds(1000000000);
  absl::Duration uptime_ = absl::ZeroDuration();
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_FAKE_CLOCK_H_
