#include "bench/append_writers.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "bench/append_source.h"

namespace dirwatcher {
namespace {

// What a writer does. Returns its exit status.
int Write(const AppendWritersOptions& options, int writer, int start_fd) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const size_t files =
      options.paths.size() / static_cast<size_t>(options.writers);
  std::vector<int> fds;
  for (size_t i = 0; i < files; ++i) {
    const std::string& path =
        options.paths[static_cast<size_t>(writer) * files + i];
    fds.push_back(open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    if (fds.back() < 0) return 1;
  }
  const int64_t appends = options.appends / options.writers;
  char unused;
  if (read(start_fd, &unused, 1) != 0) return 1;
  std::string line = NumberedLine(0);
  for (int64_t i = 0; i < appends; ++i) {
    SetNumber(writer * appends + i, &line);
    if (write(fds[static_cast<size_t>(i) % files], line.data(), line.size()) !=
        static_cast<ssize_t>(line.size())) {
      return 1;
    }
  }
  return 0;
}

}  // namespace

AppendWriters::AppendWriters(const AppendWritersOptions& options) {
  int fds[2];
  if (pipe2(fds, O_CLOEXEC) != 0) {
    status_ = absl::ErrnoToStatus(errno, "pipe");
    return;
  }
  for (int writer = 0; writer < options.writers; ++writer) {
    const pid_t pid = fork();
    if (pid == 0) {
      close(fds[1]);
      _exit(Write(options, writer, fds[0]));
    }
    if (pid < 0) {
      status_ = absl::ErrnoToStatus(errno, "fork");
      break;
    }
    pids_.push_back(pid);
  }
  close(fds[0]);
  start_fd_ = fds[1];
}

AppendWriters::~AppendWriters() {
  for (const pid_t pid : pids_) {
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
  }
  if (start_fd_ >= 0) close(start_fd_);
}

void AppendWriters::Go() {
  close(start_fd_);
  start_fd_ = -1;
}

bool AppendWriters::HaveEnded() {
  while (!pids_.empty()) {
    int status = 0;
    if (waitpid(pids_.back(), &status, WNOHANG) != pids_.back()) return false;
    if (status != 0) status_ = absl::InternalError("a writer could not write");
    pids_.pop_back();
  }
  return true;
}

}  // namespace dirwatcher
