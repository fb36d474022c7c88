// Loop: the life of a daemon that does one thing at every interval. It calls a
// tick, waits for the next one, for signals and for change hints in one wait,
// and ends in an orderly way on SIGINT or SIGTERM.
//
//   LoopCallbacks callbacks;
//   callbacks.tick = [&] { return watcher.Poll(); };
//   callbacks.on_changes = [&](const ChangeHints& hints) {
//     watcher.PollChanged(hints);
//   };
//   callbacks.on_stop = [&] { watcher.Poll(); };
//   Loop loop(LoopOptions(), &clock, waker.get(), callbacks);
//   absl::StatusOr<LoopExit> exit = loop.Run();
//
// A tick that takes long calls PumpSignals() now and then, so that a stop is
// known and a second one ends the process at once:
//
//   callbacks.on_first_stop = [&](int) { guard.Arm().IgnoreError(); };
//   callbacks.on_second_stop = [&](int number) { guard.ExitNow(number); };

#ifndef DIRWATCHER_DAEMON_LOOP_H_
#define DIRWATCHER_DAEMON_LOOP_H_

#include <signal.h>

#include <functional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "env/change_notifier.h"
#include "env/clock.h"
#include "env/waker.h"
#include "signals/signal_set.h"

namespace dirwatcher {

struct LoopOptions {
  // From the start of one tick to the start of the next. A tick that takes
  // longer is followed at once by the next, and what was missed is skipped:
  // ticks are never made up for. Beyond 0 only; InfiniteDuration = hints and
  // signals alone. Default: 1 s.
  absl::Duration interval = absl::Seconds(1);
  // The same after a tick whose status is not OK. Default: `interval`.
  absl::optional<absl::Duration> retry_interval;
  // After on_changes the next one is held back for so many times as long as it
  // took, but not longer than for max_change_gap; hints that come meanwhile are
  // put together. So a file that is written a thousand times a second does not
  // take all of a processor, and a single change is served at once. Zero =
  // never held back. Defaults: 4, a fifth of a processor; 10 ms.
  double change_gap_factor = 4;
  absl::Duration max_change_gap = absl::Milliseconds(10);
  // These end the loop. Default: SIGINT and SIGTERM.
  SignalSet stop_signals = {SIGINT, SIGTERM};
};

// What the loop calls, all from the thread that runs it. Those that may be
// empty say so. What they throw is caught and goes to on_error, and the loop
// goes on; only on_error itself, on_first_stop and on_second_stop must not
// throw.
struct LoopCallbacks {
  // The work of one interval. A status that is not OK means "not now": the next
  // tick comes after the retry interval. It is not reported further.
  std::function<absl::Status()> tick;
  // Something changed since the last call; served between ticks, without moving
  // the next one, and at the latest before on_stop. May be empty.
  std::function<void(const ChangeHints&)> on_changes;
  // Every signal that was received, in order, between ticks and never within
  // one; those that end the loop too, before on_stop. May be empty.
  std::function<void(const ReceivedSignal&)> on_signal;
  // Somebody called Waker::Wake since the last call; between ticks. May be
  // empty.
  std::function<void()> on_wake;
  // Once, last, when the loop was stopped: what happened until then is to be
  // dealt with here. May be empty.
  std::function<void()> on_stop;
  // A callback threw an exception that says `what`. May be empty.
  std::function<void(absl::string_view what)> on_error;
  // A stop signal was read for the first time, perhaps within a tick, which
  // goes on: time to arm a SecondSignalGuard. May be empty.
  std::function<void(int number)> on_first_stop;
  // Another stop signal was read after that. It usually does not return; if it
  // does, or is empty, nothing happens.
  std::function<void(int number)> on_second_stop;
};

// How the loop ended.
struct LoopExit {
  // The stop signal, or 0 if it was RequestStop.
  int signal_number = 0;
};

// Thread-compatible; runs once.
class Loop {
 public:
  // `clock` and `waker`, and what the callbacks refer to, must outlive it.
  Loop(LoopOptions options, Clock* clock, Waker* waker,
       LoopCallbacks callbacks);
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // The first tick comes at once. Returns when a stop signal has come or
  // RequestStop was called, after the tick that was under way and on_stop.
  //   INVALID_ARGUMENT  an interval is not above zero, or there is no tick
  absl::StatusOr<LoopExit> Run();

  // Looks for signals without waiting; for ticks that take long. Signals and
  // change hints are kept until the tick is over, but for on_first_stop and
  // on_second_stop, which are called at once.
  void PumpSignals();

  // Changes the intervals; for callbacks. The next tick comes no later than
  // after the new interval. REQUIRES: they are above zero.
  void SetIntervals(absl::Duration interval,
                    absl::optional<absl::Duration> retry_interval);

  // Ends the loop as a signal would. For callbacks.
  void RequestStop() { stop_requested_ = true; }
  bool stop_requested() const { return stop_requested_; }

 private:
  void Wait(absl::Duration timeout);
  // Calls back what was kept by Wait.
  void DeliverSignals();
  void DeliverWake();
  void DeliverChanges();
  // Calls `action` and tells on_error of what it throws.
  void Guarded(absl::FunctionRef<void()> action);
  // Whether its status is OK.
  bool Tick();

  LoopOptions options_;
  Clock* const clock_;  // not owned
  Waker* const waker_;  // not owned
  const LoopCallbacks callbacks_;
  absl::Duration next_tick_;  // when it is due
  bool stop_requested_ = false;
  int stop_signal_ = 0;                  // the first stop signal; 0 = none yet
  std::vector<ReceivedSignal> signals_;  // not delivered yet
  ChangeHints changes_;                  // not delivered yet
  bool woken_ = false;                   // not delivered yet
  // Changes are held back until then.
  absl::Duration next_changes_ = -absl::InfiniteDuration();
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DAEMON_LOOP_H_
