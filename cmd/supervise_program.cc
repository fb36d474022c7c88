#include "cmd/supervise_program.h"

#include <pwd.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "cmd/process_setup.h"
#include "cmd/queue_listing.h"
#include "env/clock.h"
#include "env/interrupt_flag.h"
#include "env/system_clock.h"
#include "logging/escape.h"
#include "logging/fd_byte_sink.h"
#include "logging/log_level.h"
#include "logging/logger.h"
#include "logging/logging.h"
#include "notify/messenger.h"
#include "notify/outgoing.h"
#include "notify/repeats.h"
#include "signals/signal_set.h"
#include "supervise/exit_code.h"
#include "supervise/job_end.h"
#include "supervise/job_lock.h"
#include "supervise/job_options.h"
#include "supervise/job_report.h"
#include "supervise/job_runner.h"
#include "supervise/job_try.h"
#include "supervise/ping.h"
#include "supervise/signal_reader.h"
#include "supervise/wait_for_input.h"

namespace dirwatcher {
namespace {

absl::StatusOr<std::unique_ptr<Logging>> StartLogging(
    const SuperviseOptions& options) {
  LoggingOptions logging;
  logging.program = "supervise";
  logging.min_level = options.verbose ? LogLevel::kInfo : LogLevel::kWarning;
  logging.style = LogStyle::kPattern;
  logging.file_path = options.log_file;
  if (options.log_file.empty()) {
    logging.pattern = "%(name)s: %(levelname)s: %(message)s";
  }
  return Logging::Start(logging);
}

std::string UserName() {
  const struct passwd* const user = getpwuid(geteuid());
  return user == nullptr ? absl::StrCat(geteuid()) : user->pw_name;
}

JobDescription Describe(const SuperviseOptions& options) {
  JobDescription job;
  job.name = options.name;
  job.command = options.command;
  job.host = HostName();
  job.user = UserName();
  std::error_code ignored;
  job.directory = std::filesystem::current_path(ignored).string();
  job.subject = options.subject;
  job.tail_lines = options.tail_lines;
  job.attachments = options.attachments;
  job.time_zone = absl::LocalTimeZone();
  return job;
}

// Interrupts the messenger when somebody asks the program to end.
class StopWatch {
 public:
  StopWatch(const InheritedSignals& inherited, SignalReader* signals,
            InterruptFlag* done, Messenger* messenger)
      : done_(*done), thread_([=] {
          while (!done->raised()) {
            WaitForInput({signals->fd(), done->fd()}, absl::InfiniteDuration());
            for (const int number : signals->Take()) {
              if (IsStopRequest(number, inherited)) messenger->Interrupt();
            }
          }
        }) {}
  ~StopWatch() {
    done_.Raise();
    thread_.join();
  }

  StopWatch(const StopWatch&) = delete;
  StopWatch& operator=(const StopWatch&) = delete;

 private:
  InterruptFlag& done_;
  std::thread thread_;
};

// Pings in a thread of its own, if anybody is to be pinged.
std::thread StartPing(const SuperviseOptions& options, const std::string& part,
                      Messenger* messenger, Logger* logger) {
  if (options.ping_url.empty()) return std::thread();
  return std::thread([url = PingUrl(options.ping_url, part),
                      timeout = options.send_timeout, messenger, logger] {
    const absl::Status status = Ping(messenger->http(), url, timeout);
    if (status.ok()) return;
    logger->Log(LogLevel::kWarning,
                absl::StrCat("Ping: ", EscapeForLog(status.message())));
  });
}

void Join(std::thread* thread) {
  if (thread->joinable()) thread->join();
}

// `on_start` is called when the command is about to be started.
JobEnd RunJob(const SuperviseOptions& options,
              const InheritedSignals& inherited, SignalReader* signals,
              const std::function<void()>& on_start, Logger* logger) {
  JobOptions job;
  job.command = options.command;
  job.timeout = options.timeout;
  job.tail.max_lines = options.tail_lines;
  job.retries.retries = options.retries;
  job.retries.first_delay = options.retry_delay;
  job.on_try = [&options, &on_start, logger](int number) {
    if (number == 1) on_start();
    logger->Log(LogLevel::kInfo,
                absl::StrCat("Try ", number, ": ",
                             EscapeForLog(QuoteForShell(options.command))));
  };
  JobRunner runner(job, inherited, signals, logger);
  const JobEnd end = runner.RunWithRetries();
  logger->Log(LogLevel::kInfo, EscapeForLog(absl::StrCat(
                                   options.name, " ended: ", HowItEnded(end))));
  return end;
}

// The same while --lock is held; none: another has it. A lock that cannot be
// had at all is a failure of the job, of which people are told.
absl::optional<JobEnd> RunLocked(const SuperviseOptions& options,
                                 const InheritedSignals& inherited,
                                 SignalReader* signals,
                                 const std::function<void()>& on_start,
                                 Clock* clock, Logger* logger) {
  if (options.lock_file.empty()) {
    return RunJob(options, inherited, signals, on_start, logger);
  }
  const absl::StatusOr<absl::optional<JobLock>> lock =
      JobLock::Take(options.lock_file);
  if (!lock.ok()) {
    JobEnd end;
    end.kind = JobEnd::Kind::kNotExecutable;
    end.start_error = absl::StrCat("--lock: ", lock.status().message());
    end.start_time = clock->Now();
    logger->Log(LogLevel::kError, EscapeForLog(end.start_error));
    return end;
  }
  if (!lock->has_value()) return absl::nullopt;
  return RunJob(options, inherited, signals, on_start, logger);
}

// What is to be told of the end, and to whom; and what waits besides.
void Tell(const SuperviseOptions& options,
          const std::vector<std::string>& targets, const JobEnd& end,
          Messenger* messenger) {
  if (targets.empty() || (Succeeded(end) && !options.always)) {
    messenger->SendDue();
    return;
  }
  const JobDescription job = Describe(options);
  RepeatRule rule;
  rule.key = RepeatKey(job, end);
  rule.group_wait = options.group_wait;
  rule.repeat_interval = options.repeat_interval;
  messenger->Send(JobReport(job, end), targets, rule);
}

absl::StatusOr<int> Flush(Messenger* messenger, Logger* logger) {
  const absl::StatusOr<int> left = messenger->Flush();
  if (!left.ok()) return left.status();
  logger->Log(LogLevel::kInfo, absl::StrCat(*left, " deliveries are left"));
  return *left > 0 ? kTryAgainLater : 0;
}

absl::StatusOr<int> PrintQueue(Messenger* messenger) {
  const auto list = messenger->List();
  if (!list.ok()) return list.status();
  return PrintAndEnd(QueueListing(*list, absl::LocalTimeZone()));
}

}  // namespace

absl::StatusOr<int> RunSupervise(const SuperviseOptions& options,
                                 const InheritedSignals& inherited) {
  BlockEverySignal();
  IgnoreWriteSignals();
  const auto logging = StartLogging(options);
  if (!logging.ok()) return logging.status();
  Logger* const logger = (*logging)->logger();
  SystemClock clock;
  FdByteSink console(STDERR_FILENO, "standard error", FdByteSinkOptions());
  Messenger::Options messenger_options;
  messenger_options.spool_dir = options.spool_dir;
  messenger_options.name = options.name;
  messenger_options.version = options.project_version;
  messenger_options.send_timeout = options.send_timeout;
  const auto messenger =
      Messenger::Create(messenger_options, &clock, logger, &console);
  if (!messenger.ok()) return messenger.status();
  const auto signals = SignalReader::Create();
  if (!signals.ok()) return signals.status();
  absl::StatusOr<InterruptFlag> done = InterruptFlag::Create();
  if (!done.ok()) return done.status();

  if (options.mode == SuperviseMode::kQueue) {
    return PrintQueue(messenger->get());
  }
  if (options.mode == SuperviseMode::kFlush) {
    const StopWatch watch(inherited, signals->get(), &*done, messenger->get());
    return Flush(messenger->get(), logger);
  }
  const auto targets = (*messenger)->CheckTargets(options.targets);
  if (!targets.ok()) return targets.status();

  std::thread ping;
  const absl::optional<JobEnd> end = RunLocked(
      options, inherited, signals->get(),
      [&] { ping = StartPing(options, "start", messenger->get(), logger); },
      &clock, logger);
  // From here on a signal is for what is left to do.
  const StopWatch watch(inherited, signals->get(), &*done, messenger->get());
  Join(&ping);
  if (!end.has_value()) {
    logger->Log(LogLevel::kWarning,
                absl::StrCat("Not run: another has the lock ",
                             EscapeForLog(options.lock_file)));
    return kTryAgainLater;
  }
  const int exit_code = ExitCode(*end);
  ping = StartPing(options, absl::StrCat(exit_code), messenger->get(), logger);
  Tell(options, *targets, *end, messenger->get());
  Join(&ping);
  return exit_code;
}

}  // namespace dirwatcher
