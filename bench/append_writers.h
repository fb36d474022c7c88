// AppendWriters: processes that append to many files at the same time.

#ifndef DIRWATCHER_BENCH_APPEND_WRITERS_H_
#define DIRWATCHER_BENCH_APPEND_WRITERS_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace dirwatcher {

struct AppendWritersOptions {
  std::vector<std::string> paths;  // which are there
  int writers = 20;                // each has as many files of its own
  int64_t appends = 0;             // of them all; a multiple of `writers`
};

// Thread-compatible. The writers that still run are killed at the end.
class AppendWriters {
 public:
  // Starts them, and returns when they have opened their files and wait.
  explicit AppendWriters(const AppendWritersOptions& options);
  ~AppendWriters();

  AppendWriters(const AppendWriters&) = delete;
  AppendWriters& operator=(const AppendWriters&) = delete;

  // Makes them append NumberedLine of each number below `appends`, each line
  // once, with one write(2), to their files in turn.
  void Go();

  // Whether all have ended; does not wait.
  bool HaveEnded();

  // To be asked when they have: INTERNAL if one could not write.
  absl::Status status() const { return status_; }

 private:
  int start_fd_ = -1;  // the end of it is the start
  std::vector<pid_t> pids_;
  absl::Status status_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_BENCH_APPEND_WRITERS_H_
