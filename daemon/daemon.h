// Daemon: the frame of a long-running program: its log, its signals, its end.
//
//   int main() {
//     return Daemon::Main(DaemonOptions(), [](Daemon& daemon) {
//       while (!daemon.interrupted()) {
//         daemon.logger()->Log(LogLevel::kInfo, "still here");
//         daemon.Wait(absl::Seconds(5));
//       }
//     });
//   }
//
// That runs until SIGINT or SIGTERM; a second one ends it at once. In
// aggressive mode the loop needs no condition: Wait and Checkpoint throw
// DaemonExit, which Main catches.
//
// A program whose work comes at intervals, or that waits for more than time and
// its end, is better built on daemon/loop.h.

#ifndef DIRWATCHER_DAEMON_DAEMON_H_
#define DIRWATCHER_DAEMON_DAEMON_H_

#include <memory>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "daemon/daemon_options.h"
#include "logging/logger.h"

namespace dirwatcher {

// Thrown when an aggressive daemon is to end. Not a std::exception, so that who
// catches those does not keep it from ending. Let it pass.
class DaemonExit {};

// While it exists, the program logs as the options say, and it records
//
//   PID: 4711                               INFO
//   Set signal handler: 2                   DEBUG
//   Set signal handler: 15                  DEBUG
//   Mode: PASSIVE                           INFO
//   Received 15 signal.                     INFO, when one comes
//   The signal was sent by PID 4712         DEBUG
//   interrupted == True                     INFO, if it is passive
//   Graceful Interrupt...                   INFO, when it ends after that
//
// Signals are read in a thread of its own. Thread-safe. SIGINT and SIGTERM are
// blocked and SIGPIPE and SIGXFSZ ignored for the whole process, for good.
class Daemon {
 public:
  // Runs `work` as a daemon; called in main(), before any thread exists. When
  // an aggressive daemon ends by DaemonExit, it prints "SimpleDaemon Exit" to
  // standard output.
  //   INTERNAL  `work` threw something else; it was logged
  //   others    the daemon could not be set up: the log file cannot be opened,
  //             the format is wrong, glog is in use already
  // It does not return but exits with 128 + n, after an attempt to write what
  // waits to be logged, if a second signal n comes, or if an aggressive daemon
  // does not reach a checkpoint within its shutdown_grace.
  static absl::Status Run(const DaemonOptions& options,
                          absl::FunctionRef<void(Daemon& daemon)> work);

  // The same, for `return` in main(): says on standard error what went wrong,
  // and returns the exit code: 0, 1, or 2 if the options are wrong.
  static int Main(const absl::StatusOr<DaemonOptions>& options,
                  absl::FunctionRef<void(Daemon& daemon)> work);

  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  // Whether it is to end.
  bool interrupted() const;

  // Waits for `duration`; returns whether it waited so long, false if it is to
  // end, at once. Throws DaemonExit instead if it is aggressive.
  bool Wait(absl::Duration duration);

  // Throws DaemonExit if it is aggressive and is to end.
  void Checkpoint();

  // Never null.
  Logger* logger();

 private:
  class Impl;

  explicit Daemon(std::unique_ptr<Impl> impl);
  ~Daemon();

  const std::unique_ptr<Impl> impl_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DAEMON_DAEMON_H_
