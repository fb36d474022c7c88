// UniqueFd: owns a file descriptor.

#ifndef DIRWATCHER_ENV_UNIQUE_FD_H_
#define DIRWATCHER_ENV_UNIQUE_FD_H_

#include <unistd.h>

#include <utility>

namespace dirwatcher {

// Closes the descriptor when it goes. -1 stands for none. Movable.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    UniqueFd old(std::exchange(fd_, other.release()));
    return *this;
  }
  ~UniqueFd() {
    // No retry after EINTR: Linux has closed it by then, see close(2).
    if (fd_ >= 0) close(fd_);
  }

  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_UNIQUE_FD_H_
