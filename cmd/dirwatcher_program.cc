#include "cmd/dirwatcher_program.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "cmd/own_output.h"
#include "cmd/version.h"
#include "daemon/loop.h"
#include "dirwatch/directory_lister.h"
#include "dirwatch/directory_watcher.h"
#include "dirwatch/event.h"
#include "dirwatch/event_sink.h"
#include "dirwatch/line_matcher.h"
#include "env/change_notifier.h"
#include "env/event_waker.h"
#include "env/posix_file_system.h"
#include "env/system_clock.h"
#include "env/waker.h"
#include "logging/escape.h"
#include "logging/fd_byte_sink.h"
#include "logging/log_level.h"
#include "logging/logger.h"
#include "logging/logging.h"
#include "signals/second_signal_guard.h"
#include "signals/signal_set.h"
#include "sinks/json_event_sink.h"
#include "sinks/latency_sink.h"
#include "sinks/log_event_sink.h"
#include "sinks/tee_event_sink.h"
#include "stats/duration_histogram.h"

namespace dirwatcher {
namespace {

// How long a long poll keeps its events to itself.
constexpr absl::Duration kFlushInterval = absl::Milliseconds(200);
// How long it may look away from signals.
constexpr absl::Duration kPumpInterval = absl::Milliseconds(5);

LoggingOptions LoggingOptionsOf(const DirwatcherOptions& options) {
  LoggingOptions result;
  result.program = "dirwatcher";
  result.min_level = options.log_level;
  result.file_path = options.log_file;
  result.max_file_bytes = options.log_max_bytes;
  result.max_file_backups = options.log_backups;
  return result;
}

LineMatcherOptions MatcherOptionsOf(const DirwatcherOptions& options) {
  LineMatcherOptions result;
  if (options.regex) result.syntax = MagicSyntax::kRegex;
  if (options.ignore_case) result.case_rule = CaseRule::kIgnoreAscii;
  return result;
}

DirectoryWatcherOptions WatcherOptionsOf(const DirwatcherOptions& options) {
  DirectoryWatcherOptions result;
  result.dir = options.dir;
  result.extensions = options.extensions;
  if (options.recursive) result.depth = Depth::kRecursive;
  if (options.from_end) result.start_at = StartAt::kEnd;
  // Who looks only once has no use for files that stay open.
  result.max_open_files =
      static_cast<size_t>(options.once ? std::min(256, DefaultMaxOpenFiles())
                                       : DefaultMaxOpenFiles());
  // At some 3 microseconds a file, a sweep takes less than a hundredth of the
  // interval.
  result.threads =
      std::min(2u, std::max(1u, std::thread::hardware_concurrency()));
  result.files_per_sweep = static_cast<size_t>(
      std::max(1.0, 2500 * absl::ToDoubleSeconds(options.interval)));
  return result;
}

Started StartedOf(const DirwatcherOptions& options) {
  Started result;
  result.version = kVersion;
  result.pid = getpid();
  result.dir = options.dir;
  result.extensions = options.extensions;
  result.magics = options.magics;
  result.interval = options.interval;
  return result;
}

Stopped StoppedOf(const LoopExit& exit, const WatcherTotals& totals,
                  absl::Duration uptime) {
  Stopped result;
  if (exit.signal_number != 0) result.signal = SignalName(exit.signal_number);
  result.uptime = uptime;
  result.files = totals.files;
  result.lines = totals.lines;
  result.matches = totals.matches;
  result.bytes = totals.bytes;
  return result;
}

// `status` with the option that led to it.
absl::Status OfOption(absl::string_view option, absl::string_view value,
                      const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat(option, " \"", EscapeForLog(value),
                                   "\": ", status.message()));
}

// Whether the directory could not be entered, for which there is an interval of
// its own.
bool IsMissing(const absl::Status& status) {
  return absl::IsNotFound(status) || absl::IsFailedPrecondition(status) ||
         absl::IsPermissionDenied(status);
}

void LogSignal(const ReceivedSignal& received, Logger* logger) {
  logger->Log(LogLevel::kWarning,
              absl::StrCat("Received ", SignalName(received.number)));
  logger->Log(
      LogLevel::kDebug,
      received.sender_pid != 0
          ? absl::StrCat("The signal was sent by PID ", received.sender_pid)
          : "The signal was sent by the kernel");
}

}  // namespace

absl::Status RunDirwatcher(const DirwatcherOptions& options) {
  if (absl::Status s = CheckOwnOutput(options); !s.ok()) return s;
  ReserveDescriptors(2 * DefaultMaxOpenFiles());
  const SignalSet stop_signals = {SIGINT, SIGTERM};
  if (absl::Status s = BlockSignals(stop_signals); !s.ok()) return s;
  IgnoreSigpipe();
  signal(SIGXFSZ, SIG_IGN);

  absl::StatusOr<std::unique_ptr<Logging>> logging =
      Logging::Start(LoggingOptionsOf(options));
  if (!logging.ok()) {
    return options.log_file.empty()
               ? logging.status()
               : OfOption("--log-file", options.log_file, logging.status());
  }
  Logger* const logger = (*logging)->logger();
  absl::StatusOr<LineMatcher> matcher =
      LineMatcher::Create(options.magics, MatcherOptionsOf(options));
  if (!matcher.ok()) return matcher.status();
  absl::StatusOr<std::unique_ptr<EventWaker>> waker =
      EventWaker::Create(stop_signals.numbers());
  if (!waker.ok()) return waker.status();
  if (options.wake_by == WakeBy::kInotify) {
    const absl::Status s = (*waker)->Watch(options.dir, "");
    if (absl::IsResourceExhausted(s) || absl::IsUnimplemented(s)) {
      return OfOption("--watch", "inotify", s);
    }
  }

  SystemClock clock;
  const absl::Duration start = clock.Uptime();
  Loop* running_loop = nullptr;
  FdByteSinkOptions output_options;
  output_options.is_ending = [&] {
    return running_loop != nullptr && running_loop->stop_requested();
  };
  FdByteSink standard_output(STDOUT_FILENO, "standard output", output_options);
  LogEventSink log_sink(logger);
  JsonEventSink json_sink(&clock, &standard_output, logger);
  // What another program waits for goes out first.
  std::vector<EventSink*> sinks = {&log_sink};
  if (options.json) sinks.insert(sinks.begin(), &json_sink);
  DurationHistogram polls;
  DurationHistogram latency_by_notification;
  DurationHistogram latency_by_poll;
  LatencySink latency_sink(&clock, clock.Now(), &latency_by_poll);
  sinks.push_back(&latency_sink);
  TeeEventSink sink(std::move(sinks));

  DirectoryWatcherOptions watcher_options = WatcherOptionsOf(options);
  absl::Duration next_pump;
  absl::Duration next_flush;
  // A poll that is short is over before any of it is due.
  const auto begin_poll = [&](DurationHistogram* latency) {
    latency_sink.CountIn(latency);
    const absl::Duration now = clock.Uptime();
    next_pump = now + kPumpInterval;
    next_flush = now + kFlushInterval;
    return now;
  };
  watcher_options.between_turns = [&] {
    const absl::Duration now = clock.Uptime();
    if (now >= next_pump) {
      running_loop->PumpSignals();
      next_pump = now + kPumpInterval;
    }
    if (now >= next_flush) {
      sink.Flush();
      next_flush = now + kFlushInterval;
    }
  };
  // Who looks only once is not woken, and to give notifications up takes the
  // kernel some 15 ms.
  ChangeNotifier* const notifier =
      options.once || options.wake_by == WakeBy::kPoll ? nullptr : waker->get();
  PosixFileSystem file_system;
  DirectoryWatcher watcher(watcher_options, &*matcher, &file_system, &sink,
                           notifier);

  // JSON is not flushed on a second signal: the thread that hangs may be in the
  // middle of writing it.
  SecondSignalGuard guard(stop_signals, [logger] { logger->Flush(); });
  LoopOptions loop_options;
  loop_options.interval = options.interval;
  loop_options.retry_interval = options.retry_interval;
  loop_options.stop_signals = stop_signals;
  LoopCallbacks callbacks;
  callbacks.tick = [&]() -> absl::Status {
    // Not before the poll: who is about to end has no patience with readers.
    const absl::Cleanup stop = [&] {
      if (options.once) running_loop->RequestStop();
    };
    const absl::Duration begin = begin_poll(&latency_by_poll);
    const absl::Status status = watcher.Poll();
    polls.Add(clock.Uptime() - begin);
    return IsMissing(status) ? status : absl::OkStatus();
  };
  callbacks.on_changes = [&](const ChangeHints& hints) {
    begin_poll(&latency_by_notification);
    watcher.PollChanged(hints).IgnoreError();  // what it means was reported
  };
  callbacks.on_signal = [&](const ReceivedSignal& received) {
    LogSignal(received, logger);
  };
  callbacks.on_stop = [&] {
    begin_poll(&latency_by_poll);
    // What was written before the signal came is still told.
    if (!options.once) watcher.PollNow().IgnoreError();
    watcher.Finish();
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

  sink.OnEvent(StartedOf(options));
  sink.Flush();
  const absl::StatusOr<LoopExit> exit = loop.Run();
  if (!exit.ok()) return exit.status();
  Stopped stopped = StoppedOf(*exit, watcher.totals(), clock.Uptime() - start);
  stopped.polls = polls.Summary();
  stopped.latency_by_notification = latency_by_notification.Summary();
  stopped.latency_by_poll = latency_by_poll.Summary();
  sink.OnEvent(stopped);
  sink.Flush();
  return absl::OkStatus();
}

}  // namespace dirwatcher
