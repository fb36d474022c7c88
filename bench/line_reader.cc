#include "bench/line_reader.h"

#include <poll.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

namespace dirwatcher {

bool WaitReadable(const std::vector<int>& fds, absl::Duration timeout) {
  std::vector<struct pollfd> waits;
  for (const int fd : fds) waits.push_back({fd, POLLIN, 0});
  const struct timespec limit =
      absl::ToTimespec(std::max(timeout, absl::ZeroDuration()));
  return ppoll(waits.data(), waits.size(), &limit, nullptr) > 0;
}

bool LineReader::Read(absl::FunctionRef<void(absl::string_view)> on_line) {
  char buffer[64 << 10];
  ssize_t n;
  do {
    n = read(fd_, buffer, sizeof(buffer));
  } while (n < 0 && errno == EINTR);
  if (n <= 0) {
    if (!rest_.empty()) on_line(rest_);
    rest_.clear();
    return false;
  }
  absl::string_view left(buffer, static_cast<size_t>(n));
  for (size_t end; (end = left.find('\n')) != absl::string_view::npos;) {
    if (rest_.empty()) {
      on_line(left.substr(0, end));
    } else {
      rest_.append(left.data(), end);
      on_line(rest_);
      rest_.clear();
    }
    left.remove_prefix(end + 1);
  }
  rest_.append(left.data(), left.size());
  return true;
}

}  // namespace dirwatcher
