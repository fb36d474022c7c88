// TickingClock: a clock that moves on by a second whenever it is asked, so that
// time passes where nothing else lets it. Testonly.

#ifndef DIRWATCHER_NOTIFY_TESTING_TICKING_CLOCK_H_
#define DIRWATCHER_NOTIFY_TESTING_TICKING_CLOCK_H_

#include "absl/time/time.h"
#include "env/fake_clock.h"

namespace dirwatcher {

// Thread-safe.
class TickingClock : public FakeClock {
 public:
  absl::Duration Uptime() override {
    Advance(absl::Seconds(1));
    return FakeClock::Uptime();
  }
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_TESTING_TICKING_CLOCK_H_
