#include "env/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "env/errno_status.h"
#include "env/system_clock.h"

namespace dirwatcher {
namespace {

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

// The file that execvp(3) would run; `name` itself if there is none.
std::string FindAlongPath(const std::string& name) {
  const char* const path = getenv("PATH");
  if (path == nullptr || name.find('/') != std::string::npos) return name;
  for (const absl::string_view dir : absl::StrSplit(path, ':')) {
    const std::string file = absl::StrCat(dir.empty() ? "." : dir, "/", name);
    struct stat st;
    if (stat(file.c_str(), &st) == 0 && S_ISREG(st.st_mode) &&
        faccessat(AT_FDCWD, file.c_str(), X_OK, AT_EACCESS) == 0) {
      return file;
    }
  }
  return name;
}

// posix_spawnp(3) of `command` as the settings say; returns an errno.
int Spawn(const ChildSettings& settings,
          const std::vector<std::string>& command, pid_t* pid) {
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  const absl::Cleanup destroy = [&] { posix_spawnattr_destroy(&attributes); };
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP |
                                            POSIX_SPAWN_SETSIGMASK |
                                            POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setsigmask(&attributes, &settings.signal_mask);
  posix_spawnattr_setsigdefault(&attributes, &settings.default_signals);

  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  const absl::Cleanup destroy_files = [&] {
    posix_spawn_file_actions_destroy(&files);
  };
  int error = 0;
  if (settings.terminal_fd >= 0) {
    error =
        posix_spawn_file_actions_addtcsetpgrp_np(&files, settings.terminal_fd);
  }
  for (const auto& [from, to] :
       {std::pair(settings.stdin_fd, STDIN_FILENO),
        std::pair(settings.stdout_fd, STDOUT_FILENO),
        std::pair(settings.stderr_fd, STDERR_FILENO)}) {
    if (error == 0 && from >= 0) {
      error = posix_spawn_file_actions_adddup2(&files, from, to);
    }
  }
  if (error != 0) return error;

  const std::vector<char*> environment = settings.environment.has_value()
                                             ? Pointers(*settings.environment)
                                             : std::vector<char*>();
  return posix_spawnp(
      pid, command.front().c_str(), &files, &attributes,
      Pointers(command).data(),
      settings.environment.has_value() ? environment.data() : environ);
}

absl::Duration ToDuration(const struct timeval& time) {
  return absl::DurationFromTimeval(time);
}

}  // namespace

sigset_t AllSignals() {
  sigset_t all;
  std::memset(&all, 0xFF, sizeof(all));
  return all;
}

ChildSettings::ChildSettings() : default_signals(AllSignals()) {
  sigemptyset(&signal_mask);
}

absl::StatusOr<std::unique_ptr<ChildProcess>> ChildProcess::Start(
    const ChildSettings& settings) {
  const std::string& name = settings.command.front();
  pid_t pid = 0;
  int error = Spawn(settings, settings.command, &pid);
  if (error == ENOEXEC && settings.unknown_formats_are_scripts) {
    std::vector<std::string> command = {"/bin/sh", FindAlongPath(name)};
    command.insert(command.end(), settings.command.begin() + 1,
                   settings.command.end());
    error = Spawn(settings, command, &pid);
  }
  if (error != 0) return ErrnoStatus(error, "run", name);
  return std::unique_ptr<ChildProcess>(new ChildProcess(pid));
}

ChildProcess::ChildProcess(pid_t pid) : pid_(pid), pid_fd_(OpenPidFd(pid)) {}

int ChildProcess::Signal(int number) const {
  return kill(-pid_, number) == 0 ? 0 : errno;
}

bool ChildProcess::HasEnded() const {
  siginfo_t info = {};
  return waitid(P_PID, static_cast<id_t>(pid_), &info,
                WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == pid_;
}

int ChildProcess::TakeStop() const {
  siginfo_t info = {};
  if (waitid(P_PID, static_cast<id_t>(pid_), &info, WSTOPPED | WNOHANG) != 0 ||
      info.si_pid != pid_) {
    return 0;
  }
  return info.si_status;
}

bool ChildProcess::WaitFor(absl::Duration timeout, int other_fd) const {
  // Without pidfds, of a kernel before 5.3, it looks again and again.
  constexpr absl::Duration kLookAgain = absl::Milliseconds(20);
  SystemClock clock;
  const absl::Duration end = clock.Uptime() + timeout;
  for (;;) {
    if (HasEnded()) return true;
    const absl::Duration left = end - clock.Uptime();
    if (left <= absl::ZeroDuration()) return false;
    struct pollfd fds[] = {{pid_fd_.get(), POLLIN, 0}, {other_fd, POLLIN, 0}};
    poll(fds, 2,
         ToPollTimeout(pid_fd_.get() < 0 ? std::min(left, kLookAgain) : left));
    if ((fds[1].revents & POLLIN) != 0) return HasEnded();
  }
}

ChildEnd ChildProcess::Reap() {
  int status = 0;
  struct rusage usage = {};
  while (wait4(pid_, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  ChildEnd end;
  if (WIFSIGNALED(status)) {
    end.signal_number = WTERMSIG(status);
    end.core_dumped = WCOREDUMP(status);
  } else {
    end.exit_code = WEXITSTATUS(status);
  }
  end.user_time = ToDuration(usage.ru_utime);
  end.system_time = ToDuration(usage.ru_stime);
  end.peak_memory_bytes = int64_t{usage.ru_maxrss} * 1024;
  return end;
}

}  // namespace dirwatcher
