// WaitForInput: poll(2) with a Duration.

#ifndef DIRWATCHER_SUPERVISE_WAIT_FOR_INPUT_H_
#define DIRWATCHER_SUPERVISE_WAIT_FOR_INPUT_H_

#include <poll.h>

#include <algorithm>
#include <vector>

#include "absl/time/time.h"

namespace dirwatcher {

// Waits until one of the descriptors is readable or `timeout` has passed; zero
// or less does not wait. It may return early.
inline void WaitForInput(const std::vector<int>& fds, absl::Duration timeout) {
  std::vector<struct pollfd> poll_fds;
  for (const int fd : fds) poll_fds.push_back({fd, POLLIN, 0});
  // What ppoll(2) takes ends some time, but not in our lives.
  const struct timespec limit = absl::ToTimespec(std::min(
      std::max(timeout, absl::ZeroDuration()), absl::Hours(1'000'000)));
  ppoll(poll_fds.data(), poll_fds.size(), &limit, nullptr);
}

}  // namespace dirwatcher

#endif  // DIRWATCHER_SUPERVISE_WAIT_FOR_INPUT_H_
