#include "bench/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/memory/memory.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace dirwatcher {
namespace {

// What would make programs behave otherwise than when typed in a shell: `bazel
// run` tells them to change their directory, and dirwatcher and ripgrep take
// options from the environment.
bool IsForChildren(absl::string_view variable) {
  return !absl::StartsWith(variable, "BUILD_WORKING_DIRECTORY=") &&
         !absl::StartsWith(variable, "DIRWATCHER_") &&
         !absl::StartsWith(variable, "RIPGREP_CONFIG_PATH=");
}

std::vector<char*> Environment() {
  std::vector<char*> result;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (IsForChildren(*variable)) result.push_back(*variable);
  }
  result.push_back(nullptr);
  return result;
}

std::string NameOf(const Command& command) {
  const std::string& path = command.argv[0];
  return path.substr(path.rfind('/') + 1);
}

// Gives the child's descriptor `target` a new pipe, of which `*read_end` is
// ours, or /dev/null. Returns the child's end of the pipe, or -1.
int Redirect(Output output, int target, posix_spawn_file_actions_t* actions,
             int* read_end) {
  int fds[2];
  if (output == Output::kPipe && pipe2(fds, O_CLOEXEC) == 0) {
    *read_end = fds[0];
    posix_spawn_file_actions_adddup2(actions, fds[1], target);
    return fds[1];
  }
  posix_spawn_file_actions_addopen(actions, target, "/dev/null", O_WRONLY, 0);
  return -1;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ChildProcess>> ChildProcess::Start(
    const Command& command, const Outputs& outputs) {
  auto result = absl::WrapUnique(new ChildProcess(command));
  std::vector<char*> argv;
  for (const std::string& argument : command.argv) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (outputs.input_fd >= 0) {
    posix_spawn_file_actions_adddup2(&actions, outputs.input_fd, 0);
  } else {
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  }
  const int out = Redirect(outputs.standard, 1, &actions, &result->stdout_fd_);
  const int err = Redirect(outputs.error, 2, &actions, &result->stderr_fd_);
  const int error = posix_spawnp(&result->pid_, argv[0], &actions, nullptr,
                                 argv.data(), Environment().data());
  posix_spawn_file_actions_destroy(&actions);
  if (out >= 0) close(out);
  if (err >= 0) close(err);
  if (error == 0) return result;
  result->pid_ = -1;
  if (error == ENOENT) {
    return absl::NotFoundError(
        absl::StrCat(NameOf(command), " not installed (tools/setup.sh --dev)"));
  }
  return absl::ErrnoToStatus(error, absl::StrCat("start ", argv[0]));
}

ChildProcess::~ChildProcess() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (stdout_fd_ >= 0) close(stdout_fd_);
  if (stderr_fd_ >= 0) close(stderr_fd_);
}

void ChildProcess::CloseStdout() {
  if (stdout_fd_ >= 0) close(stdout_fd_);
  stdout_fd_ = -1;
}

void ChildProcess::Signal(int number) const {
  if (pid_ > 0) kill(pid_, number);
}

absl::StatusOr<Ended> ChildProcess::Wait() {
  int status = 0;
  struct rusage usage = {};
  while (wait4(pid_, &status, 0, &usage) < 0) {
    if (errno != EINTR) return absl::ErrnoToStatus(errno, "wait4");
  }
  pid_ = -1;
  const int code =
      WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  const std::vector<int>& good = command_.good_statuses;
  if (std::find(good.begin(), good.end(), code) == good.end()) {
    return absl::InternalError(
        absl::StrCat(NameOf(command_), " ended with status ", code));
  }
  Ended ended;
  ended.peak_rss_bytes = int64_t{usage.ru_maxrss} * 1024;
  return ended;
}

}  // namespace dirwatcher
