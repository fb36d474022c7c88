// FakeWaker: a Waker that plays a script on a FakeClock, for tests. Nothing in
// it waits: a wait moves the clock.
//
//   FakeClock clock;
//   FakeWaker waker(&clock);
//   waker.SignalAt(absl::Seconds(2.5), SIGTERM);
//   waker.ChangeAt(absl::Seconds(1), {"a.log"});
//   waker.Wait(absl::Seconds(10));  // "a.log", and clock.Uptime() is 1 s
//   waker.Wait(absl::Seconds(1));   // nothing, 2 s
//   waker.Wait(absl::Seconds(1));   // SIGTERM, 2.5 s

#ifndef DIRWATCHER_ENV_FAKE_WAKER_H_
#define DIRWATCHER_ENV_FAKE_WAKER_H_

#include <sys/types.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "env/fake_clock.h"
#include "env/waker.h"

namespace dirwatcher {

// Thread-compatible, Wake too.
class FakeWaker : public Waker {
 public:
  // What happens at a moment; it may also change a fake file system, or add to
  // the script.
  using Happening = std::function<WakeReasons()>;

  // `clock` must outlive this.
  explicit FakeWaker(FakeClock* clock) : clock_(clock) {}

  // Lets things happen at an uptime of the clock. What happens while nobody
  // waits, or lies in the past already, ends the next wait at once. Happenings
  // of one moment end one wait, in the order in which they were added.
  void At(absl::Duration uptime, Happening happening);
  void SignalAt(absl::Duration uptime, int number, pid_t sender_pid = 0);
  void ChangeAt(absl::Duration uptime, std::vector<std::string> names);

  // Moves the clock to the next happening, or by `timeout` if none comes before
  // that. To wait for ever for nothing ends the program.
  WakeReasons Wait(absl::Duration timeout) override;

  void Wake() override { woken_ = true; }

  // The timeouts that Wait was called with, polls included.
  const std::vector<absl::Duration>& waits() const { return waits_; }

 private:
  FakeClock* const clock_;  // not owned
  std::multimap<absl::Duration, Happening> script_;
  std::vector<absl::Duration> waits_;
  bool woken_ = false;  // since the last wait
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_FAKE_WAKER_H_
