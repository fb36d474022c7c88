// SignalDispatcher: has the actions of a signal run when it comes.
//
//   signal --> SignalSchedule --> JobQueue --> ActionRunner

#ifndef DIRWATCHER_SIGNALS_SIGNAL_DISPATCHER_H_
#define DIRWATCHER_SIGNALS_SIGNAL_DISPATCHER_H_

#include <functional>
#include <mutex>

#include "logging/logger.h"
#include "signals/action_runner.h"
#include "signals/job_queue.h"
#include "signals/signal_schedule.h"

namespace dirwatcher {

// Thread-safe. The programs that actions run find the signal's name in
// FLAGMAN_SIGNAL.
class SignalDispatcher {
 public:
  // The triggers of the runner are names of signals, as SignalName has them.
  // `on_done` is called in the queue's thread whenever the actions of a signal
  // have run; may be empty. All must outlive this, and the jobs.
  SignalDispatcher(Overlap overlap, ActionRunner* runner, JobQueue* queue,
                   Logger* logger, std::function<void()> on_done = {});

  // The signal came.
  void Dispatch(int number);

 private:
  // REQUIRES: the schedule says so.
  void Queue(int number);
  void Serve(int number);

  ActionRunner* const runner_;
  JobQueue* const queue_;
  Logger* const logger_;
  const std::function<void()> on_done_;
  std::mutex mutex_;
  SignalSchedule schedule_;  // guarded by mutex_
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SIGNALS_SIGNAL_DISPATCHER_H_
