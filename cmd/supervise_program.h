// SuperviseProgram: supervise from its options to its exit code.

#ifndef DIRWATCHER_CMD_SUPERVISE_PROGRAM_H_
#define DIRWATCHER_CMD_SUPERVISE_PROGRAM_H_

#include "absl/status/statusor.h"
#include "cmd/supervise_options.h"
#include "supervise/signal_mask.h"

namespace dirwatcher {

// --lock is taken, or --flush has left something.
constexpr int kTryAgainLater = 75;  // EX_TEMPFAIL of sysexits.h

// Does what the options say. Returns the exit code. Called once, from main(),
// before any thread exists; `inherited` is how signals were when main() began.
//   INVALID_ARGUMENT  a file that a target names cannot be read
//   others            it could not start
absl::StatusOr<int> RunSupervise(const SuperviseOptions& options,
                                 const InheritedSignals& inherited);

}  // namespace dirwatcher

#endif  // DIRWATCHER_CMD_SUPERVISE_PROGRAM_H_
