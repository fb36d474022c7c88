// SignalReader: reads the signals that were sent to this process, all kinds of
// them, instead of having them delivered.
//
//   absl::StatusOr<std::unique_ptr<SignalReader>> reader =
//       SignalReader::Create();
//   poll {(*reader)->fd(), POLLIN};
//   for (int number : (*reader)->Take()) ...

#ifndef DIRWATCHER_SUPERVISE_SIGNAL_READER_H_
#define DIRWATCHER_SUPERVISE_SIGNAL_READER_H_

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "env/unique_fd.h"

namespace dirwatcher {

// A signalfd(2) of its own, and not EventWaker's: it is polled together with
// the relay of the output, and sd-event reads one signal at each turn of its
// loop.
//
// Thread-safe: every signal goes to one of those who ask.
class SignalReader {
 public:
  // SIGCHLD gets its default disposition, as children whose parent ignores it
  // cannot be waited for.
  // REQUIRES: BlockEverySignal was called, before there were threads.
  //   RESOURCE_EXHAUSTED  no descriptor or memory left
  static absl::StatusOr<std::unique_ptr<SignalReader>> Create();

  SignalReader(const SignalReader&) = delete;
  SignalReader& operator=(const SignalReader&) = delete;

  // Readable when a signal is there, for poll(2).
  int fd() const { return fd_.get(); }

  // Those that have come, SIGCHLD too, in the order in which the kernel gives
  // them out: standard ones are there once at most, the least first, real-time
  // ones as often as they were sent. 128 at most, so that a storm of them keeps
  // nobody from looking at the clock; fd() stays readable then.
  std::vector<int> Take();

 private:
  explicit SignalReader(UniqueFd fd) : fd_(std::move(fd)) {}

  const UniqueFd fd_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SUPERVISE_SIGNAL_READER_H_
