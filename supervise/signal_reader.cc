#include "supervise/signal_reader.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "env/child_process.h"
#include "env/errno_status.h"

namespace dirwatcher {

absl::StatusOr<std::unique_ptr<SignalReader>> SignalReader::Create() {
  signal(SIGCHLD, SIG_DFL);
  const sigset_t all = AllSignals();
  UniqueFd fd(signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK));
  if (fd.get() < 0) return ErrnoStatus(errno, "create", "signalfd");
  return std::unique_ptr<SignalReader>(new SignalReader(std::move(fd)));
}

std::vector<int> SignalReader::Take() {
  struct signalfd_siginfo infos[128];
  const ssize_t size = read(fd_.get(), infos, sizeof(infos));
  std::vector<int> result;
  for (size_t i = 0; size > 0 && i < static_cast<size_t>(size) / sizeof(*infos);
       ++i) {
    result.push_back(static_cast<int>(infos[i].ssi_signo));
  }
  return result;
}

}  // namespace dirwatcher
