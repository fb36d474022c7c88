#include "signals/signal_set.h"

#include <string.h>

#include <cerrno>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

namespace dirwatcher {
namespace {

// Those between the standard and the real-time signals belong to the C library.
bool IsSignal(int number) {
  return (number >= 1 && number < 32) ||
         (number >= SIGRTMIN && number <= SIGRTMAX);
}

// Of "RTMIN", "RTMIN+3", "RTMAX-1"; 0 if `name` is none of that kind.
int RealTimeSignal(absl::string_view name) {
  const bool from_min = absl::ConsumePrefix(&name, "RTMIN");
  if (!from_min && !absl::ConsumePrefix(&name, "RTMAX")) return 0;
  int distance = 0;
  if (!name.empty()) {
    if (!absl::ConsumePrefix(&name, from_min ? "+" : "-") || name.empty() ||
        !absl::ascii_isdigit(name[0]) || !absl::SimpleAtoi(name, &distance) ||
        distance > SIGRTMAX - SIGRTMIN) {
      return 0;
    }
  }
  return from_min ? SIGRTMIN + distance : SIGRTMAX - distance;
}

}  // namespace

std::string SignalName(int number) {
  if (number >= SIGRTMIN && number <= SIGRTMAX) {
    const int distance = number - SIGRTMIN;
    return distance == 0 ? "SIGRTMIN" : absl::StrCat("SIGRTMIN+", distance);
  }
  const char* const name = sigabbrev_np(number);
  return name == nullptr ? absl::StrCat("signal ", number)
                         : absl::StrCat("SIG", name);
}

absl::StatusOr<int> ParseSignal(absl::string_view text) {
  int number = 0;
  if (!text.empty() && absl::ascii_isdigit(text[0]) &&
      absl::SimpleAtoi(text, &number) && IsSignal(number)) {
    return number;
  }
  const std::string upper = absl::AsciiStrToUpper(text);
  absl::string_view name = upper;
  absl::ConsumePrefix(&name, "SIG");
  number = RealTimeSignal(name);
  if (number != 0) return number;
  for (int candidate = 1; candidate < 32; ++candidate) {
    const char* const known = sigabbrev_np(candidate);
    if (known != nullptr && name == known) return candidate;
  }
  return absl::InvalidArgumentError(absl::StrCat("no such signal: ", text));
}

sigset_t SignalSet::ToSigset() const {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : numbers_) sigaddset(&set, number);
  return set;
}

std::string SignalSet::ToString() const {
  return absl::StrJoin(numbers_, " ", [](std::string* out, int number) {
    out->append(SignalName(number));
  });
}

absl::Status BlockSignals(const SignalSet& signals) {
  for (const int number : {SIGKILL, SIGSTOP}) {
    if (signals.Contains(number)) {
      return absl::InvalidArgumentError(
          absl::StrCat(SignalName(number), " cannot be blocked"));
    }
  }
  const sigset_t set = signals.ToSigset();
  const int error = pthread_sigmask(SIG_BLOCK, &set, nullptr);
  if (error != 0) return absl::ErrnoToStatus(error, "blocking signals");
  return absl::OkStatus();
}

void IgnoreWriteSignals() {
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
}

}  // namespace dirwatcher
