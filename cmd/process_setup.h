// What every program here does first.

#ifndef DIRWATCHER_CMD_PROCESS_SETUP_H_
#define DIRWATCHER_CMD_PROCESS_SETUP_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace dirwatcher {

// Exit codes; 0 is that of success.
constexpr int kCouldNotStart = 1;
constexpr int kWrongUsage = 2;

// Gives each standard descriptor that is closed something that fails to be
// written to, so that no file that is opened later takes its place; and goes to
// the directory of the user, as `bazel run` starts programs elsewhere. Called
// first in main().
absl::Status PrepareProcess();

// Says on standard error what is wrong, in one line. Returns `exit_code`.
int Fail(absl::string_view program, const absl::Status& status, int exit_code);

// Prints `text` to standard output. Returns the exit code.
int PrintAndEnd(absl::string_view text);

}  // namespace dirwatcher

#endif  // DIRWATCHER_CMD_PROCESS_SETUP_H_
