#include "signals/second_signal_guard.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <future>
#include <memory>
#include <system_error>
#include <utility>

namespace dirwatcher {

SecondSignalGuard::SecondSignalGuard(SignalSet signals,
                                     std::function<void()> flush,
                                     absl::Duration flush_time_limit)
    : signals_(std::move(signals)),
      flush_(std::move(flush)),
      flush_time_limit_(flush_time_limit) {}

SecondSignalGuard::~SecondSignalGuard() {
  if (!thread_.joinable()) return;
  const uint64_t one = 1;
  while (write(stop_fd_.get(), &one, sizeof(one)) < 0 && errno == EINTR) {
  }
  thread_.join();
}

absl::Status SecondSignalGuard::Arm() {
  if (thread_.joinable()) return absl::OkStatus();
  const sigset_t set = signals_.ToSigset();
  UniqueFd signal_fd(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  UniqueFd stop_fd(eventfd(0, EFD_CLOEXEC));
  if (signal_fd.get() < 0 || stop_fd.get() < 0) {
    return absl::ResourceExhaustedError(
        "no descriptor left to wait for the second signal");
  }
  signal_fd_ = std::move(signal_fd);
  stop_fd_ = std::move(stop_fd);
  try {
    thread_ = std::thread([this] { WaitForSignal(); });
  } catch (const std::system_error& error) {
    return absl::ResourceExhaustedError(error.what());
  }
  return absl::OkStatus();
}

void SecondSignalGuard::WaitForSignal() {
  pollfd fds[] = {{signal_fd_.get(), POLLIN, 0}, {stop_fd_.get(), POLLIN, 0}};
  while (true) {
    if (poll(fds, 2, -1) < 0) continue;  // EINTR or a shortage that passes
    signalfd_siginfo info;
    // Another reader may have been faster: then there is nothing to read.
    if (read(signal_fd_.get(), &info, sizeof(info)) == sizeof(info)) {
      ExitNow(static_cast<int>(info.ssi_signo));
    }
    if (fds[1].revents != 0) return;
  }
}

void SecondSignalGuard::ExitNow(int number) {
  if (exiting_.exchange(true)) {
    while (true) pause();  // who came first will end this too
  }
  if (flush_) {
    try {
      // Shared, as the flush may still be under way when it is given up.
      const auto flushed = std::make_shared<std::promise<void>>();
      std::future<void> done = flushed->get_future();
      std::thread([flush = flush_, flushed] {
        flush();
        flushed->set_value();
      }).detach();
      done.wait_for(absl::ToChronoNanoseconds(flush_time_limit_));
    } catch (const std::system_error&) {
      // No thread to be had: leave without.
    }
  }
  _exit(128 + number);
}

}  // namespace dirwatcher
