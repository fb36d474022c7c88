#include "bench/process_run.h"

#include <signal.h>
#include <time.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/line_reader.h"

namespace dirwatcher {
namespace {

// RunReading, with the last line of standard error beside the status.
absl::StatusOr<Ended> Run(
    const Command& command,
    absl::FunctionRef<void(absl::string_view line)> on_line,
    std::string* last_error) {
  const auto child =
      ChildProcess::Start(command, {Output::kPipe, Output::kPipe});
  if (!child.ok()) return child.status();
  LineReader out((*child)->stdout_fd());
  LineReader err((*child)->stderr_fd());
  const auto on_error = [&](absl::string_view line) {
    if (!line.empty()) last_error->assign(line.data(), line.size());
  };
  bool out_open = true;
  bool err_open = true;
  while (out_open || err_open) {
    std::vector<int> fds;
    if (out_open) fds.push_back(out.fd());
    if (err_open) fds.push_back(err.fd());
    WaitReadable(fds, absl::InfiniteDuration());
    if (out_open && WaitReadable({out.fd()}, absl::ZeroDuration())) {
      out_open = out.Read(on_line);
    }
    if (err_open && WaitReadable({err.fd()}, absl::ZeroDuration())) {
      err_open = err.Read(on_error);
    }
  }
  return (*child)->Wait();
}

absl::Status WithReason(const absl::Status& status, absl::string_view reason) {
  if (reason.empty()) return status;
  return absl::Status(status.code(),
                      absl::StrCat(status.message(), ": ", reason));
}

}  // namespace

absl::Duration MonotonicNow() {
  struct timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return absl::DurationFromTimespec(now);
}

absl::StatusOr<TimedRun> RunTimed(const Command& command) {
  const absl::Duration start = MonotonicNow();
  const auto child = ChildProcess::Start(command, {});
  if (!child.ok()) return child.status();
  const absl::StatusOr<Ended> ended = (*child)->Wait();
  const absl::Duration end = MonotonicNow();
  if (!ended.ok()) {
    const auto again = RunReading(command, [](absl::string_view) {});
    return again.ok() ? ended.status() : again.status();
  }
  return TimedRun{absl::ToDoubleSeconds(end - start), ended->peak_rss_bytes};
}

absl::StatusOr<Ended> RunReading(
    const Command& command,
    absl::FunctionRef<void(absl::string_view line)> on_line) {
  std::string last_error;
  const absl::StatusOr<Ended> ended = Run(command, on_line, &last_error);
  return ended.ok() ? ended : WithReason(ended.status(), last_error);
}

absl::Status ExplainEnd(ChildProcess* child) {
  child->Signal(SIGTERM);
  const absl::StatusOr<Ended> ended = child->Wait();
  Command again = child->command();
  again.argv.insert(again.argv.begin(), {"timeout", "5"});
  std::string last_error;
  Run(
      again, [](absl::string_view) {}, &last_error)
      .IgnoreError();
  return WithReason(ended.ok()
                        ? absl::InternalError(absl::StrCat(
                              child->command().argv[0], " ended by itself"))
                        : ended.status(),
                    last_error);
}

}  // namespace dirwatcher
