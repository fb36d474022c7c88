#include "supervise/job_try.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "logging/log_level.h"
#include "signals/signal_set.h"
#include "supervise/same_output.h"
#include "supervise/wait_for_input.h"

namespace dirwatcher {

bool IsStopRequest(int number, const InheritedSignals& inherited) {
  return (number == SIGTERM || number == SIGINT || number == SIGHUP ||
          number == SIGQUIT) &&
         !inherited.Ignored(number);
}

bool IsTerminalStop(int number) {
  return number == SIGTSTP || number == SIGTTIN || number == SIGTTOU;
}

JobTry::JobTry(const JobOptions* options, const InheritedSignals* inherited,
               SignalReader* signals, Logger* logger)
    : options_(*options),
      inherited_(*inherited),
      signals_(*signals),
      logger_(*logger),
      tail_(options->tail) {}

JobEnd JobTry::Run(const std::vector<int>& waiting_signals) {
  end_.start_time = clock_.Now();
  const absl::Status started = Start();
  if (!started.ok()) {
    end_.kind = absl::IsNotFound(started) ? JobEnd::Kind::kNotFound
                                          : JobEnd::Kind::kNotExecutable;
    absl::string_view why = started.message();
    absl::ConsumePrefix(&why,
                        absl::StrCat("run ", options_.command.front(), ": "));
    end_.start_error = std::string(why);
    terminal_.TakeBack();
    relay_ = nullptr;
    return end_;
  }
  for (const int number : waiting_signals) OnSignal(number);
  WaitForEnd();
  WaitForOutput();
  end_.output_tail = tail_.Text();
  return end_;
}

absl::StatusOr<UniqueFd> JobTry::AddStream(
    int output_fd, OutputTail::Stream stream, const std::string& name,
    std::vector<RelayedStream>* streams) {
  absl::StatusOr<RelayPipe> pipe = RelayPipe::Create();
  if (!pipe.ok()) return pipe.status();
  RelayedStream relayed;
  relayed.input = std::move(pipe->read_end);
  relayed.output_fd = output_fd;
  relayed.on_bytes = [this, stream](absl::string_view bytes) {
    tail_.Append(stream, bytes);
  };
  relayed.on_lost = [this, name](int error_number) {
    logger_.Log(LogLevel::kWarning,
                absl::StrCat("Output of the command is lost: write to ", name,
                             ": ", strerrordesc_np(error_number)));
  };
  streams->push_back(std::move(relayed));
  return std::move(pipe->write_end);
}

absl::Status JobTry::Start() {
  std::vector<RelayedStream> streams;
  const absl::StatusOr<UniqueFd> output = AddStream(
      STDOUT_FILENO, OutputTail::kOutput, "standard output", &streams);
  if (!output.ok()) return output.status();
  absl::StatusOr<UniqueFd> error_output = UniqueFd();
  if (!IsSameOutput(STDOUT_FILENO, STDERR_FILENO)) {
    error_output = AddStream(STDERR_FILENO, OutputTail::kError,
                             "standard error", &streams);
    if (!error_output.ok()) return error_output.status();
  }
  absl::StatusOr<std::unique_ptr<StreamRelay>> relay =
      StreamRelay::Start(std::move(streams));
  if (!relay.ok()) return relay.status();
  relay_ = *std::move(relay);

  ChildSettings settings;
  settings.command = options_.command;
  settings.unknown_formats_are_scripts = true;
  settings.signal_mask = inherited_.blocked;
  settings.default_signals = inherited_.not_ignored;
  settings.stdout_fd = output->get();
  settings.stderr_fd =
      error_output->get() >= 0 ? error_output->get() : output->get();
  settings.terminal_fd = terminal_.FdToGiveAtStart();
  had_terminal_ = terminal_.is_given();
  absl::StatusOr<std::unique_ptr<ChildProcess>> child =
      ChildProcess::Start(settings);
  if (!child.ok()) return child.status();
  child_ = *std::move(child);
  return absl::OkStatus();
}

void JobTry::WaitForEnd() {
  const absl::Duration started = clock_.Uptime();
  enum { kRunning, kAskedToEnd, kKilled } stage = kRunning;
  absl::Duration deadline = started + options_.timeout;
  while (!child_->HasEnded()) {
    if (const int number = child_->TakeStop(); number != 0) OnStopped(number);
    const absl::Duration now = clock_.Uptime();
    if (now >= deadline && stage == kRunning) {
      stage = kAskedToEnd;
      deadline = now + options_.kill_grace;
      child_->Signal(SIGTERM);
      child_->Signal(SIGCONT);  // a stopped one would not see it
    } else if (now >= deadline) {
      stage = kKilled;
      deadline = absl::InfiniteDuration();
      child_->Signal(SIGKILL);
    }
    // SIGCHLD ends this, too.
    WaitForInput({signals_.fd()}, deadline - now);
    for (const int number : signals_.Take()) OnSignal(number);
  }
  end_.duration = clock_.Uptime() - started;

  if (stage != kRunning) child_->Signal(SIGKILL);  // what is left of the group
  const ChildEnd child_end = child_->Reap();
  child_ = nullptr;
  // The terminal's ^C, which went past us.
  if (terminal_.is_given() && end_.stop_signal == 0 &&
      (child_end.signal_number == SIGINT ||
       child_end.signal_number == SIGQUIT)) {
    end_.stop_signal = child_end.signal_number;
  }
  terminal_.TakeBack();
  end_.kind = stage != kRunning              ? JobEnd::Kind::kTimedOut
              : child_end.signal_number != 0 ? JobEnd::Kind::kKilled
                                             : JobEnd::Kind::kExited;
  if (stage != kRunning) end_.timeout = options_.timeout;
  end_.exit_code = child_end.exit_code;
  end_.signal_number = child_end.signal_number;
  end_.core_dumped = child_end.core_dumped;
  end_.user_time = child_end.user_time;
  end_.system_time = child_end.system_time;
  end_.peak_memory_bytes = child_end.peak_memory_bytes;
}

void JobTry::OnSignal(int number) {
  if (number == SIGCHLD) return;
  if (end_.stop_signal == 0 && IsStopRequest(number, inherited_)) {
    end_.stop_signal = number;
  }
  if (number == SIGCONT && had_terminal_) terminal_.GiveTo(child_->pid());
  if (const int error = child_->Signal(number); error != 0) {
    logger_.Log(LogLevel::kWarning,
                absl::StrCat("Cannot pass ", SignalName(number),
                             " on: ", strerrordesc_np(error)));
  }
}

void JobTry::OnStopped(int number) {
  if (!IsTerminalStop(number)) return;
  if (number != SIGTSTP && terminal_.GiveTo(child_->pid())) {
    had_terminal_ = true;
    child_->Signal(SIGCONT);
    return;
  }
  if (!terminal_.is_given()) {
    StopThisProcess();
    return;
  }
  terminal_.TakeBack();
  StopThisGroup();
  // Whoever continued us said so by SIGCONT; else we were not stopped, since
  // nobody could, and the command is not to be either.
  const std::vector<int> signals = signals_.Take();
  for (const int each : signals) OnSignal(each);
  if (std::find(signals.begin(), signals.end(), SIGCONT) == signals.end()) {
    OnSignal(SIGCONT);
  }
}

void JobTry::WaitForOutput() {
  relay_->Finish();
  const bool is_ending =
      end_.stop_signal != 0 || end_.kind == JobEnd::Kind::kTimedOut;
  const absl::Duration deadline = is_ending
                                      ? clock_.Uptime() + options_.kill_grace
                                      : absl::InfiniteDuration();
  while (!relay_->done()) {
    const absl::Duration left = deadline - clock_.Uptime();
    if (left <= absl::ZeroDuration()) {
      StopRelay();
      break;
    }
    WaitForInput({signals_.fd(), relay_->done_fd()}, left);
    for (const int number : signals_.Take()) {
      if (IsStopRequest(number, inherited_)) {
        if (end_.stop_signal == 0) end_.stop_signal = number;
        StopRelay();
      } else if (IsTerminalStop(number)) {
        StopThisProcess();
      }
    }
  }
  relay_ = nullptr;
}

void JobTry::StopRelay() {
  if (relay_->done()) return;
  logger_.Log(LogLevel::kWarning,
              "Output of the command is lost: nobody reads it");
  relay_->Stop();
}

}  // namespace dirwatcher
