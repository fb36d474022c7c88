// Runs a program from its start to its end.

#ifndef DIRWATCHER_BENCH_PROCESS_RUN_H_
#define DIRWATCHER_BENCH_PROCESS_RUN_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "bench/child_process.h"

namespace dirwatcher {

// Of a clock that nobody sets.
absl::Duration MonotonicNow();

struct TimedRun {
  double seconds = 0;  // from before the start until the end is known
  int64_t peak_rss_bytes = 0;
};

// Runs it with its output thrown away. If it ends in a way that is not good, it
// is run once more, to have the last line of its standard error in the message.
absl::StatusOr<TimedRun> RunTimed(const Command& command);

// Runs it, with what it writes to standard output. If it ends in a way that is
// not good, the message has the last line of its standard error.
absl::StatusOr<Ended> RunReading(
    const Command& command,
    absl::FunctionRef<void(absl::string_view line)> on_line);

// Why a program closed its standard output though nobody asked it to end; it is
// ended, and run once more for a few seconds to hear what it says. Never OK.
absl::Status ExplainEnd(ChildProcess* child);

}  // namespace dirwatcher

#endif  // DIRWATCHER_BENCH_PROCESS_RUN_H_
