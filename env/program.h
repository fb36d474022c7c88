// RunProgram: runs a program to its end, as a child in a process group of its
// own, and ends it when it is to be interrupted.
//
//   Program program;
//   program.command = {"backup", "--all"};
//   program.environment = {{"FLAGMAN_SIGNAL", "SIGUSR1"}};
//   ProgramGroups groups;
//   absl::StatusOr<ProgramEnd> end = RunProgram(program, interrupt, &groups);

#ifndef DIRWATCHER_ENV_PROGRAM_H_
#define DIRWATCHER_ENV_PROGRAM_H_

#include <sys/types.h>

#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "env/interrupt_flag.h"

namespace dirwatcher {

struct Program {
  // The program and its arguments; found along PATH if it has no slash. No
  // shell is between. Not empty, and no NUL in it.
  std::vector<std::string> command;
  // Added to the environment of this process; replaces what is there.
  std::vector<std::pair<std::string, std::string>> environment;
  // How long it has between SIGTERM and SIGKILL when it is interrupted.
  absl::Duration grace = absl::Seconds(10);
};

// How a program ended: by itself, or by a signal.
struct ProgramEnd {
  int exit_code = 0;         // if no signal ended it
  int signal_number = 0;     // 0: none did
  bool interrupted = false;  // it was asked to end
};

// The process groups of programs that run, so that they can be ended at once by
// whoever cannot wait. Thread-safe.
class ProgramGroups {
 public:
  // Sends SIGKILL to all, and lets no more be started.
  void KillAll();

 private:
  friend class RunningProgram;

  std::mutex mutex_;  // guards everything below; held while one is started
  std::set<pid_t> groups_;
  bool closed_ = false;
};

// Starts the program and waits for it. It begins with an empty signal mask and
// with the default disposition of every signal, SIGPIPE too. Of the descriptors
// it has those that are not to be closed on exec, but for standard input, which
// is empty (/dev/null): in a group of its own it could not read from a
// terminal. Of the environment it has not what a service manager tells this
// process alone (NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID).
//
// When `interrupt` is raised its group gets SIGTERM and, `grace` later,
// SIGKILL; members of the group that outlive the program get the SIGKILL at
// once then. If it is raised already nothing is started.
//   CANCELLED          ProgramGroups::KillAll was called
//   NOT_FOUND          there is no such program
//   PERMISSION_DENIED  it may not be run
//   others             what posix_spawn(3) says
// What it printed and how it ended is no error. Thread-safe.
absl::StatusOr<ProgramEnd> RunProgram(const Program& program,
                                      const InterruptFlag& interrupt,
                                      ProgramGroups* groups);

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_PROGRAM_H_
