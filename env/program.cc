#include "env/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "absl/cleanup/cleanup.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "env/errno_status.h"
#include "env/system_clock.h"
#include "env/unique_fd.h"

namespace dirwatcher {
namespace {

// This process's environment with what is added.
std::vector<std::string> EnvironmentWith(
    const std::vector<std::pair<std::string, std::string>>& added) {
  std::vector<std::string> result;
  for (char** each = environ; *each != nullptr; ++each) {
    const absl::string_view entry = *each;
    const bool is_ours = absl::StartsWith(entry, "NOTIFY_SOCKET=") ||
                         absl::StartsWith(entry, "WATCHDOG_USEC=") ||
                         absl::StartsWith(entry, "WATCHDOG_PID=");
    const bool is_replaced =
        is_ours ||
        std::any_of(added.begin(), added.end(), [entry](const auto& variable) {
          return absl::StartsWith(entry, absl::StrCat(variable.first, "="));
        });
    if (!is_replaced) result.emplace_back(entry);
  }
  for (const auto& [name, value] : added) {
    result.push_back(absl::StrCat(name, "=", value));
  }
  return result;
}

std::vector<char*> Pointers(const std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (const std::string& each : strings) {
    result.push_back(const_cast<char*>(each.c_str()));
  }
  result.push_back(nullptr);
  return result;
}

// pidfd_open(2), which glibc 2.36 has, but not its headers for C++.
UniqueFd OpenPidFd(pid_t pid) {
  return UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
}

int ToPollTimeout(absl::Duration duration) {
  if (duration == absl::InfiniteDuration()) return -1;
  const int64_t ms = absl::ToInt64Milliseconds(absl::Ceil(
      std::max(duration, absl::ZeroDuration()), absl::Milliseconds(1)));
  return static_cast<int>(std::min<int64_t>(ms, 1'000'000'000));
}

}  // namespace

void ProgramGroups::KillAll() {
  const std::lock_guard<std::mutex> lock(mutex_);
  closed_ = true;
  for (const pid_t group : groups_) kill(-group, SIGKILL);
}

// A child that was started and not yet waited for.
class RunningProgram {
 public:
  // Starts it, among the groups, by `spawn`, which returns an errno.
  static absl::StatusOr<std::unique_ptr<RunningProgram>> Start(
      ProgramGroups* groups, const std::string& name,
      absl::FunctionRef<int(pid_t* pid)> spawn) {
    const std::lock_guard<std::mutex> lock(groups->mutex_);
    if (groups->closed_) {
      return absl::CancelledError(
          absl::StrCat("run ", name, ": no more programs are started"));
    }
    pid_t pid;
    const int error = spawn(&pid);
    if (error != 0) return ErrnoStatus(error, "run", name);
    groups->groups_.insert(pid);
    return std::unique_ptr<RunningProgram>(new RunningProgram(pid, groups));
  }

  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  void Signal(int number) const { kill(-pid_, number); }

  // Waits until it has ended (true), or for `timeout`, or until `other_fd` is
  // readable; -1: none.
  bool WaitFor(absl::Duration timeout, int other_fd) const {
    // Without pidfds, of a kernel before 5.3, it looks again and again.
    constexpr absl::Duration kLookAgain = absl::Milliseconds(20);
    SystemClock clock;
    const absl::Duration end = clock.Uptime() + timeout;
    for (;;) {
      if (HasEnded()) return true;
      const absl::Duration left = end - clock.Uptime();
      if (left <= absl::ZeroDuration()) return false;
      struct pollfd fds[] = {{pid_fd_.get(), POLLIN, 0}, {other_fd, POLLIN, 0}};
      poll(
          fds, 2,
          ToPollTimeout(pid_fd_.get() < 0 ? std::min(left, kLookAgain) : left));
      if ((fds[1].revents & POLLIN) != 0) return HasEnded();
    }
  }

  // REQUIRES: it has ended. Its number is nobody's from then on.
  ProgramEnd Reap() {
    {
      const std::lock_guard<std::mutex> lock(groups_.mutex_);
      groups_.groups_.erase(pid_);
    }
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    ProgramEnd end;
    if (WIFSIGNALED(status)) {
      end.signal_number = WTERMSIG(status);
    } else {
      end.exit_code = WEXITSTATUS(status);
    }
    return end;
  }

 private:
  RunningProgram(pid_t pid, ProgramGroups* groups)
      : pid_(pid), pid_fd_(OpenPidFd(pid)), groups_(*groups) {}

  bool HasEnded() const {
    siginfo_t info = {};
    return waitid(P_PID, static_cast<id_t>(pid_), &info,
                  WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == pid_;
  }

  const pid_t pid_;
  const UniqueFd pid_fd_;
  ProgramGroups& groups_;
};

absl::StatusOr<ProgramEnd> RunProgram(const Program& program,
                                      const InterruptFlag& interrupt,
                                      ProgramGroups* groups) {
  if (interrupt.raised()) {
    ProgramEnd end;
    end.interrupted = true;
    return end;
  }
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  const absl::Cleanup destroy = [&] { posix_spawnattr_destroy(&attributes); };
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP |
                                            POSIX_SPAWN_SETSIGMASK |
                                            POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setpgroup(&attributes, 0);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  // sigfillset(3) leaves out the two that glibc keeps for itself, which then
  // would be ignored.
  sigset_t all;
  std::memset(&all, 0xFF, sizeof(all));
  posix_spawnattr_setsigdefault(&attributes, &all);

  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  const absl::Cleanup destroy_files = [&] {
    posix_spawn_file_actions_destroy(&files);
  };
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY,
                                   0);

  const std::vector<std::string> environment =
      EnvironmentWith(program.environment);
  const std::string& name = program.command.front();
  const auto running = RunningProgram::Start(groups, name, [&](pid_t* pid) {
    return posix_spawnp(pid, name.c_str(), &files, &attributes,
                        Pointers(program.command).data(),
                        Pointers(environment).data());
  });
  if (!running.ok()) return running.status();
  bool interrupted = false;
  if (!(*running)->WaitFor(absl::InfiniteDuration(), interrupt.fd())) {
    interrupted = true;
    (*running)->Signal(SIGTERM);
    (*running)->Signal(SIGCONT);  // a stopped one would not see it
    if (!(*running)->WaitFor(program.grace, -1)) {
      (*running)->Signal(SIGKILL);
      (*running)->WaitFor(absl::InfiniteDuration(), -1);
    }
    (*running)->Signal(SIGKILL);  // what is left of the group
  }
  ProgramEnd end = (*running)->Reap();
  end.interrupted = interrupted;
  return end;
}

}  // namespace dirwatcher
