// DirwatcherProgram: dirwatcher from its options to its end; what main() is
// made of besides reading its command line.

#ifndef DIRWATCHER_CMD_DIRWATCHER_PROGRAM_H_
#define DIRWATCHER_CMD_DIRWATCHER_PROGRAM_H_

#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cmd/dirwatcher_options.h"

namespace dirwatcher {

// The options once more, as they are now in the environment and the config
// file.
using ReloadOptions = std::function<absl::StatusOr<DirwatcherOptions>()>;

// Watches until SIGINT or SIGTERM comes, or for one poll with options.once.
// Records go to standard error or the log file, events as JSON to standard
// output. On SIGHUP `reload` is asked for the level that is logged and for the
// intervals. Called once, from main(), before any thread exists: it blocks
// signals and ignores SIGPIPE and SIGXFSZ for the whole process.
//   OK       it ran and ended as it was told to
//   an error it could not start; nothing was watched
// A second SIGINT or SIGTERM does not return: the process ends with 128 + n. So
// it does with the first, if an action does not end within twelve seconds.
absl::Status RunDirwatcher(const DirwatcherOptions& options,
                           const ReloadOptions& reload);

}  // namespace dirwatcher

#endif  // DIRWATCHER_CMD_DIRWATCHER_PROGRAM_H_
