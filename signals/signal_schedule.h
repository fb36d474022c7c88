// SignalSchedule: when the actions of which signal run. A pure decision: it is
// told what happens and says what follows.
//
// The actions of different signals run one signal after the other, in the order
// in which the signals came. A signal that comes while it waits for its turn
// has come once. One that comes while its own actions run is ignored, or, with
// kRerun, makes them run once more.

#ifndef DIRWATCHER_SIGNALS_SIGNAL_SCHEDULE_H_
#define DIRWATCHER_SIGNALS_SIGNAL_SCHEDULE_H_

#include <set>

namespace dirwatcher {

// What becomes of a signal that comes while its own actions run.
enum class Overlap { kIgnore, kRerun };

// Thread-compatible.
class SignalSchedule {
 public:
  enum class Verdict {
    kQueue,    // put its actions into the queue
    kMerged,   // they wait there already, or will be put there by Ended
    kIgnored,  // they run just now
  };

  explicit SignalSchedule(Overlap overlap) : overlap_(overlap) {}

  // The signal came.
  Verdict Came(int number);

  // Its actions begin to run. REQUIRES: they were queued.
  void Began(int number);

  // They have run. Whether they are to be queued once more. REQUIRES: they had
  // begun.
  bool Ended(int number);

 private:
  const Overlap overlap_;
  std::set<int> queued_;
  std::set<int> running_;
  std::set<int> again_;  // those of them that came again, with kRerun
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SIGNALS_SIGNAL_SCHEDULE_H_
