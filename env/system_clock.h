// SystemClock: the machine's clocks. The only place that asks for the time.

#ifndef DIRWATCHER_ENV_SYSTEM_CLOCK_H_
#define DIRWATCHER_ENV_SYSTEM_CLOCK_H_

#include "absl/time/time.h"
#include "env/clock.h"

namespace dirwatcher {

// Stateless, thread-safe.
class SystemClock : public Clock {
 public:
  absl::Time Now() override;
  // CLOCK_MONOTONIC: stands still while the machine is suspended, as the time
  // that Waker::Wait waits does.
  absl::Duration Uptime() override;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_SYSTEM_CLOCK_H_
