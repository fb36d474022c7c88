#include "signals/signal_dispatcher.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "logging/log_level.h"
#include "signals/signal_set.h"

namespace dirwatcher {

SignalDispatcher::SignalDispatcher(Overlap overlap, ActionRunner* runner,
                                   JobQueue* queue, Logger* logger,
                                   std::function<void()> on_done)
    : runner_(runner),
      queue_(queue),
      logger_(logger),
      on_done_(std::move(on_done)),
      schedule_(overlap) {}

void SignalDispatcher::Dispatch(int number) {
  const std::string name = SignalName(number);
  if (!runner_->HasActive(name)) {
    return logger_->Log(LogLevel::kDebug,
                        absl::StrCat("No action answers ", name));
  }
  SignalSchedule::Verdict verdict;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    verdict = schedule_.Came(number);
  }
  switch (verdict) {
    case SignalSchedule::Verdict::kQueue:
      return Queue(number);
    case SignalSchedule::Verdict::kMerged:
      return logger_->Log(LogLevel::kDebug,
                          absl::StrCat(name, " waits for its turn already"));
    case SignalSchedule::Verdict::kIgnored:
      return logger_->Log(
          LogLevel::kDebug,
          absl::StrCat(name, " ignored: its actions are running"));
  }
}

void SignalDispatcher::Queue(int number) {
  if (queue_->Post([this, number] { Serve(number); }, JobQueue::Lane::kUrgent))
    return;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    schedule_.Began(number);
    schedule_.Ended(number);
  }
  logger_->Log(LogLevel::kWarning,
               absl::StrCat(SignalName(number),
                            " dropped: its actions cannot be run any more"));
}

void SignalDispatcher::Serve(int number) {
  const std::string name = SignalName(number);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    schedule_.Began(number);
  }
  ActionCause cause;
  cause.environment = {{"FLAGMAN_SIGNAL", name}};
  runner_->Run(name, cause);
  bool again;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    again = schedule_.Ended(number);
  }
  if (again) Queue(number);
  if (on_done_) on_done_();
}

}  // namespace dirwatcher
