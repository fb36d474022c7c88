#include "logging/fd_byte_sink.h"

#include <poll.h>
#include <signal.h>
#include <sys/types.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace dirwatcher {
namespace {

// How often a wait looks for a pending signal.
constexpr absl::Duration kWaitSlice = absl::Milliseconds(50);

bool EndSignalPending() {
  sigset_t pending;
  if (sigpending(&pending) != 0) return false;
  return sigismember(&pending, SIGINT) == 1 ||
         sigismember(&pending, SIGTERM) == 1;
}

}  // namespace

FdByteSink::FdByteSink(int fd, absl::string_view name,
                       FdByteSinkOptions options)
    : output_(fd), name_(name), options_(std::move(options)) {}

absl::Status FdByteSink::WaitUntilWritable(absl::Duration* patience) const {
  for (;;) {
    const bool is_ending = options_.is_ending && options_.is_ending();
    if (is_ending) *patience = std::min(*patience, options_.last_patience);
    const absl::Duration slice =
        std::max(absl::ZeroDuration(), std::min(*patience, kWaitSlice));
    struct pollfd poll_fd = {output_.poll_fd(), POLLOUT, 0};
    // Errors and hang-ups count as writable: the write will say which.
    const int ready =
        poll(&poll_fd, 1, static_cast<int>(absl::ToInt64Milliseconds(slice)));
    if (ready > 0) return absl::OkStatus();
    if (ready < 0 && errno != EINTR) {
      return absl::ErrnoToStatus(errno, absl::StrCat("wait for ", name_));
    }
    if (EndSignalPending()) {
      return absl::CancelledError(absl::StrCat(
          "write to ", name_, ": nobody reads, and the program is to end"));
    }
    *patience -= slice;
    if (*patience > absl::ZeroDuration()) continue;
    if (is_ending) {
      return absl::CancelledError(absl::StrCat(
          "write to ", name_, ": nobody reads, and the program is to end"));
    }
    return absl::DeadlineExceededError(
        absl::StrCat("write to ", name_, ": nobody reads"));
  }
}

WriteResult FdByteSink::Write(absl::string_view bytes) {
  absl::Duration patience = stalled_ ? absl::ZeroDuration() : options_.patience;
  WriteResult result;
  while (!bytes.empty()) {
    const ssize_t n = output_.Write(bytes);
    if (n > 0) {
      bytes.remove_prefix(static_cast<size_t>(n));
      result.written_bytes += static_cast<size_t>(n);
    } else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      result.status = WaitUntilWritable(&patience);
      if (!result.status.ok()) break;
    } else if (n == 0 || errno != EINTR) {
      result.status = absl::ErrnoToStatus(n == 0 ? EIO : errno,
                                          absl::StrCat("write to ", name_));
      break;
    }
  }
  const bool waited_in_vain = absl::IsDeadlineExceeded(result.status) ||
                              absl::IsCancelled(result.status);
  stalled_ = waited_in_vain;
  return result;
}

}  // namespace dirwatcher
