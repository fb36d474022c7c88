// Keeps dirwatcher from watching what it writes itself: a log among the watched
// files would report its own reports without end.

#ifndef DIRWATCHER_CMD_OWN_OUTPUT_H_
#define DIRWATCHER_CMD_OWN_OUTPUT_H_

#include "absl/status/status.h"
#include "cmd/dirwatcher_options.h"

namespace dirwatcher {

// FAILED_PRECONDITION, with a message that names the file, if the log file, or
// the file that standard error or, if it is written to, standard output goes
// to, would be watched. Symbolic links are resolved as they stand now.
absl::Status CheckOwnOutput(const DirwatcherOptions& options);

}  // namespace dirwatcher

#endif  // DIRWATCHER_CMD_OWN_OUTPUT_H_
