// InterruptFlag: says to waits, in whatever thread, that they are to end.
//
//   absl::StatusOr<InterruptFlag> flag = InterruptFlag::Create();
//   std::thread worker([&] {
//     while (flag->WaitFor(absl::Seconds(5))) DoSomething();
//   });
//   flag->Raise();     // WaitFor returns false at once
//   worker.join();

#ifndef DIRWATCHER_ENV_INTERRUPT_FLAG_H_
#define DIRWATCHER_ENV_INTERRUPT_FLAG_H_

#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "env/unique_fd.h"

namespace dirwatcher {

// Thread-safe, but for moving it. It is raised once and for all.
class InterruptFlag {
 public:
  // RESOURCE_EXHAUSTED: the process or the system has no descriptor left.
  static absl::StatusOr<InterruptFlag> Create();

  InterruptFlag(InterruptFlag&&) = default;
  InterruptFlag& operator=(InterruptFlag&&) = default;

  void Raise();
  bool raised() const;

  // Waits for `duration`, never shorter. Returns false at once when the flag is
  // raised, and if it is already.
  bool WaitFor(absl::Duration duration) const;

  // Becomes readable when it is raised; for poll(2) beside others.
  int fd() const { return fd_.get(); }

 private:
  explicit InterruptFlag(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;  // eventfd(2), of which nobody reads
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_INTERRUPT_FLAG_H_
