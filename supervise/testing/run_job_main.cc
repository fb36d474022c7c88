// Runs a job for end-to-end tests:
//
//   run_job [--timeout S] [--grace S] [--retries N] [--delay S] [--report FILE]
//           -- COMMAND [ARG...]
//
// The report has the records that were logged, how the job ended, and the tail
// of its output.

#include <cstdlib>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cmd/process_setup.h"
#include "logging/log_level.h"
#include "logging/logger.h"
#include "signals/signal_set.h"
#include "supervise/exit_code.h"
#include "supervise/job_end.h"
#include "supervise/job_options.h"
#include "supervise/job_runner.h"
#include "supervise/signal_mask.h"
#include "supervise/signal_reader.h"

namespace dirwatcher {
namespace {

class ReportLogger : public Logger {
 public:
  explicit ReportLogger(const std::string& path) : path_(path) {}

  void Add(absl::string_view line) {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::ofstream(path_, std::ios::app) << line << "\n";
  }

 private:
  void Write(LogLevel level, absl::string_view text,
             SourceLocation /*where*/) override {
    Add(absl::StrCat(LogLevelName(level), " ", text));
  }

  std::mutex mutex_;
  const std::string path_;
};

absl::Duration Seconds(const std::string& text) {
  double seconds = 0;
  if (!absl::SimpleAtod(text, &seconds)) exit(kWrongUsage);
  return absl::Seconds(seconds);
}

int Main(int argc, char** argv) {
  const InheritedSignals inherited = InheritedSignals::Current();
  if (!PrepareProcess().ok()) return kCouldNotStart;
  BlockEverySignal();
  IgnoreWriteSignals();
  const auto signals = SignalReader::Create();
  if (!signals.ok()) return kCouldNotStart;

  JobOptions options;
  std::string report = "/dev/null";
  int i = 1;
  for (; i + 1 < argc && absl::string_view(argv[i]) != "--"; i += 2) {
    const absl::string_view name = argv[i];
    const std::string value = argv[i + 1];
    if (name == "--timeout") options.timeout = Seconds(value);
    if (name == "--grace") options.kill_grace = Seconds(value);
    if (name == "--retries") options.retries.retries = std::stoi(value);
    if (name == "--delay") options.retries.first_delay = Seconds(value);
    if (name == "--report") report = value;
  }
  for (++i; i < argc; ++i) options.command.emplace_back(argv[i]);
  if (options.command.empty()) return kWrongUsage;

  ReportLogger logger(report);
  options.on_try = [&logger](int number) {
    logger.Add(absl::StrCat("try ", number));
  };
  JobRunner runner(options, inherited, signals->get(), &logger);
  const JobEnd end = runner.RunWithRetries();
  logger.Add(absl::StrCat(
      "end: ", HowItEnded(end), "\nexit: ", ExitCode(end),
      "\ntries: ", end.tries, "\nstop: ", end.stop_signal,
      "\nseconds: ", absl::ToDoubleSeconds(end.duration),
      "\ncpu: ", absl::ToDoubleSeconds(end.user_time + end.system_time),
      "\nmemory: ", end.peak_memory_bytes, "\ntail:\n", end.output_tail));
  return ExitCode(end);
}

}  // namespace
}  // namespace dirwatcher

int main(int argc, char** argv) { return dirwatcher::Main(argc, argv); }
