// NonBlockingOutput: writes to a descriptor that belongs to somebody else, such
// as standard output, without waiting for whoever reads from it, and without
// changing it for others who have it.
//
//   NonBlockingOutput output(STDOUT_FILENO);
//   if (output.Write("text") < 0 && errno == EAGAIN) {
//     // poll(2) output.poll_fd() for POLLOUT, then again
//   }

#ifndef DIRWATCHER_ENV_NONBLOCKING_OUTPUT_H_
#define DIRWATCHER_ENV_NONBLOCKING_OUTPUT_H_

#include <sys/types.h>

#include "absl/strings/string_view.h"
#include "env/unique_fd.h"

namespace dirwatcher {

// O_NONBLOCK belongs to the open file, which others have, too. So a pipe or a
// terminal is opened once more, through /proc. Where that fails (it is another
// user's), a pipe is written to in pieces of PIPE_BUF bytes, and a terminal may
// block. Files and devices of other kinds are written to as they are.
//
// Thread-compatible. SIGPIPE must be ignored or blocked.
class NonBlockingOutput {
 public:
  // `fd` must outlive this and is not closed by it.
  explicit NonBlockingOutput(int fd);

  NonBlockingOutput(const NonBlockingOutput&) = delete;
  NonBlockingOutput& operator=(const NonBlockingOutput&) = delete;

  // Like write(2). EAGAIN: poll_fd() can take nothing now.
  ssize_t Write(absl::string_view bytes);

  // For poll(2). Of a pipe that nobody reads any more it says POLLERR.
  int poll_fd() const { return fd_; }
  bool is_pipe() const { return kind_ == Kind::kPipe; }

 private:
  enum class Kind { kPipe, kSocket, kOther };

  static Kind KindOf(int fd);
  static UniqueFd Reopen(int fd);

  const Kind kind_;
  // The same pipe or terminal as the caller's, opened without blocking; none if
  // it is neither or could not be opened.
  const UniqueFd reopened_;
  const int fd_;  // reopened_ or the caller's
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_NONBLOCKING_OUTPUT_H_
