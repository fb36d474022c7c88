#include "daemon/daemon.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "daemon/daemon_records.h"
#include "env/event_waker.h"
#include "env/interrupt_flag.h"
#include "env/system_clock.h"
#include "env/waker.h"
#include "logging/escape.h"
#include "logging/fd_byte_sink.h"
#include "logging/log_level.h"
#include "logging/logging.h"
#include "signals/second_signal_guard.h"
#include "signals/signal_set.h"

namespace dirwatcher {
namespace {

LoggingOptions LoggingOptionsOf(const DaemonOptions& options) {
  LoggingOptions result;
  result.program = options.name_app;
  result.min_level = options.log_lvl;
  result.style = LogStyle::kPattern;
  result.pattern = options.log_format;
  result.file_path = absl::StrCat(
      options.log_path, absl::EndsWith(options.log_path, "/") ? "" : "/",
      options.log_name);
  result.max_file_bytes = options.max_size_byte_log;
  result.max_file_backups = options.max_count_file_rotation;
  result.to_stdout = options.stream;
  result.to_syslog = options.syslog;
  result.to_journald = options.journald;
  return result;
}

}  // namespace

class Daemon::Impl {
 public:
  // `signals` are blocked.
  Impl(const DaemonOptions& options, const SignalSet& signals,
       std::unique_ptr<Logging> logging, std::unique_ptr<EventWaker> waker,
       InterruptFlag interrupt, InterruptFlag ending)
      : mode_(options.interrupt_mode),
        grace_(options.shutdown_grace),
        logging_(std::move(logging)),
        waker_(std::move(waker)),
        exit_(signals, [this] { logger()->Flush(); }),
        interrupt_(std::move(interrupt)),
        ending_(std::move(ending)) {
    LogProcess(logger());
    LogStart(signals, mode_, logger());
    thread_ = std::thread([this] { ReadSignals(); });
  }

  ~Impl() {
    StopReading();
    if (interrupt_.raised()) LogEnd(logger());
  }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  bool interrupted() const { return interrupt_.raised(); }

  bool Wait(absl::Duration duration) const {
    const bool whole = interrupt_.WaitFor(duration);
    if (!whole) Checkpoint();
    return whole;
  }

  void Checkpoint() const {
    if (mode_ == InterruptMode::kAggressive && interrupted()) {
      throw DaemonExit();
    }
  }

  // No deadline holds any more, and signals are left unread.
  void StopReading() {
    ending_.Raise();
    waker_->Wake();
    if (thread_.joinable()) thread_.join();
  }

  Logger* logger() { return logging_->logger(); }

 private:
  // In a thread of its own, until the daemon ends.
  void ReadSignals() {
    absl::Duration deadline = absl::InfiniteDuration();
    int number = 0;  // of the first signal
    while (!ending_.raised()) {
      const WakeReasons woken = waker_->Wait(deadline - clock_.Uptime());
      for (const ReceivedSignal& signal : woken.signals) {
        if (number != 0) exit_.ExitNow(signal.number);
        number = signal.number;
        NoteInterrupt(signal);
        if (mode_ == InterruptMode::kAggressive) {
          deadline = clock_.Uptime() + grace_;
        }
      }
      if (clock_.Uptime() >= deadline && !ending_.raised()) {
        logger()->Log(LogLevel::kError,
                      absl::StrCat("No checkpoint was reached within ",
                                   absl::FormatDuration(grace_), "; exiting"));
        exit_.ExitNow(number);
      }
    }
  }

  void NoteInterrupt(const ReceivedSignal& signal) {
    LogReceived(signal, logger());
    LogInterrupted(mode_, logger());
    interrupt_.Raise();
  }

  const InterruptMode mode_;
  const absl::Duration grace_;
  const std::unique_ptr<Logging> logging_;
  const std::unique_ptr<EventWaker> waker_;  // used by the thread; but for Wake
  SecondSignalGuard exit_;                   // never armed: the thread reads
  SystemClock clock_;
  InterruptFlag interrupt_;
  InterruptFlag ending_;  // the thread ends
  std::thread thread_;
};

Daemon::Daemon(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Daemon::~Daemon() = default;

bool Daemon::interrupted() const { return impl_->interrupted(); }

bool Daemon::Wait(absl::Duration duration) { return impl_->Wait(duration); }

void Daemon::Checkpoint() { impl_->Checkpoint(); }

Logger* Daemon::logger() { return impl_->logger(); }

absl::Status Daemon::Run(const DaemonOptions& options,
                         absl::FunctionRef<void(Daemon& daemon)> work) {
  const SignalSet signals = {SIGINT, SIGTERM};
  if (absl::Status s = BlockSignals(signals); !s.ok()) return s;
  IgnoreWriteSignals();
  absl::StatusOr<std::unique_ptr<Logging>> logging =
      Logging::Start(LoggingOptionsOf(options));
  if (!logging.ok()) return logging.status();
  absl::StatusOr<std::unique_ptr<EventWaker>> waker =
      EventWaker::Create(signals.numbers());
  if (!waker.ok()) return waker.status();
  absl::StatusOr<InterruptFlag> interrupt = InterruptFlag::Create();
  if (!interrupt.ok()) return interrupt.status();
  absl::StatusOr<InterruptFlag> ending = InterruptFlag::Create();
  if (!ending.ok()) return ending.status();
  Daemon daemon(std::make_unique<Impl>(options, signals, *std::move(logging),
                                       *std::move(waker), *std::move(interrupt),
                                       *std::move(ending)));
  std::string what;
  try {
    work(daemon);
    return absl::OkStatus();
  } catch (const DaemonExit&) {
    // From now on it only ends; a reader that stands still delays that a
    // little.
    daemon.impl_->StopReading();
    FdByteSinkOptions output;
    output.patience = absl::Seconds(1);
    FdByteSink(STDOUT_FILENO, "standard output", output)
        .Write("SimpleDaemon Exit\n");
    return absl::OkStatus();
  } catch (const std::exception& error) {
    what = error.what();
  } catch (...) {
    what = "an exception of unknown type";
  }
  daemon.logger()->Log(LogLevel::kCritical,
                       absl::StrCat("Unexpected error: ", EscapeForLog(what)));
  return absl::InternalError(what);
}

int Daemon::Main(const absl::StatusOr<DaemonOptions>& options,
                 absl::FunctionRef<void(Daemon& daemon)> work) {
  const absl::Status status =
      options.ok() ? Run(*options, work) : options.status();
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s: %s\n", program_invocation_short_name,
               std::string(status.message()).c_str());
  return options.ok() ? 1 : 2;
}

}  // namespace dirwatcher
