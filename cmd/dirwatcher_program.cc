#include "cmd/dirwatcher_program.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cmd/match_notifier.h"
#include "cmd/own_output.h"
#include "cmd/version.h"
#include "daemon/loop.h"
#include "daemon/service_notifier.h"
#include "dirwatch/directory_lister.h"
#include "dirwatch/directory_watcher.h"
#include "dirwatch/event.h"
#include "dirwatch/event_sink.h"
#include "dirwatch/line_matcher.h"
#include "env/change_notifier.h"
#include "env/event_waker.h"
#include "env/interrupt_flag.h"
#include "env/posix_file_system.h"
#include "env/system_clock.h"
#include "env/waker.h"
#include "logging/byte_sink.h"
#include "logging/escape.h"
#include "logging/fd_byte_sink.h"
#include "logging/locked_byte_sink.h"
#include "logging/log_level.h"
#include "logging/logger.h"
#include "logging/logging.h"
#include "signals/action_registry.h"
#include "signals/action_runner.h"
#include "signals/job_queue.h"
#include "signals/posix_action_host.h"
#include "signals/second_signal_guard.h"
#include "signals/signal_dispatcher.h"
#include "signals/signal_schedule.h"
#include "signals/signal_set.h"
#include "sinks/action_event_sink.h"
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
  result.to_stdout = options.log_to_stdout;
  result.to_syslog = options.log_to_syslog;
  result.to_journald = options.log_to_journald;
  return result;
}

LineMatcherOptions MatcherOptionsOf(const DirwatcherOptions& options) {
  LineMatcherOptions result;
  if (options.regex) result.syntax = MagicSyntax::kRegex;
  if (options.ignore_case) result.case_rule = CaseRule::kIgnoreAscii;
  return result;
}

// At some 3 microseconds a file, a sweep takes less than a hundredth of the
// interval.
size_t FilesPerSweep(absl::Duration interval) {
  return static_cast<size_t>(
      std::max(1.0, 2500 * absl::ToDoubleSeconds(interval)));
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
  result.threads =
      std::min(2u, std::max(1u, std::thread::hardware_concurrency()));
  result.files_per_sweep = FilesPerSweep(options.interval);
  return result;
}

MatchNotifierOptions NotifierOptionsOf(const DirwatcherOptions& options) {
  MatchNotifierOptions result;
  result.targets = options.notify_targets;
  result.spool_dir = options.notify_spool;
  result.digest.dir = options.dir;
  result.digest.wait = options.notify_wait;
  result.digest.interval = options.notify_interval;
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

// "12 files, 3 matches, 4567 bytes; polls: 17, median 1.2 ms, ..."
std::string StatusLine(const WatcherTotals& totals,
                       const DurationHistogram& polls) {
  return absl::StrCat(totals.files, totals.files == 1 ? " file, " : " files, ",
                      totals.lines, totals.lines == 1 ? " line, " : " lines, ",
                      totals.matches,
                      totals.matches == 1 ? " match, " : " matches, ",
                      totals.bytes, totals.bytes == 1 ? " byte" : " bytes",
                      "; polls: ", polls.Summary().ToString());
}

// What cannot be changed while it runs: the names of the options that differ.
std::vector<std::string> NotReloadable(const DirwatcherOptions& a,
                                       const DirwatcherOptions& b) {
  std::vector<std::string> names;
  const auto compare = [&names](absl::string_view name, bool same) {
    if (!same) names.emplace_back(name);
  };
  const auto same_action = [](const ActionRequest& x, const ActionRequest& y) {
    return x.trigger == y.trigger && x.action == y.action &&
           x.arguments == y.arguments;
  };
  compare("dir", a.dir == b.dir);
  compare("magic", a.magics == b.magics);
  compare("ext", a.extensions == b.extensions);
  compare("ignore-case", a.ignore_case == b.ignore_case);
  compare("regex", a.regex == b.regex);
  compare("from-end", a.from_end == b.from_end);
  compare("recursive", a.recursive == b.recursive);
  compare("watch", a.wake_by == b.wake_by);
  compare("once", a.once == b.once);
  compare("json", a.json == b.json);
  compare("log-file", a.log_file == b.log_file);
  compare("log-max-mb", a.log_max_bytes == b.log_max_bytes);
  compare("log-backups", a.log_backups == b.log_backups);
  compare("stdout", a.log_to_stdout == b.log_to_stdout);
  compare("syslog", a.log_to_syslog == b.log_to_syslog);
  compare("journald", a.log_to_journald == b.log_to_journald);
  compare("actions",
          std::equal(a.actions.begin(), a.actions.end(), b.actions.begin(),
                     b.actions.end(), same_action));
  const auto same_target = [](const Target& x, const Target& y) {
    return x.text == y.text;
  };
  compare("notify", std::equal(a.notify_targets.begin(), a.notify_targets.end(),
                               b.notify_targets.begin(), b.notify_targets.end(),
                               same_target));
  compare("notify-wait", a.notify_wait == b.notify_wait);
  compare("notify-interval", a.notify_interval == b.notify_interval);
  compare("notify-spool", a.notify_spool == b.notify_spool);
  compare("action-jobs", a.action_jobs == b.action_jobs);
  compare("action-queue", a.action_queue == b.action_queue);
  return names;
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

// How long a running action may take to end when the program does: longer than
// the programs that actions run have.
constexpr absl::Duration kActionGrace = absl::Seconds(12);

// What is left of it when it is about to end after one poll: how often it looks
// whether it is to end at once.
constexpr absl::Duration kIdleSlice = absl::Milliseconds(20);

// Everything that runs, put together. The members are in the order in which
// they depend on each other.
class Dirwatcher {
 public:
  Dirwatcher(const DirwatcherOptions& options, const ReloadOptions& reload,
             const LineMatcher* matcher, Logging* logging, EventWaker* waker,
             ByteSink* output, std::atomic<bool>* is_ending,
             InterruptFlag interrupt, std::unique_ptr<MatchNotifier> notifier)
      : options_(options),
        reload_(reload),
        logging_(*logging),
        logger_(logging->logger()),
        waker_(*waker),
        is_ending_(*is_ending),
        action_host_(output, std::move(interrupt)),
        action_runner_(&ActionRegistry::Global(), &action_host_, logger_),
        action_queue_(options.action_jobs, options.action_queue),
        dispatcher_(Overlap::kIgnore, &action_runner_, &action_queue_, logger_),
        json_sink_(&clock_, output, logger_),
        log_sink_(logger_),
        latency_sink_(&clock_, clock_.Now(), &latency_by_poll_),
        action_sink_(&action_runner_, &action_queue_, logger_, OnFullQueue()),
        notifier_(std::move(notifier)),
        sink_(Sinks()),
        watcher_(WatcherOptions(), matcher, &file_system_, &sink_, Notifier()),
        // JSON is not flushed on a second signal: the thread that hangs may be
        // in the middle of writing it.
        guard_(StopSignals(),
               [this] {
                 action_host_.Kill();
                 logger_->Flush();
               }),
        loop_(LoopOptionsOf(options), &clock_, waker, Callbacks()) {}

  Dirwatcher(const Dirwatcher&) = delete;
  Dirwatcher& operator=(const Dirwatcher&) = delete;

  static SignalSet StopSignals() { return {SIGINT, SIGTERM}; }
  static SignalSet AllSignals() {
    return {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};
  }

  absl::Status Run() {
    if (absl::Status s = action_runner_.SetUp(options_.actions); !s.ok()) {
      return s;
    }
    waker_.FeedWatchdog();
    const absl::Duration start = clock_.Uptime();
    sink_.OnEvent(StartedOf(options_));
    sink_.Flush();
    const absl::StatusOr<LoopExit> exit = loop_.Run();
    if (!exit.ok()) return exit.status();
    EndActions(exit->signal_number);
    Stopped stopped =
        StoppedOf(*exit, watcher_.totals(), clock_.Uptime() - start);
    stopped.polls = polls_.Summary();
    stopped.latency_by_notification = latency_by_notification_.Summary();
    stopped.latency_by_poll = latency_by_poll_.Summary();
    sink_.OnEvent(stopped);
    sink_.Flush();
    if (notifier_ != nullptr) {
      notifier_->End(/*is_hurried=*/exit->signal_number != 0);
    }
    return absl::OkStatus();
  }

 private:
  // Who polls once has everything done that follows from it, however long it
  // takes.
  ActionEventSink::OnFull OnFullQueue() {
    if (!options_.once) return {};
    return [this] {
      action_queue_.WaitForRoom(kIdleSlice);
      loop_.PumpSignals();
      return !is_ending_;
    };
  }

  std::vector<EventSink*> Sinks() {
    std::vector<EventSink*> sinks;
    // What another program waits for goes out first.
    if (options_.json) sinks.push_back(&json_sink_);
    sinks.push_back(&log_sink_);
    if (!options_.actions.empty()) sinks.push_back(&action_sink_);
    if (notifier_ != nullptr) sinks.push_back(notifier_->sink());
    sinks.push_back(&latency_sink_);
    return sinks;
  }

  // Who looks only once is not woken, and to give notifications up takes the
  // kernel some 15 ms.
  ChangeNotifier* Notifier() {
    return options_.once || options_.wake_by == WakeBy::kPoll ? nullptr
                                                              : &waker_;
  }

  DirectoryWatcherOptions WatcherOptions() {
    DirectoryWatcherOptions result = WatcherOptionsOf(options_);
    result.between_turns = [this] {
      const absl::Duration now = clock_.Uptime();
      if (now >= next_pump_) {
        loop_.PumpSignals();
        next_pump_ = now + kPumpInterval;
      }
      if (now >= next_flush_) {
        sink_.Flush();
        next_flush_ = now + kFlushInterval;
      }
    };
    return result;
  }

  static LoopOptions LoopOptionsOf(const DirwatcherOptions& options) {
    LoopOptions result;
    result.interval = options.interval;
    result.retry_interval = options.retry_interval;
    result.stop_signals = StopSignals();
    return result;
  }

  LoopCallbacks Callbacks() {
    LoopCallbacks callbacks;
    callbacks.tick = [this] { return Tick(); };
    callbacks.on_changes = [this](const ChangeHints& hints) {
      BeginPoll(&latency_by_notification_);
      watcher_.PollChanged(hints).IgnoreError();  // what it means was reported
    };
    callbacks.on_signal = [this](const ReceivedSignal& received) {
      OnSignal(received);
    };
    callbacks.on_stop = [this] { OnStop(); };
    callbacks.on_error = [this](absl::string_view what) {
      logger_->Log(
          LogLevel::kError,
          absl::StrCat("Unexpected error: ", EscapeForLog(what), "; going on"));
    };
    callbacks.on_first_stop = [this](int) {
      is_ending_ = true;
      guard_.Arm().IgnoreError();
    };
    callbacks.on_second_stop = [this](int number) { guard_.ExitNow(number); };
    return callbacks;
  }

  // A poll that is short is over before any of it is due.
  absl::Duration BeginPoll(DurationHistogram* latency) {
    latency_sink_.CountIn(latency);
    const absl::Duration now = clock_.Uptime();
    next_pump_ = now + kPumpInterval;
    next_flush_ = now + kFlushInterval;
    return now;
  }

  absl::Status Tick() {
    // Not before the poll: who is about to end has no patience with readers.
    const absl::Cleanup stop = [this] {
      if (options_.once) StopWhenIdle();
    };
    if (options_.once && polls_.count() > 0) return absl::OkStatus();
    const absl::Duration begin = BeginPoll(&latency_by_poll_);
    const absl::Status status = watcher_.Poll();
    polls_.Add(clock_.Uptime() - begin);
    if (polls_.count() == 1) service_.Ready();
    return IsMissing(status) ? status : absl::OkStatus();
  }

  // Who polls once ends when everything is done that follows from it; until
  // then it looks again and again, and serves signals.
  void StopWhenIdle() {
    if (!has_finished_) {
      has_finished_ = true;
      watcher_.Finish();
    }
    if (action_queue_.WaitIdle(absl::ZeroDuration())) {
      loop_.RequestStop();
    } else {
      loop_.SetIntervals(kIdleSlice, kIdleSlice);
    }
  }

  void OnSignal(const ReceivedSignal& received) {
    LogSignal(received, logger_);
    const std::string name = SignalName(received.number);
    if (action_runner_.HasActive(name)) {
      dispatcher_.Dispatch(received.number);
    } else if (received.number == SIGHUP) {
      Reload();
    } else if (received.number == SIGUSR1) {
      const std::string line = StatusLine(watcher_.totals(), polls_);
      logger_->Log(LogLevel::kInfo, absl::StrCat("Status: ", line));
      service_.Status(line);
    }
  }

  // The log file is opened anew by whoever writes to it next, if it was moved.
  void Reload() {
    service_.Reloading();
    const absl::StatusOr<DirwatcherOptions> fresh = reload_();
    if (fresh.ok()) {
      const std::vector<std::string> left = NotReloadable(options_, *fresh);
      if (!left.empty()) {
        logger_->Log(LogLevel::kWarning,
                     absl::StrCat("Only a new start changes: ",
                                  absl::StrJoin(left, ", ")));
      }
      logging_.SetMinLevel(fresh->log_level);
      loop_.SetIntervals(fresh->interval, fresh->retry_interval);
      watcher_.SetFilesPerSweep(FilesPerSweep(fresh->interval));
      logger_->Log(LogLevel::kInfo, "Reloaded the configuration");
    } else {
      logger_->Log(
          LogLevel::kError,
          absl::StrCat("Cannot reload the configuration: ",
                       fresh.status().message(), "; going on as before"));
    }
    service_.Ready();
  }

  void OnStop() {
    service_.Stopping();
    BeginPoll(&latency_by_poll_);
    if (has_finished_) return;
    // What was written before the signal came is still told.
    if (!options_.once) watcher_.PollNow().IgnoreError();
    watcher_.Finish();
  }

  void EndActions(int signal_number) {
    is_ending_ = true;
    // First, or what waits would begin when what runs is interrupted.
    const size_t dropped = action_queue_.Close();
    action_host_.Interrupt();
    if (dropped > 0) {
      logger_->Log(
          LogLevel::kWarning,
          absl::StrCat("Actions that waited and are dropped: ", dropped));
    }
    if (!action_queue_.WaitIdle(kActionGrace)) {
      logger_->Log(LogLevel::kError,
                   "An action does not end; exiting without it");
      guard_.ExitNow(signal_number != 0 ? signal_number : SIGTERM);
    }
    action_runner_.TearDown();
  }

  const DirwatcherOptions& options_;
  const ReloadOptions& reload_;
  Logging& logging_;
  Logger* const logger_;
  EventWaker& waker_;
  SystemClock clock_;
  PosixFileSystem file_system_;
  SystemdNotifier service_;
  std::atomic<bool>& is_ending_;
  bool has_finished_ = false;  // the watcher, with --once

  PosixActionHost action_host_;
  ActionRunner action_runner_;
  ThreadJobQueue action_queue_;
  SignalDispatcher dispatcher_;

  DurationHistogram polls_;
  DurationHistogram latency_by_notification_;
  DurationHistogram latency_by_poll_;
  JsonEventSink json_sink_;
  LogEventSink log_sink_;
  LatencySink latency_sink_;
  ActionEventSink action_sink_;
  std::unique_ptr<MatchNotifier> notifier_;  // null: nobody is told
  TeeEventSink sink_;
  absl::Duration next_pump_;
  absl::Duration next_flush_;
  DirectoryWatcher watcher_;
  SecondSignalGuard guard_;
  Loop loop_;
};

}  // namespace

absl::Status RunDirwatcher(const DirwatcherOptions& options,
                           const ReloadOptions& reload) {
  if (absl::Status s = CheckOwnOutput(options); !s.ok()) return s;
  ReserveDescriptors(2 * DefaultMaxOpenFiles());
  const SignalSet signals = Dirwatcher::AllSignals();
  if (absl::Status s = BlockSignals(signals); !s.ok()) return s;
  IgnoreWriteSignals();

  // Written to by JSON, by actions and by the log.
  std::atomic<bool> is_ending{false};
  FdByteSinkOptions output_options;
  output_options.is_ending = [&is_ending] { return is_ending.load(); };
  FdByteSink standard_output(STDOUT_FILENO, "standard output", output_options);
  LockedByteSink output(&standard_output);
  LoggingOptions logging_options = LoggingOptionsOf(options);
  logging_options.standard_output = &output;
  const absl::StatusOr<std::unique_ptr<Logging>> logging =
      Logging::Start(logging_options);
  if (!logging.ok()) {
    return options.log_file.empty()
               ? logging.status()
               : OfOption("--log-file", options.log_file, logging.status());
  }
  const absl::StatusOr<LineMatcher> matcher =
      LineMatcher::Create(options.magics, MatcherOptionsOf(options));
  if (!matcher.ok()) return matcher.status();
  const absl::StatusOr<std::unique_ptr<EventWaker>> waker =
      EventWaker::Create(signals.numbers());
  if (!waker.ok()) return waker.status();
  if (options.wake_by == WakeBy::kInotify) {
    const absl::Status s = (*waker)->Watch(options.dir, "");
    if (absl::IsResourceExhausted(s) || absl::IsUnimplemented(s)) {
      return OfOption("--watch", "inotify", s);
    }
  }
  absl::StatusOr<InterruptFlag> interrupt = InterruptFlag::Create();
  if (!interrupt.ok()) return interrupt.status();
  SystemClock clock;
  std::unique_ptr<MatchNotifier> notifier;
  if (!options.notify_targets.empty()) {
    absl::StatusOr<std::unique_ptr<MatchNotifier>> created =
        MatchNotifier::Create(NotifierOptionsOf(options), &clock,
                              (*logging)->logger());
    if (!created.ok()) return created.status();
    notifier = *std::move(created);
  }
  return Dirwatcher(options, reload, &*matcher, logging->get(), waker->get(),
                    &output, &is_ending, *std::move(interrupt),
                    std::move(notifier))
      .Run();
}

}  // namespace dirwatcher
