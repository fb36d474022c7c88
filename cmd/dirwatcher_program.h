// DirwatcherProgram: dirwatcher from its options to its end; what main() is
// made of besides reading its command line.

#ifndef DIRWATCHER_CMD_DIRWATCHER_PROGRAM_H_
#define DIRWATCHER_CMD_DIRWATCHER_PROGRAM_H_

#include "absl/status/status.h"
#include "cmd/dirwatcher_options.h"

namespace dirwatcher {

// Watches until SIGINT or SIGTERM comes, or for one poll with options.once.
// Records go to standard error or the log file, events as JSON to standard
// output. Called once, from main(), before any thread exists: it blocks signals
// and ignores SIGPIPE and SIGXFSZ for the whole process.
//   OK       it ran and ended as it was told to
//   an error it could not start; nothing was watched
// A second SIGINT or SIGTERM does not return: the process ends with 128 + n.
absl::Status RunDirwatcher(const DirwatcherOptions& options);

}  // namespace dirwatcher

#endif  // DIRWATCHER_CMD_DIRWATCHER_PROGRAM_H_
