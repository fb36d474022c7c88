#include "env/interrupt_flag.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "env/errno_status.h"
#include "env/system_clock.h"

namespace dirwatcher {

absl::StatusOr<InterruptFlag> InterruptFlag::Create() {
  UniqueFd fd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (fd.get() < 0) return ErrnoStatus(errno, "create", "eventfd");
  return InterruptFlag(std::move(fd));
}

void InterruptFlag::Raise() {
  const uint64_t one = 1;
  // Fails only if it was raised some 2^64 times.
  (void)!write(fd_.get(), &one, sizeof(one));
}

bool InterruptFlag::raised() const {
  struct pollfd poll_fd = {fd_.get(), POLLIN, 0};
  return poll(&poll_fd, 1, 0) > 0;
}

bool InterruptFlag::WaitFor(absl::Duration duration) const {
  SystemClock clock;
  const absl::Duration end = clock.Uptime() + duration;
  for (;;) {
    const absl::Duration left =
        std::max(absl::ZeroDuration(), end - clock.Uptime());
    // What ppoll(2) takes ends some time, but not in our lives.
    const struct timespec timeout =
        absl::ToTimespec(std::min(left, absl::Hours(1'000'000)));
    struct pollfd poll_fd = {fd_.get(), POLLIN, 0};
    const int result = ppoll(&poll_fd, 1, &timeout, nullptr);
    if (result > 0) return false;
    if (result == 0 && clock.Uptime() >= end) return true;
    if (result < 0 && errno != EINTR) return true;
  }
}

}  // namespace dirwatcher
