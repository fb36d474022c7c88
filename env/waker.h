// Waker: the one place where a daemon waits.
//
// Timer, signals and file notifications end one and the same wait, so nothing
// can be lost between a check and a wait. EventWaker is the real one
// (libsystemd's sd-event over epoll, timerfd, signalfd and inotify); FakeWaker
// replays a script.
//
//   WakeReasons woken = waker->Wait(next_tick - clock->Uptime());
//   for (const ReceivedSignal& s : woken.signals) ...
//   if (!woken.changes.empty()) watcher.PollChanged(woken.changes);

#ifndef DIRWATCHER_ENV_WAKER_H_
#define DIRWATCHER_ENV_WAKER_H_

#include <sys/types.h>

#include <vector>

#include "absl/time/time.h"
#include "env/change_notifier.h"

namespace dirwatcher {

// A signal as signalfd(2) delivers it.
struct ReceivedSignal {
  int number = 0;
  pid_t sender_pid = 0;  // 0 = the kernel (a terminal's ^C among others)
};

// Why a wait ended. More than one reason may hold at once; none holds after a
// plain timeout.
struct WakeReasons {
  std::vector<ReceivedSignal> signals;  // in order of delivery
  ChangeHints changes;
  bool woken = false;  // Wake was called
};

// Thread-compatible: one thread waits. Any may call Wake.
class Waker {
 public:
  virtual ~Waker() = default;

  // Waits until `timeout` has passed, a handled signal has come or an observed
  // directory has changed, and says which. What happened before the call ends
  // it at once. Zero or less polls without waiting; InfiniteDuration waits for
  // ever. It may return early without a reason.
  virtual WakeReasons Wait(absl::Duration timeout) = 0;

  // Ends the wait that is under way, or the next one. Thread-safe.
  virtual void Wake() = 0;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_WAKER_H_
