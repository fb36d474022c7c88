// What /proc tells of a process that runs.

#ifndef DIRWATCHER_BENCH_PROC_STAT_H_
#define DIRWATCHER_BENCH_PROC_STAT_H_

#include <sys/types.h>

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace dirwatcher {

// The ticks of utime and stime in the text of /proc/PID/stat. INTERNAL if it
// has another form.
absl::StatusOr<int64_t> ParseCpuTicks(absl::string_view stat);

// The bytes of VmRSS in the text of /proc/PID/status. INTERNAL if there are
// none.
absl::StatusOr<int64_t> ParseResidentBytes(absl::string_view status);

// The time that a process has had on processors, all its threads together;
// counted by the kernel in steps of 10 ms. The errors are those of parsing.
absl::StatusOr<absl::Duration> CpuTimeOf(pid_t pid);

// The memory that it has now.
absl::StatusOr<int64_t> ResidentBytesOf(pid_t pid);

}  // namespace dirwatcher

#endif  // DIRWATCHER_BENCH_PROC_STAT_H_
