// Terminal: who is in the foreground of the terminal that this process was
// started from: it or the command, which is in a process group of its own.
//
//   Terminal terminal;
//   settings.terminal_fd = terminal.FdToGiveAtStart();
//   ... ChildProcess::Start ...
//   terminal.TakeBack();

#ifndef DIRWATCHER_SUPERVISE_TERMINAL_H_
#define DIRWATCHER_SUPERVISE_TERMINAL_H_

#include <sys/types.h>

#include "env/unique_fd.h"

namespace dirwatcher {

// A shell puts us into the foreground, or does not, and takes us for the
// command. So while we are there the command's group takes our place: it may
// read, and ^C and ^Z go to it alone. See credentials(7), tcsetpgrp(3).
//
// Thread-compatible. REQUIRES: SIGTTOU is blocked.
class Terminal {
 public:
  Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  // Takes it back.
  ~Terminal() { TakeBack(); }

  // The terminal whose foreground the command is to be started in
  // (ChildSettings::terminal_fd); -1: none. It is given if standard input is
  // the terminal, our group is in its foreground, and neither standard output
  // nor error is a pipe: whoever reads there (less(1)) may be of our group and
  // need the terminal, too. Then the command gets it when it asks (GiveTo).
  // From now on it counts as given.
  int FdToGiveAtStart();

  // If our group is in the foreground, the group `group` is from now on.
  bool GiveTo(pid_t group);

  // Our group is in the foreground again, if another was by us.
  void TakeBack();

  bool is_given() const { return is_given_; }

 private:
  bool IsOurs() const;

  const UniqueFd fd_;  // of the controlling terminal; -1: there is none
  bool is_given_ = false;
};

// Does what SIGTSTP would have done if it were not blocked: stops this process
// until SIGCONT comes, or does nothing where nobody could continue it (an
// orphaned process group, see setpgid(2)).
void StopThisProcess();
// The same for all of our process group, as ^Z does it.
void StopThisGroup();

}  // namespace dirwatcher

#endif  // DIRWATCHER_SUPERVISE_TERMINAL_H_
