// What the measures of appends have in common: numbered log lines, and a
// program that reports them.

#ifndef DIRWATCHER_BENCH_APPEND_SOURCE_H_
#define DIRWATCHER_BENCH_APPEND_SOURCE_H_

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "bench/line_reader.h"

namespace dirwatcher {

// Numbers are below this.
constexpr int64_t kNumberLimit = 999'999'999;

// A log line of 107 bytes, with its end, that carries a number and behind that
// kCorpusMagic. So whoever reports the line as soon as the magic is there knows
// the number.
std::string NumberedLine(int64_t number);

// Makes such a line that of another number.
void SetNumber(int64_t number, std::string* line);

// The number in a report of such a line, of any form; nothing if it is not
// whole.
absl::optional<int64_t> NumberIn(absl::string_view report);

// Appends to a file, which is made if it is not there, with one write(2).
absl::Status AppendTo(const std::string& path, absl::string_view text);

// Waits until a program that was just started reports what is appended: appends
// lines with the number kNumberLimit to `path` until one arrives at `reader`,
// and then no more. DEADLINE_EXCEEDED if none does in a while.
absl::Status AwaitReady(const std::string& path, LineReader* reader);

}  // namespace dirwatcher

#endif  // DIRWATCHER_BENCH_APPEND_SOURCE_H_
