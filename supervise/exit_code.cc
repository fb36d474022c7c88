#include "supervise/exit_code.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "signals/signal_set.h"

namespace dirwatcher {

int ExitCode(const JobEnd& end) {
  switch (end.kind) {
    case JobEnd::Kind::kExited:
      return end.exit_code;
    case JobEnd::Kind::kKilled:
      return 128 + end.signal_number;
    case JobEnd::Kind::kTimedOut:
      return kExitTimedOut;
    case JobEnd::Kind::kNotFound:
      return kExitNotFound;
    case JobEnd::Kind::kNotExecutable:
      return kExitNotExecutable;
    case JobEnd::Kind::kNotStarted:
      return 128 + end.stop_signal;
  }
  return kExitNotExecutable;
}

bool Succeeded(const JobEnd& end) {
  return end.kind == JobEnd::Kind::kExited && end.exit_code == 0;
}

std::string HowItEnded(const JobEnd& end) {
  switch (end.kind) {
    case JobEnd::Kind::kExited:
      return absl::StrCat("exit code ", end.exit_code);
    case JobEnd::Kind::kKilled:
      return absl::StrCat("killed by signal ", end.signal_number, " (",
                          SignalName(end.signal_number), ")",
                          end.core_dumped ? ", core dumped" : "");
    case JobEnd::Kind::kTimedOut:
      return absl::StrCat("timed out after ",
                          absl::ToDoubleSeconds(end.timeout), " s");
    case JobEnd::Kind::kNotFound:
      return "command not found";
    case JobEnd::Kind::kNotExecutable:
      return absl::StrCat("cannot be executed: ", end.start_error);
    case JobEnd::Kind::kNotStarted:
      return absl::StrCat("not started: ", SignalName(end.stop_signal),
                          " came before");
  }
  return "";
}

}  // namespace dirwatcher
