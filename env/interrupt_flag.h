// InterruptFlag: says to waits, in whatever thread, that they are to end.
//
//   InterruptFlag flag;
//   std::thread worker([&] {
//     while (flag.WaitFor(absl::Seconds(5))) DoSomething();
//   });
//   flag.Raise();      // WaitFor returns false at once
//   worker.join();

#ifndef DIRWATCHER_ENV_INTERRUPT_FLAG_H_
#define DIRWATCHER_ENV_INTERRUPT_FLAG_H_

#include "absl/time/time.h"
#include "env/unique_fd.h"

namespace dirwatcher {

// Thread-safe. It is raised once and for all. Ends the process if the system
// has no descriptor left when it is made.
class InterruptFlag {
 public:
  InterruptFlag();
  InterruptFlag(const InterruptFlag&) = delete;
  InterruptFlag& operator=(const InterruptFlag&) = delete;

  void Raise();
  bool raised() const;

  // Waits for `duration`, never shorter. Returns false at once when the flag is
  // raised, and if it is already.
  bool WaitFor(absl::Duration duration) const;

  // Becomes readable when it is raised; for poll(2) beside others.
  int fd() const { return fd_.get(); }

 private:
  const UniqueFd fd_;  // eventfd(2), of which nobody reads
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_INTERRUPT_FLAG_H_
