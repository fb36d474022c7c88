// FlagmanProgram: flagman from its options to its end.

#ifndef DIRWATCHER_CMD_FLAGMAN_PROGRAM_H_
#define DIRWATCHER_CMD_FLAGMAN_PROGRAM_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cmd/flagman_options.h"
#include "signals/action_registry.h"

namespace dirwatcher {

// How flagman ended.
enum class FlagmanEnd {
  kSignal,         // SIGINT or SIGTERM
  kNothingToDo,    // no action was asked for that there is
  kSetUpFailed,    // of an action; the log says why
  kAllHaveClosed,  // every action
};

// Performs actions until SIGINT or SIGTERM comes, or there are none left.
// Records go to standard error. Called once, from main(), before any thread
// exists: it blocks signals and ignores SIGPIPE for the whole process.
//   an error  it could not start
// A second SIGINT or SIGTERM does not return: the process ends with 128 + n. So
// it does with the first, if an action does not end within twelve seconds.
absl::StatusOr<FlagmanEnd> RunFlagman(const FlagmanOptions& options,
                                      const ActionRegistry& registry);

}  // namespace dirwatcher

#endif  // DIRWATCHER_CMD_FLAGMAN_PROGRAM_H_
