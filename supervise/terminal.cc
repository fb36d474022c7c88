#include "supervise/terminal.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

namespace dirwatcher {
namespace {

bool IsPipe(int fd) {
  struct stat st;
  return fstat(fd, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

// kill(2)'s `whom`: this process, or 0, its group.
void Stop(pid_t whom) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTSTP);
  kill(whom, SIGTSTP);
  // Delivered here. If it is not ours any more by then it has been discarded.
  pthread_sigmask(SIG_UNBLOCK, &stop, nullptr);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
}

}  // namespace

Terminal::Terminal() : fd_(open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)) {}

bool Terminal::IsOurs() const {
  return fd_.get() >= 0 && tcgetpgrp(fd_.get()) == getpgrp();
}

int Terminal::FdToGiveAtStart() {
  if (isatty(STDIN_FILENO) == 0 || IsPipe(STDOUT_FILENO) ||
      IsPipe(STDERR_FILENO) || !IsOurs()) {
    return -1;
  }
  is_given_ = true;
  return fd_.get();
}

bool Terminal::GiveTo(pid_t group) {
  if (!IsOurs() || tcsetpgrp(fd_.get(), group) != 0) return false;
  is_given_ = true;
  return true;
}

void Terminal::TakeBack() {
  if (std::exchange(is_given_, false)) tcsetpgrp(fd_.get(), getpgrp());
}

void StopThisProcess() { Stop(getpid()); }

void StopThisGroup() { Stop(0); }

}  // namespace dirwatcher
