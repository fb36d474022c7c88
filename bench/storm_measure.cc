#include "bench/storm_measure.h"

#include <signal.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "bench/append_source.h"
#include "bench/append_writers.h"
#include "bench/arrivals.h"
#include "bench/child_process.h"
#include "bench/corpora.h"
#include "bench/corpus.h"
#include "bench/line_reader.h"
#include "bench/process_run.h"
#include "bench/result_table.h"

namespace dirwatcher {
namespace {

using Rows = std::vector<ResultRow>;

constexpr char kName[] = "1,000 files, 20 writers, 979,000 appends";
constexpr double kBar = 1;
constexpr int kFiles = 1000;
constexpr int kWriters = 20;
constexpr double kAppends = 979'000;  // 100 MiB
// When the writers have ended and for so long nothing came, nothing will.
// tail loses lines when the kernel drops notifications (fs.inotify.
// max_queued_events): it then looks at a file at its next append only, and
// after the last one there is none. Its time is that of what it did report.
constexpr absl::Duration kLost = absl::Seconds(3);

struct Storm {
  double seconds = 0;
  int64_t lost = 0;
  int64_t repeated = 0;
  int64_t peak_rss_bytes = 0;
};

// The programs of a pipeline; the last one's output is read.
using Pipeline = std::vector<std::unique_ptr<ChildProcess>>;

absl::StatusOr<Pipeline> StartOwn(const MeasureContext& context,
                                  const std::string& dir) {
  auto child = ChildProcess::Start(
      {{context.dirwatcher, "--json", dir, std::string(kCorpusMagic)}},
      {Output::kPipe, Output::kNull});
  if (!child.ok()) return child.status();
  Pipeline result;
  result.push_back(*std::move(child));
  return result;
}

absl::StatusOr<Pipeline> StartPeer(const std::vector<std::string>& paths) {
  Command tail = {{"tail", "-n", "0", "-F"}, {128 + SIGINT}};
  tail.argv.insert(tail.argv.end(), paths.begin(), paths.end());
  auto first = ChildProcess::Start(tail, {Output::kPipe, Output::kNull});
  if (!first.ok()) return first.status();
  auto second = ChildProcess::Start(
      {{"grep", "--line-buffered", "-F", std::string(kCorpusMagic)}, {0, 1}},
      {Output::kPipe, Output::kNull, (*first)->stdout_fd()});
  if (!second.ok()) return second.status();
  // Only grep may keep tail's pipe open for reading.
  (*first)->CloseStdout();
  Pipeline result;
  result.push_back(*std::move(first));
  result.push_back(*std::move(second));
  return result;
}

absl::StatusOr<Storm> RunStorm(const AppendWritersOptions& options,
                               Pipeline pipeline) {
  LineReader reader(pipeline.back()->stdout_fd());
  const absl::Status status = AwaitReady(options.paths.back(), &reader);
  if (absl::IsUnavailable(status)) return ExplainEnd(pipeline[0].get());
  if (!status.ok()) return status;
  AppendWriters writers(options);
  if (!writers.status().ok()) return writers.status();

  Arrivals arrivals(options.appends);
  const absl::Duration start = MonotonicNow();
  absl::Duration last = start;
  absl::Duration writers_end = absl::InfiniteDuration();
  const auto on_line = [&](absl::string_view line) {
    if (const auto number = NumberIn(line)) arrivals.Add(*number);
  };
  writers.Go();
  while (true) {
    const int64_t missing = arrivals.missing();
    const bool readable = WaitReadable({reader.fd()}, absl::Milliseconds(20));
    if (readable && !reader.Read(on_line)) {
      return ExplainEnd(pipeline[0].get());
    }
    const absl::Duration now = MonotonicNow();
    if (arrivals.missing() < missing) last = now;
    if (writers_end == absl::InfiniteDuration() && writers.HaveEnded()) {
      writers_end = now;
    }
    if (writers_end == absl::InfiniteDuration()) continue;
    if (arrivals.missing() == 0 || now > std::max(writers_end, last) + kLost) {
      break;
    }
  }
  if (!writers.status().ok()) return writers.status();
  Storm storm;
  storm.lost = arrivals.missing();
  // For all lines, at the rate of those that came: who loses half of them is
  // not twice as fast.
  const int64_t arrived = std::max<int64_t>(options.appends - storm.lost, 1);
  storm.seconds = absl::ToDoubleSeconds(last - start) *
                  static_cast<double>(options.appends) /
                  static_cast<double>(arrived);
  // What comes twice may still come.
  pipeline[0]->Signal(SIGINT);
  while (reader.Read(on_line)) {
  }
  storm.repeated = arrivals.repeated();
  for (const std::unique_ptr<ChildProcess>& child : pipeline) {
    const absl::StatusOr<Ended> ended = child->Wait();
    if (!ended.ok()) return ended.status();
    storm.peak_rss_bytes =
        std::max(storm.peak_rss_bytes, ended->peak_rss_bytes);
  }
  return storm;
}

// All rounds of a program together.
struct Sum {
  int64_t lost = 0;
  int64_t repeated = 0;

  void Add(const Storm& storm) {
    lost += storm.lost;
    repeated += storm.repeated;
  }
  std::string Text() const {
    return lost == 0 && repeated == 0
               ? ", each line once"
               : absl::StrCat(", lost ", lost, ", repeated ", repeated);
  }
};

absl::StatusOr<Rows> RunStorms(const MeasureContext& context) {
  AppendWritersOptions options;
  options.writers = kWriters;
  options.appends =
      std::max(int64_t{1},
               static_cast<int64_t>(kAppends * context.scale / kWriters)) *
      kWriters;
  PairedTimes times;
  Sum own_sum;
  Sum peer_sum;
  for (int round = -1; round < context.rounds; ++round) {
    for (const bool is_own : {true, false}) {
      const absl::StatusOr<std::string> dir =
          context.corpora.Fresh(is_own ? "own" : "peer", kFiles);
      if (!dir.ok()) return dir.status();
      options.paths.clear();
      for (int i = 0; i < kFiles; ++i) {
        options.paths.push_back(absl::StrFormat("%s/app-%04d.txt", *dir, i));
      }
      absl::StatusOr<Pipeline> pipeline =
          is_own ? StartOwn(context, *dir) : StartPeer(options.paths);
      if (!pipeline.ok()) return pipeline.status();
      const absl::StatusOr<Storm> storm =
          RunStorm(options, *std::move(pipeline));
      if (!storm.ok()) {
        return absl::InternalError(
            absl::StrCat(is_own ? "dirwatcher: " : "tail and grep: ",
                         storm.status().message()));
      }
      if (is_own) {
        times.peak_rss_bytes =
            std::max(times.peak_rss_bytes, storm->peak_rss_bytes);
      }
      (is_own ? own_sum : peer_sum).Add(*storm);
      if (round >= 0) {
        (is_own ? times.own : times.peer).push_back(storm->seconds);
      }
    }
  }
  ResultRow row = PairedRow(kName, "tail -F, grep", times);
  absl::StrAppend(&row.own, own_sum.Text());
  absl::StrAppend(&row.peer, peer_sum.Text());
  SetBarAtLeast(kBar, &row);
  // To be fast and wrong is nothing.
  row.held = *row.held && own_sum.lost == 0 && own_sum.repeated == 0;
  return Rows{row};
}

}  // namespace

Measure StormMeasure() {
  return MakeMeasure(kName, BarAtLeast(kBar), RunStorms);
}

}  // namespace dirwatcher
