// ChildProcess: a program that runs beside this one.
//
//   auto child = ChildProcess::Start({{"rg", "-c", "magic", path}, {0, 1}},
//                                    {Output::kPipe, Output::kNull});
//
// The peak of memory that the system tells of a child begins with that of its
// parent. So what uses this must stay small; see InChild in corpora.cc.

#ifndef DIRWATCHER_BENCH_CHILD_PROCESS_H_
#define DIRWATCHER_BENCH_CHILD_PROCESS_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace dirwatcher {

struct Command {
  std::vector<std::string> argv;  // the program is looked for in PATH
  // How it may end: an exit status, or 128 and the number of a signal.
  std::vector<int> good_statuses = {0};
};

enum class Output { kNull, kPipe };

struct Outputs {
  Output standard = Output::kNull;
  Output error = Output::kNull;
  int input_fd = -1;  // what it reads from, the caller's; -1 = /dev/null
};

struct Ended {
  int64_t peak_rss_bytes = 0;
};

// Thread-compatible. Killed at the end if it still runs.
class ChildProcess {
 public:
  // NOT_FOUND if there is no such program, with a message that says so.
  static absl::StatusOr<std::unique_ptr<ChildProcess>> Start(
      const Command& command, const Outputs& outputs);
  ~ChildProcess();

  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  const Command& command() const { return command_; }
  pid_t pid() const { return pid_; }
  // -1 unless it is a pipe.
  int stdout_fd() const { return stdout_fd_; }
  int stderr_fd() const { return stderr_fd_; }

  // Closes our end of the pipe of its standard output, which another child has
  // as its input.
  void CloseStdout();

  void Signal(int number) const;

  // Waits for the end; to be called once. INTERNAL if it is not one of the good
  // ways. Who does not read its pipes may wait for ever.
  absl::StatusOr<Ended> Wait();

 private:
  explicit ChildProcess(const Command& command) : command_(command) {}

  const Command command_;
  pid_t pid_ = -1;  // -1 when it has ended
  int stdout_fd_ = -1;
  int stderr_fd_ = -1;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_BENCH_CHILD_PROCESS_H_
