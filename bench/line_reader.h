// LineReader: the lines that come through a pipe.

#ifndef DIRWATCHER_BENCH_LINE_READER_H_
#define DIRWATCHER_BENCH_LINE_READER_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace dirwatcher {

// Waits until one of the descriptors can be read, or has ended; false if that
// is not so before `timeout` is over. Precise to microseconds.
bool WaitReadable(const std::vector<int>& fds, absl::Duration timeout);

// Thread-compatible.
class LineReader {
 public:
  // `fd` stays the caller's.
  explicit LineReader(int fd) : fd_(fd) {}

  // Reads once, waiting if there is nothing yet, and calls `on_line` with each
  // line that is complete, without its end. At the end of the file, what is
  // left is a line, too. False if the file has ended or cannot be read.
  bool Read(absl::FunctionRef<void(absl::string_view line)> on_line);

  int fd() const { return fd_; }

 private:
  const int fd_;
  std::string rest_;  // the beginning of a line
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_BENCH_LINE_READER_H_
