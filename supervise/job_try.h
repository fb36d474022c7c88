// JobTry: one run of the supervised command, from its start until its output
// has been passed on. JobRunner (supervise/job_runner.h), whose header says how
// a command is run, makes one for each try.

#ifndef DIRWATCHER_SUPERVISE_JOB_TRY_H_
#define DIRWATCHER_SUPERVISE_JOB_TRY_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "env/child_process.h"
#include "env/system_clock.h"
#include "env/unique_fd.h"
#include "logging/logger.h"
#include "supervise/job_end.h"
#include "supervise/job_options.h"
#include "supervise/output_tail.h"
#include "supervise/signal_mask.h"
#include "supervise/signal_reader.h"
#include "supervise/stream_relay.h"
#include "supervise/terminal.h"

namespace dirwatcher {

// Whether `number` asks to stop: SIGTERM, SIGINT, SIGHUP or SIGQUIT, and this
// process was not started with it ignored.
bool IsStopRequest(int number, const InheritedSignals& inherited);

// Whether `number` is what a terminal stops a process by.
bool IsTerminalStop(int number);

// Thread-compatible; for one call of Run.
class JobTry {
 public:
  // All must outlive this.
  JobTry(const JobOptions* options, const InheritedSignals* inherited,
         SignalReader* signals, Logger* logger);

  JobTry(const JobTry&) = delete;
  JobTry& operator=(const JobTry&) = delete;

  // Runs the command and passes on to it `waiting_signals` and what comes.
  // JobEnd::tries is left alone.
  JobEnd Run(const std::vector<int>& waiting_signals);

 private:
  absl::Status Start();
  // Adds a stream to `output_fd`. Returns where the command is to write.
  absl::StatusOr<UniqueFd> AddStream(int output_fd, OutputTail::Stream stream,
                                     const std::string& name,
                                     std::vector<RelayedStream>* streams);
  void WaitForEnd();
  void WaitForOutput();

  void OnSignal(int number);
  void OnStopped(int number);
  void StopRelay();

  const JobOptions& options_;
  const InheritedSignals& inherited_;
  SignalReader& signals_;
  Logger& logger_;
  SystemClock clock_;
  Terminal terminal_;
  bool had_terminal_ = false;  // it was given to the command once
  JobEnd end_;
  std::unique_ptr<ChildProcess> child_;
  OutputTail tail_;  // the thread of relay_'s, while there is one
  std::unique_ptr<StreamRelay> relay_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SUPERVISE_JOB_TRY_H_
