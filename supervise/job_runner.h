// JobRunner: runs the supervised command, once or until it succeeds, and tells
// how it ended.
//
//   int main(int argc, char** argv) {
//     const InheritedSignals inherited = InheritedSignals::Current();
//     PrepareProcess();           // cmd/process_setup.h
//     BlockEverySignal();         // before any thread is started
//     auto signals = SignalReader::Create();
//     ...
//     JobOptions options;
//     options.command = {"backup", "--all"};
//     JobRunner runner(options, inherited, signals->get(), logger);
//     JobEnd end = runner.RunWithRetries();
//     return ExitCode(end);

#ifndef DIRWATCHER_SUPERVISE_JOB_RUNNER_H_
#define DIRWATCHER_SUPERVISE_JOB_RUNNER_H_

#include <vector>

#include "absl/time/time.h"
#include "env/system_clock.h"
#include "logging/logger.h"
#include "supervise/job_end.h"
#include "supervise/job_options.h"
#include "supervise/signal_mask.h"
#include "supervise/signal_reader.h"

namespace dirwatcher {

// The command runs in a process group of its own, with the signal mask and
// dispositions, the descriptors and the environment that this process was
// started with. (But SIGCHLD is never ignored.) Its standard output and error
// are pipes, one if both lead to one place, that are passed on to ours. A file
// without "#!" that the kernel cannot run is given to /bin/sh, as env(1) does.
//
// Every signal that comes is passed on to the group, but SIGCHLD. One that
// comes before the command runs is passed on when it does, but a request to
// stop (SIGTERM, SIGINT, SIGHUP, SIGQUIT; not if it was ignored when this
// process was started) keeps it from being started.
//
// The command takes our place in the foreground of the terminal
// (supervise/terminal.h). When the terminal stops it (SIGTSTP, SIGTTIN,
// SIGTTOU) this process stops, too, and it goes on when this process does.
// While it stands still the timeout runs on.
//
// When it has ended, what it has written is passed on to the end; a reader that
// stands still is waited for until a request to stop comes, or, if there has
// been one already, or the time was up, for kill_grace. What it leaves behind
// is not waited for, and not ended, but after a timeout.
//
// Known limits: what leaves the process group (setsid(2)) is reached by no
// signal. SIGSTOP stops us alone.
//
// Thread-compatible. The signals are read by nobody else while this runs.
class JobRunner {
 public:
  // `signals` and `logger` must outlive this.
  JobRunner(JobOptions options, const InheritedSignals& inherited,
            SignalReader* signals, Logger* logger);

  JobRunner(const JobRunner&) = delete;
  JobRunner& operator=(const JobRunner&) = delete;

  // Runs it once.
  JobEnd Run();

  // Runs it until it succeeds or RetryDelay says that it is enough. The end of
  // the last try.
  JobEnd RunWithRetries();

 private:
  JobEnd Try(int number);
  // Sorts what came while nothing ran. Returns the request to stop, or 0.
  int TakeSignalsBetweenTries();
  // Returns the request to stop that came and ended it, or 0.
  int WaitBetweenTries(absl::Duration delay);

  const JobOptions options_;
  const InheritedSignals inherited_;
  SignalReader* const signals_;
  Logger* const logger_;
  SystemClock clock_;
  // Signals that came while nothing ran, for the next try.
  std::vector<int> waiting_signals_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SUPERVISE_JOB_RUNNER_H_
