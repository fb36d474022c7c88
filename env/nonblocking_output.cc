#include "env/nonblocking_output.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

#include "absl/strings/str_cat.h"

namespace dirwatcher {

NonBlockingOutput::Kind NonBlockingOutput::KindOf(int fd) {
  struct stat st;
  if (fstat(fd, &st) != 0) return Kind::kOther;
  if (S_ISFIFO(st.st_mode)) return Kind::kPipe;
  if (S_ISSOCK(st.st_mode)) return Kind::kSocket;
  return Kind::kOther;
}

UniqueFd NonBlockingOutput::Reopen(int fd) {
  if (KindOf(fd) != Kind::kPipe && isatty(fd) == 0) return UniqueFd();
  return UniqueFd(open(absl::StrCat("/proc/self/fd/", fd).c_str(),
                       O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

NonBlockingOutput::NonBlockingOutput(int fd)
    : kind_(KindOf(fd)),
      reopened_(Reopen(fd)),
      fd_(reopened_.get() >= 0 ? reopened_.get() : fd) {}

ssize_t NonBlockingOutput::Write(absl::string_view bytes) {
  if (kind_ == Kind::kSocket) {
    return send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  }
  if (kind_ == Kind::kPipe && reopened_.get() < 0) {
    // A pipe that poll(2) calls writable takes PIPE_BUF bytes without blocking
    // (pipe(7)); more might block for ever.
    struct pollfd poll_fd = {fd_, POLLOUT, 0};
    const int ready = poll(&poll_fd, 1, 0);
    if (ready < 0) return -1;
    if (ready == 0) {
      errno = EAGAIN;
      return -1;
    }
    return write(fd_, bytes.data(), std::min<size_t>(bytes.size(), PIPE_BUF));
  }
  return write(fd_, bytes.data(), bytes.size());
}

}  // namespace dirwatcher
