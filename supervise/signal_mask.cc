#include "supervise/signal_mask.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

#include "env/child_process.h"

namespace dirwatcher {

InheritedSignals InheritedSignals::Current() {
  InheritedSignals result;
  pthread_sigmask(SIG_BLOCK, nullptr, &result.blocked);
  result.not_ignored = AllSignals();
  for (int number = 1; number <= SIGRTMAX; ++number) {
    struct sigaction action;
    if (sigaction(number, nullptr, &action) == 0 &&
        action.sa_handler == SIG_IGN) {
      sigdelset(&result.not_ignored, number);
    }
  }
  return result;
}

void BlockEverySignal() {
  const sigset_t all = AllSignals();
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  // glibc's sigaction(3) refuses it as pthread_sigmask(3) leaves it out. The
  // structure is the kernel's.
  constexpr int kCancel = 32;
  const struct {
    sighandler_t handler;
    unsigned long flags;
    void* restorer;
    uint64_t mask;
  } ignore = {SIG_IGN, 0, nullptr, 0};
  syscall(SYS_rt_sigaction, kCancel, &ignore, nullptr, sizeof(ignore.mask));
}

}  // namespace dirwatcher
