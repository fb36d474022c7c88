// SignalSet: which signals, as a value; and the few calls that a program makes
// about signals before anything else.
//
//   int main() {
//     const SignalSet handled = {SIGINT, SIGTERM, SIGHUP};
//     BlockSignals(handled);   // before any thread is started
//     IgnoreWriteSignals();
//     auto waker = EventWaker::Create(handled.numbers());  // reads them
//
// Signals are read like any other input, in the loop; nothing ever runs in
// signal context.

#ifndef DIRWATCHER_SIGNALS_SIGNAL_SET_H_
#define DIRWATCHER_SIGNALS_SIGNAL_SET_H_

#include <signal.h>

#include <initializer_list>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dirwatcher {

// The name of a signal as the kernel's headers have it: "SIGTERM",
// "SIGRTMIN+3"; "signal N" for a number that has none.
std::string SignalName(int number);

// The number that `text` means: a name with or without "SIG", in either case,
// or a decimal number: "SIGTERM", "term", "15", "RTMIN+3", "SIGRTMAX-1".
//   INVALID_ARGUMENT  no signal of this machine is called that
absl::StatusOr<int> ParseSignal(absl::string_view text);

// A set of signal numbers. Copyable, thread-compatible.
class SignalSet {
 public:
  SignalSet() = default;
  // REQUIRES (here and below): the numbers are those of signals.
  SignalSet(std::initializer_list<int> numbers) : numbers_(numbers) {}

  void Add(int number) { numbers_.insert(number); }
  void Remove(int number) { numbers_.erase(number); }
  bool Contains(int number) const { return numbers_.count(number) > 0; }
  bool empty() const { return numbers_.empty(); }

  // In ascending order.
  std::vector<int> numbers() const {
    return std::vector<int>(numbers_.begin(), numbers_.end());
  }
  // For calls of the system.
  sigset_t ToSigset() const;
  // "SIGINT SIGTERM", in ascending order of the numbers.
  std::string ToString() const;

  friend bool operator==(const SignalSet& a, const SignalSet& b) {
    return a.numbers_ == b.numbers_;
  }
  friend bool operator!=(const SignalSet& a, const SignalSet& b) {
    return !(a == b);
  }

 private:
  std::set<int> numbers_;
};

// Keeps the signals of `signals` from being delivered to this thread and to
// those that it starts from now on; they stay pending until they are read. Call
// it in main() before any thread exists, or another thread may be ended by one.
// A signal that is blocked is kept even where it was inherited as ignored, as
// SIGINT is by a shell's background job.
//   INVALID_ARGUMENT  SIGKILL and SIGSTOP cannot be blocked; nothing was
absl::Status BlockSignals(const SignalSet& signals);

// From now on a write that fails is an error and does not end the process: to a
// pipe or socket that nobody reads (SIGPIPE, EPIPE), beyond the limit of a
// file's size (SIGXFSZ, EFBIG).
void IgnoreWriteSignals();

}  // namespace dirwatcher

#endif  // DIRWATCHER_SIGNALS_SIGNAL_SET_H_
