// ChildProcess: one program that runs as a child, in a process group of its
// own, from its start until it has been waited for.
//
//   ChildSettings settings;
//   settings.command = {"backup", "--all"};
//   settings.stdout_fd = pipe_write_end;
//   absl::StatusOr<std::unique_ptr<ChildProcess>> child =
//       ChildProcess::Start(settings);
//   (*child)->WaitFor(absl::InfiniteDuration(), -1);
//   ChildEnd end = (*child)->Reap();
//
// RunProgram (env/program.h) runs programs for actions with it, JobRunner
// (supervise/job_runner.h) the job that is supervised.

#ifndef DIRWATCHER_ENV_CHILD_PROCESS_H_
#define DIRWATCHER_ENV_CHILD_PROCESS_H_

#include <signal.h>
#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "env/unique_fd.h"

namespace dirwatcher {

// Every signal there is. sigfillset(3) leaves out the two that glibc keeps for
// itself, which a child would then be started with as ignored.
sigset_t AllSignals();

struct ChildSettings {
  ChildSettings();

  // The program and its arguments; found along PATH if it has no slash. No
  // shell is between. Not empty, and no NUL in it.
  std::vector<std::string> command;

  // A file that may be run, but that the kernel does not know how to
  // (ENOEXEC), such as a script without "#!", is given to /bin/sh, as
  // execvp(3), and so env(1), timeout(1) and cron's shell do.
  bool unknown_formats_are_scripts = false;

  // "NAME=VALUE" each; nullopt: that of this process.
  absl::optional<std::vector<std::string>> environment;

  // The signals that it starts with as blocked; default: none.
  sigset_t signal_mask;

  // The signals that it starts with the default disposition of. The others stay
  // ignored if this process ignores them, see execve(2). Default: all.
  sigset_t default_signals;

  // What becomes its standard input, output and error; -1: those of this
  // process. Not among 0..2, but for the one it becomes. Of all other
  // descriptors it has those that are not to be closed on exec.
  int stdin_fd = -1;
  int stdout_fd = -1;
  int stderr_fd = -1;

  // A terminal whose foreground group its group becomes before the program
  // begins; -1: none. Also where the start fails then, the terminal must be
  // taken back.
  int terminal_fd = -1;
};

// How a child ended, and what it and the children that it waited for used.
struct ChildEnd {
  int exit_code = 0;      // if no signal ended it
  int signal_number = 0;  // 0: none did
  bool core_dumped = false;
  absl::Duration user_time;
  absl::Duration system_time;
  // Of the largest process among them. Not less than what this process itself
  // used when it started the child: the kernel counts from before execve(2),
  // see getrusage(2).
  int64_t peak_memory_bytes = 0;
};

// A child that was started and not yet waited for. Thread-compatible, but for
// Signal, which any thread may call until Reap.
class ChildProcess {
 public:
  // The message of an error is "run NAME: SYSTEM'S WORDS".
  //   NOT_FOUND          there is no such program, or not the one that its "#!"
  //                      line names
  //   PERMISSION_DENIED  it may not be run, or is a directory
  //   others             what posix_spawn(3) says
  // REQUIRES: SIGCHLD is not ignored by this process, or its end is lost.
  static absl::StatusOr<std::unique_ptr<ChildProcess>> Start(
      const ChildSettings& settings);

  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Its number is that of its group, too.
  pid_t pid() const { return pid_; }

  // Sends a signal to the group. Returns 0 or an errno: ESRCH, EPERM.
  int Signal(int number) const;

  // Whether it has ended. It stays to be waited for, so its number is still its
  // own.
  bool HasEnded() const;

  // The signal that has stopped it since this was asked last; 0: none has.
  int TakeStop() const;

  // Waits until it has ended (true), or for `timeout`, or until `other_fd` is
  // readable; -1: none.
  bool WaitFor(absl::Duration timeout, int other_fd) const;

  // Waits for its end. Its number is nobody's from then on, and nothing else
  // may be called.
  ChildEnd Reap();

 private:
  explicit ChildProcess(pid_t pid);

  const pid_t pid_;
  const UniqueFd pid_fd_;  // pidfd_open(2); -1 where the kernel has none
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_CHILD_PROCESS_H_
