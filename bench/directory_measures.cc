#include "bench/directory_measures.h"

#include <signal.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "bench/child_process.h"
#include "bench/corpora.h"
#include "bench/corpus.h"
#include "bench/line_reader.h"
#include "bench/poll_banner.h"
#include "bench/proc_stat.h"
#include "bench/process_run.h"
#include "bench/result_table.h"
#include "bench/statistics.h"

namespace dirwatcher {
namespace {

using Rows = std::vector<ResultRow>;

constexpr char kFirstPoll[] = "first poll of a million empty files";
constexpr char kFurtherPoll[] = "further poll of the idle million";
constexpr char kIdle[] = "idle with the million";
constexpr double kFirstPollBar = 1;
constexpr double kFurtherPollBar = 0.87;
constexpr double kIdlePercentBar = 1;
constexpr int64_t kResidentBarBytes = 128'000'000;
constexpr absl::Duration kIdleTime = absl::Seconds(60);
constexpr absl::Duration kMinIdleTime = absl::Seconds(5);
// A program that says nothing for so long has come to rest, or will never.
constexpr absl::Duration kPatience = absl::Seconds(120);

std::string IdleCpuBar() { return absl::StrFormat("< %g %%", kIdlePercentBar); }

std::string IdleMemoryBar() {
  return absl::StrCat("< ", FormatMegabytes(kResidentBarBytes));
}

// Their memory has a bar of its own.
ResultRow WithoutMemoryBar(ResultRow row) {
  row.counts_for_memory = false;
  return row;
}

Command Watch(const MeasureContext& context, std::vector<std::string> options,
              const std::string& dir) {
  options.insert(options.begin(), context.dirwatcher);
  options.push_back(dir);
  options.emplace_back(kCorpusMagic);
  return {std::move(options)};
}

// Reads what dirwatcher tells until `files` lines contain `text`: the end of
// its first poll.
absl::Status ReadUntilAdded(
    ChildProcess* child, LineReader* reader, absl::string_view text,
    int64_t files, absl::FunctionRef<void(absl::string_view line)> on_line) {
  int64_t added = 0;
  while (added < files) {
    if (!WaitReadable({reader->fd()}, kPatience)) {
      return absl::DeadlineExceededError(
          absl::StrCat("dirwatcher added ", added, " files of ", files));
    }
    const bool open = reader->Read([&](absl::string_view line) {
      added += absl::StrContains(line, text);
      on_line(line);
    });
    if (!open) return ExplainEnd(child);
  }
  return absl::OkStatus();
}

absl::StatusOr<Rows> RunFirstPoll(const MeasureContext& context) {
  const absl::StatusOr<std::string> dir = context.corpora.Million();
  if (!dir.ok()) return dir.status();
  const absl::StatusOr<std::string> newer = context.corpora.Newer();
  if (!newer.ok()) return newer.status();
  const absl::StatusOr<PairedTimes> times =
      RunPaired(Watch(context, {"--once", "--log-level", "warning"}, *dir),
                {{"find", *dir, "-newer", *newer, "-print"}}, context.rounds);
  if (!times.ok()) return times.status();
  ResultRow row = PairedRow(kFirstPoll, "find -newer", *times);
  SetBarAtLeast(kFirstPollBar, &row);
  return Rows{WithoutMemoryBar(row)};
}

// Appends the seconds that each of some sweeps with statx() took.
absl::Status Sweep(const MeasureContext& context, const std::string& dir,
                   int sweeps, std::vector<double>* seconds) {
  return RunReading(
             {{context.peers + "/statx_sweep", dir, absl::StrCat(sweeps)}},
             [&](absl::string_view line) {
               double value = 0;
               if (absl::SimpleAtod(line, &value)) {
                 seconds->push_back(value);
               }
             })
      .status();
}

struct PollRun {
  PollBanner banner;
  int64_t peak_rss_bytes = 0;
};

// Lets dirwatcher poll until so much time has passed after its first poll, in
// which it finds `files` files, and asks it for what it has to say of its
// polls.
absl::StatusOr<PollRun> Poll(const Command& command, int64_t files,
                             absl::Duration time) {
  const auto child =
      ChildProcess::Start(command, {Output::kNull, Output::kPipe});
  if (!child.ok()) return child.status();
  LineReader log((*child)->stderr_fd());
  std::string banner;
  std::string last;
  const auto on_line = [&](absl::string_view line) {
    last.assign(line.data(), line.size());
    if (absl::StrContains(line, "Polls: ")) banner = last;
  };
  const absl::Status added =
      ReadUntilAdded(child->get(), &log, "Added file:", files, on_line);
  if (!added.ok()) return added;
  bool open = true;
  const absl::Duration end = MonotonicNow() + time;
  while (open && WaitReadable({log.fd()}, end - MonotonicNow())) {
    open = log.Read(on_line);
  }
  (*child)->Signal(SIGINT);
  while (open) open = log.Read(on_line);
  const absl::StatusOr<Ended> ended = (*child)->Wait();
  if (!ended.ok()) {
    return absl::InternalError(
        absl::StrCat(ended.status().message(), ": ", last));
  }
  const absl::StatusOr<PollBanner> parsed = ParsePollBanner(banner);
  if (!parsed.ok()) {
    return absl::NotFoundError(
        absl::StrCat("the log of dirwatcher has ", parsed.status().message()));
  }
  return PollRun{*parsed, ended->peak_rss_bytes};
}

absl::StatusOr<Rows> RunFurtherPoll(const MeasureContext& context) {
  const absl::StatusOr<std::string> dir = context.corpora.Million();
  if (!dir.ok()) return dir.status();
  // One program polls while the other must not run; so half of the sweeps come
  // before, half after. The first one warms up.
  const int sweeps = (context.rounds + 1) / 2 + 1;
  std::vector<double> before;
  std::vector<double> after;
  absl::Status status = Sweep(context, *dir, sweeps, &before);
  if (!status.ok()) return status;
  const absl::Duration between =
      absl::Seconds(1) + 1.5 * absl::Seconds(Median(before));
  const absl::StatusOr<PollRun> run = Poll(
      Watch(context, {"--watch", "poll", "--int", "1", "--log-level", "info"},
            *dir),
      context.corpora.MillionScaled(), (context.rounds + 3) * between);
  if (!run.ok()) return run.status();
  status = Sweep(context, *dir, sweeps, &after);
  if (!status.ok()) return status;
  if (run->banner.polls < context.rounds) {
    return absl::InternalError(
        absl::StrCat("dirwatcher polled ", run->banner.polls, " times only"));
  }
  std::vector<double> sweep_seconds(before.begin() + 1, before.end());
  sweep_seconds.insert(sweep_seconds.end(), after.begin() + 1, after.end());
  PairedTimes times;
  times.peer = sweep_seconds;
  times.own.assign(times.peer.size(),
                   absl::ToDoubleSeconds(run->banner.median));
  times.peak_rss_bytes = run->peak_rss_bytes;
  if (times.own[0] <= 0) {
    return absl::InternalError("a poll took no time at all");
  }
  ResultRow row = PairedRow(kFurtherPoll, "statx sweep", times);
  row.note = absl::StrCat(run->banner.polls, " polls");
  SetBarAtLeast(kFurtherPollBar, &row);
  return Rows{WithoutMemoryBar(row)};
}

absl::StatusOr<Rows> RunIdle(const MeasureContext& context) {
  const absl::StatusOr<std::string> dir = context.corpora.Million();
  if (!dir.ok()) return dir.status();
  const int64_t files = context.corpora.MillionScaled();
  const auto child = ChildProcess::Start(
      Watch(context, {"--watch", "inotify", "--json", "--log-level", "warning"},
            *dir),
      {Output::kPipe, Output::kNull});
  if (!child.ok()) return child.status();
  LineReader events((*child)->stdout_fd());
  const auto ignore = [](absl::string_view) {};
  const absl::Status added = ReadUntilAdded(
      child->get(), &events, "\"event\":\"added\"", files, ignore);
  if (!added.ok()) return added;
  // What it does after the last event of its first poll is no idling.
  WaitReadable({events.fd()}, absl::Seconds(2));
  const pid_t pid = (*child)->pid();
  const absl::StatusOr<int64_t> resident = ResidentBytesOf(pid);
  const absl::StatusOr<absl::Duration> start_cpu = CpuTimeOf(pid);
  const absl::Duration start = MonotonicNow();
  WaitReadable({events.fd()},
               std::max(kMinIdleTime, kIdleTime * context.scale));
  const absl::Duration time = MonotonicNow() - start;
  const absl::StatusOr<absl::Duration> end_cpu = CpuTimeOf(pid);
  if (time < kMinIdleTime) {
    return absl::InternalError("dirwatcher tells something though idle");
  }
  (*child)->Signal(SIGINT);
  while (events.Read(ignore)) {
  }
  const absl::StatusOr<Ended> ended = (*child)->Wait();
  if (!ended.ok()) return ended.status();
  if (!resident.ok()) return resident.status();
  if (!start_cpu.ok()) return start_cpu.status();
  if (!end_cpu.ok()) return end_cpu.status();

  const double percent = 100 * absl::FDivDuration(*end_cpu - *start_cpu, time);
  ResultRow cpu;
  cpu.measure = absl::StrCat(kIdle, ": processor");
  cpu.own = absl::StrFormat("%.2f %% of a core over %.0f s", percent,
                            absl::ToDoubleSeconds(time));
  cpu.bar = IdleCpuBar();
  cpu.held = percent < kIdlePercentBar;
  cpu.peak_rss_bytes = ended->peak_rss_bytes;
  ResultRow memory;
  memory.measure = absl::StrCat(kIdle, ": memory after the first poll");
  memory.own = absl::StrFormat(
      "%s, %.0f bytes a file in all", FormatMegabytes(*resident),
      static_cast<double>(*resident) / static_cast<double>(files));
  memory.bar = IdleMemoryBar();
  memory.held = *resident < kResidentBarBytes;
  memory.peak_rss_bytes = ended->peak_rss_bytes;
  return Rows{WithoutMemoryBar(cpu), WithoutMemoryBar(memory)};
}

}  // namespace

std::vector<Measure> DirectoryMeasures() {
  return {
      MakeMeasure(kFirstPoll, BarAtLeast(kFirstPollBar), RunFirstPoll),
      MakeMeasure(kFurtherPoll, BarAtLeast(kFurtherPollBar), RunFurtherPoll),
      MakeMeasure(kIdle, absl::StrCat(IdleCpuBar(), ", ", IdleMemoryBar()),
                  RunIdle)};
}

}  // namespace dirwatcher
