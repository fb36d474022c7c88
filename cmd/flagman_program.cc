#include "cmd/flagman_program.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "daemon/daemon_options.h"
#include "daemon/daemon_records.h"
#include "daemon/loop.h"
#include "daemon/service_notifier.h"
#include "env/event_waker.h"
#include "env/interrupt_flag.h"
#include "env/system_clock.h"
#include "env/waker.h"
#include "logging/escape.h"
#include "logging/fd_byte_sink.h"
#include "logging/log_level.h"
#include "logging/logger.h"
#include "logging/logging.h"
#include "signals/action_runner.h"
#include "signals/job_queue.h"
#include "signals/posix_action_host.h"
#include "signals/second_signal_guard.h"
#include "signals/signal_dispatcher.h"
#include "signals/signal_set.h"

namespace dirwatcher {
namespace {

// How long an action may take to end when the program does: longer than the
// programs that it runs have.
constexpr absl::Duration kGrace = absl::Seconds(12);

// More than there are signals cannot wait.
constexpr size_t kQueueCapacity = 8;

absl::StatusOr<std::unique_ptr<Logging>> StartLogging() {
  LoggingOptions options;
  options.program = "flagman.cli";
  options.style = LogStyle::kPattern;
  options.pattern = "%(levelname)s:%(name)s:%(message)s";
  return Logging::Start(options);
}

}  // namespace

absl::StatusOr<FlagmanEnd> RunFlagman(const FlagmanOptions& options,
                                      const ActionRegistry& registry) {
  const SignalSet stop_signals = {SIGINT, SIGTERM};
  SignalSet signals = {SIGHUP, SIGUSR1, SIGUSR2};
  for (const int number : stop_signals.numbers()) signals.Add(number);
  if (absl::Status s = BlockSignals(signals); !s.ok()) return s;
  IgnoreWriteSignals();
  const absl::StatusOr<std::unique_ptr<Logging>> logging = StartLogging();
  if (!logging.ok()) return logging.status();
  Logger* const logger = (*logging)->logger();
  LogProcess(logger);
  logger->Log(LogLevel::kInfo, absl::StrCat("Setting loglevel to ",
                                            LogLevelName(options.log_level)));
  (*logging)->SetMinLevel(options.log_level);
  LogStart(signals, InterruptMode::kPassive, logger);
  const absl::StatusOr<std::unique_ptr<EventWaker>> waker =
      EventWaker::Create(signals.numbers());
  if (!waker.ok()) return waker.status();

  absl::StatusOr<InterruptFlag> interrupt = InterruptFlag::Create();
  if (!interrupt.ok()) return interrupt.status();
  std::atomic<bool> is_ending{false};
  FdByteSinkOptions output_options;
  output_options.is_ending = [&is_ending] { return is_ending.load(); };
  FdByteSink output(STDOUT_FILENO, "standard output", output_options);
  PosixActionHost host(&output, *std::move(interrupt));
  ActionRunner runner(&registry, &host, logger);
  if (absl::Status s = runner.SetUp(options.actions); !s.ok()) {
    logger->Log(LogLevel::kError, s.message());
    return FlagmanEnd::kSetUpFailed;
  }
  if (runner.active_count() == 0) {
    logger->Log(LogLevel::kCritical, "No actions configured; exiting");
    return FlagmanEnd::kNothingToDo;
  }
  ThreadJobQueue queue(1, kQueueCapacity);
  SignalDispatcher dispatcher(options.overlap, &runner, &queue, logger,
                              [&waker] { (*waker)->Wake(); });
  SystemdNotifier systemd;
  NullNotifier nobody;
  ServiceNotifier& notifier =
      options.systemd ? static_cast<ServiceNotifier&>(systemd) : nobody;
  if (options.systemd) (*waker)->FeedWatchdog();

  SecondSignalGuard guard(stop_signals, [&host, logger] {
    host.Kill();
    logger->Flush();
  });
  SystemClock clock;
  LoopOptions loop_options;
  loop_options.interval = absl::InfiniteDuration();
  loop_options.stop_signals = stop_signals;
  LoopCallbacks callbacks;
  Loop* running_loop = nullptr;
  callbacks.tick = [] { return absl::OkStatus(); };
  callbacks.on_signal = [&](const ReceivedSignal& signal) {
    LogReceived(signal, logger);
    if (stop_signals.Contains(signal.number)) {
      LogInterrupted(InterruptMode::kPassive, logger);
    } else {
      dispatcher.Dispatch(signal.number);
    }
  };
  callbacks.on_wake = [&] {
    if (runner.active_count() > 0) return;
    logger->Log(LogLevel::kWarning,
                "No actions remain active; exiting event loop");
    running_loop->RequestStop();
  };
  callbacks.on_error = [&](absl::string_view what) {
    logger->Log(
        LogLevel::kError,
        absl::StrCat("Unexpected error: ", EscapeForLog(what), "; going on"));
  };
  callbacks.on_first_stop = [&](int) { guard.Arm().IgnoreError(); };
  callbacks.on_second_stop = [&](int number) { guard.ExitNow(number); };
  Loop loop(loop_options, &clock, waker->get(), std::move(callbacks));
  running_loop = &loop;

  notifier.Ready();
  const absl::StatusOr<LoopExit> exit = loop.Run();
  if (!exit.ok()) return exit.status();

  notifier.Stopping();
  // Also if it ends for want of actions it can be ended at once.
  if (exit->signal_number == 0) guard.Arm().IgnoreError();
  is_ending = true;
  // First, or what waits would begin when what runs is interrupted.
  queue.Close();
  host.Interrupt();
  if (!queue.WaitIdle(kGrace)) {
    logger->Log(LogLevel::kError, "An action does not end; exiting without it");
    guard.ExitNow(exit->signal_number != 0 ? exit->signal_number : SIGTERM);
  }
  runner.TearDown();
  if (exit->signal_number != 0) LogEnd(logger);
  return exit->signal_number != 0 ? FlagmanEnd::kSignal
                                  : FlagmanEnd::kAllHaveClosed;
}

}  // namespace dirwatcher
