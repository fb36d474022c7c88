#include "supervise/job_runner.h"

#include <signal.h>

#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "logging/log_level.h"
#include "supervise/exit_code.h"
#include "supervise/job_try.h"
#include "supervise/retry_delay.h"
#include "supervise/terminal.h"
#include "supervise/wait_for_input.h"

namespace dirwatcher {

JobRunner::JobRunner(JobOptions options, const InheritedSignals& inherited,
                     SignalReader* signals, Logger* logger)
    : options_(std::move(options)),
      inherited_(inherited),
      signals_(signals),
      logger_(logger) {}

JobEnd JobRunner::Run() { return Try(1); }

JobEnd JobRunner::Try(int number) {
  JobEnd end;
  end.stop_signal = TakeSignalsBetweenTries();
  if (end.stop_signal != 0) {
    end.kind = JobEnd::Kind::kNotStarted;
    end.start_time = clock_.Now();
  } else {
    if (options_.on_try) options_.on_try(number);
    JobTry job_try(&options_, &inherited_, signals_, logger_);
    end = job_try.Run(std::exchange(waiting_signals_, {}));
  }
  end.tries = number;
  return end;
}

JobEnd JobRunner::RunWithRetries() {
  absl::BitGen random;
  JobEnd end;
  for (int number = 1;; ++number) {
    JobEnd next = Try(number);
    if (number > 1 && next.kind == JobEnd::Kind::kNotStarted) {
      end.stop_signal = next.stop_signal;
      return end;
    }
    end = std::move(next);
    const absl::optional<absl::Duration> delay =
        RetryDelay(options_.retries, end, absl::Uniform<double>(random, 0, 1));
    if (!delay.has_value()) return end;
    logger_->Log(
        LogLevel::kInfo,
        absl::StrCat(
            "Try ", number, ": ", HowItEnded(end), "; trying again in ",
            absl::FormatDuration(absl::Trunc(*delay, absl::Milliseconds(1)))));
    end.stop_signal = WaitBetweenTries(*delay);
    if (end.stop_signal != 0) return end;
  }
}

int JobRunner::TakeSignalsBetweenTries() {
  int stop = 0;
  for (const int number : signals_->Take()) {
    if (IsStopRequest(number, inherited_)) {
      if (stop == 0) stop = number;
    } else if (IsTerminalStop(number)) {
      StopThisProcess();
    } else if (number != SIGCHLD && number != SIGCONT) {
      waiting_signals_.push_back(number);
    }
  }
  return stop;
}

int JobRunner::WaitBetweenTries(absl::Duration delay) {
  const absl::Duration end = clock_.Uptime() + delay;
  for (;;) {
    const absl::Duration left = end - clock_.Uptime();
    if (left <= absl::ZeroDuration()) return 0;
    WaitForInput({signals_->fd()}, left);
    const int stop = TakeSignalsBetweenTries();
    if (stop != 0) return stop;
  }
}

}  // namespace dirwatcher
