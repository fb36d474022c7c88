#include "signals/signal_schedule.h"

namespace dirwatcher {

SignalSchedule::Verdict SignalSchedule::Came(int number) {
  if (queued_.count(number) > 0) return Verdict::kMerged;
  if (running_.count(number) > 0) {
    if (overlap_ == Overlap::kIgnore) return Verdict::kIgnored;
    again_.insert(number);
    return Verdict::kMerged;
  }
  queued_.insert(number);
  return Verdict::kQueue;
}

void SignalSchedule::Began(int number) {
  queued_.erase(number);
  running_.insert(number);
}

bool SignalSchedule::Ended(int number) {
  running_.erase(number);
  if (again_.erase(number) == 0) return false;
  queued_.insert(number);
  return true;
}

}  // namespace dirwatcher
