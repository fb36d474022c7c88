// SecondSignalGuard: who asks a second time to stop gets out at once, even if
// the main thread hangs in a read.
//
//   SecondSignalGuard guard({SIGINT, SIGTERM}, [] { FlushLogs(); });
//   ...
//   // SIGTERM was read, the shutdown begins:
//   guard.Arm();
//   // the next SIGINT or SIGTERM: FlushLogs(), then _exit(128 + n)
//
// It is a thread that reads the blocked signals; nothing runs in signal
// context.

#ifndef DIRWATCHER_SIGNALS_SECOND_SIGNAL_GUARD_H_
#define DIRWATCHER_SIGNALS_SECOND_SIGNAL_GUARD_H_

#include <atomic>
#include <functional>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "env/unique_fd.h"
#include "signals/signal_set.h"

namespace dirwatcher {

// Thread-compatible. As soon as it is armed it competes for the signals with
// whoever else reads them: a reader that gets one calls ExitNow itself.
class SecondSignalGuard {
 public:
  // `flush` is called at most once, from a thread of its own, while the other
  // threads still run; it may hang or find locks taken, for it is given up
  // after `flush_time_limit`. It must not throw. REQUIRES: the signals are
  // blocked in every thread.
  SecondSignalGuard(SignalSet signals, std::function<void()> flush,
                    absl::Duration flush_time_limit = absl::Seconds(1));
  SecondSignalGuard(const SecondSignalGuard&) = delete;
  SecondSignalGuard& operator=(const SecondSignalGuard&) = delete;
  // Disarms it.
  ~SecondSignalGuard();

  // From now on the next of the signals ends the process. More calls do
  // nothing.
  //   RESOURCE_EXHAUSTED  no descriptor or thread left; it is not armed
  absl::Status Arm();

  // Ends the process as if signal `number` had come: flush, then
  // _exit(128 + number). No destructors, no atexit(3) functions.
  [[noreturn]] void ExitNow(int number);

 private:
  void WaitForSignal();

  const SignalSet signals_;
  const std::function<void()> flush_;
  const absl::Duration flush_time_limit_;
  std::atomic<bool> exiting_{false};  // someone has begun to exit
  UniqueFd signal_fd_;                // signalfd(2), set while armed
  UniqueFd stop_fd_;    // eventfd(2), set while armed; readable ends thread_
  std::thread thread_;  // runs while armed
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SIGNALS_SECOND_SIGNAL_GUARD_H_
