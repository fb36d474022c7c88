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

// Our ends of the pipes between the writers and whoever starts them. Nothing is
// sent: the end of a pipe is the message.
struct Gate {
  int ready_fd;  // the writer closes it when it has opened its files
  int start_fd;  // ends when it is to begin
};

// What a writer does. Returns its exit status.
int Write(const AppendWritersOptions& options, int writer, const Gate& gate) {
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
  close(gate.ready_fd);
  char unused;
  if (read(gate.start_fd, &unused, 1) != 0) return 1;
  const int64_t appends = options.appends / options.writers;
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
  int start[2] = {-1, -1};
  int ready[2] = {-1, -1};
  if (pipe2(start, O_CLOEXEC) != 0 || pipe2(ready, O_CLOEXEC) != 0) {
    status_ = absl::ErrnoToStatus(errno, "pipe");
    return;
  }
  for (int writer = 0; writer < options.writers; ++writer) {
    const pid_t pid = fork();
    if (pid == 0) {
      close(start[1]);
      close(ready[0]);
      _exit(Write(options, writer, {ready[1], start[0]}));
    }
    if (pid < 0) {
      status_ = absl::ErrnoToStatus(errno, "fork");
      break;
    }
    pids_.push_back(pid);
  }
  close(start[0]);
  close(ready[1]);
  start_fd_ = start[1];
  char unused;
  if (read(ready[0], &unused, 1) != 0) {
    status_ = absl::ErrnoToStatus(errno, "wait for writers");
  }
  close(ready[0]);
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
