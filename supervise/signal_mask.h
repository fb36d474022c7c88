// What a program that passes signals on does about its own: it finds out how it
// was started, and then lets none be delivered to it.
//
//   int main() {
//     const InheritedSignals inherited = InheritedSignals::Current();
//     BlockEverySignal();  // before any thread is started
//
// SignalReader (supervise/signal_reader.h) reads them.

#ifndef DIRWATCHER_SUPERVISE_SIGNAL_MASK_H_
#define DIRWATCHER_SUPERVISE_SIGNAL_MASK_H_

#include <signal.h>

namespace dirwatcher {

// How signals stood when this process was started: its command is to find them
// as if it had been started in its place. A value.
struct InheritedSignals {
  // REQUIRES: nothing has been changed yet.
  static InheritedSignals Current();

  sigset_t blocked;
  // Those that were not ignored. (SIGHUP is, under nohup(1).)
  sigset_t not_ignored;

  bool Ignored(int number) const {
    return sigismember(&not_ignored, number) == 0;
  }
};

// Blocks all signals for this thread and for those that it starts from now on.
// A fault of our own ends the process all the same, and SIGKILL and SIGSTOP do
// what they do. Known limit: the two that glibc keeps for itself, 32 and 33,
// cannot be kept blocked (its first thread unblocks them); they are ignored, 33
// by glibc and 32 from here on.
void BlockEverySignal();

}  // namespace dirwatcher

#endif  // DIRWATCHER_SUPERVISE_SIGNAL_MASK_H_
