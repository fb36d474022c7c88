#include "bench/latency_measure.h"

#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "bench/append_source.h"
#include "bench/child_process.h"
#include "bench/corpora.h"
#include "bench/corpus.h"
#include "bench/line_reader.h"
#include "bench/process_run.h"
#include "bench/result_table.h"
#include "bench/statistics.h"

namespace dirwatcher {
namespace {

using Rows = std::vector<ResultRow>;

constexpr int kBlocks = 10;
constexpr double kAppendsInBlock = 100;
// Between an append and the next.
struct Pauses {
  absl::string_view name;
  absl::Duration min;
  absl::Duration max;
  double bar;  // 0: there is none
};

// dirwatcher looks again 10 ms after it has looked; so appends in close
// succession wait for that, and others do not.
constexpr Pauses kPauses[] = {
    {"append to report", absl::Milliseconds(1), absl::Milliseconds(5), 0.5},
    {"append to report after a rest", absl::Milliseconds(20),
     absl::Milliseconds(25), 0},
};
constexpr absl::Duration kLost = absl::Seconds(10);

// A watcher of a directory with one file.
class Watched {
 public:
  static absl::StatusOr<std::unique_ptr<Watched>> Start(
      const Command& command, const std::string& path) {
    auto child = ChildProcess::Start(command, {Output::kPipe, Output::kNull});
    if (!child.ok()) return child.status();
    auto result = std::make_unique<Watched>(*std::move(child));
    const absl::Status status = AwaitReady(path, &result->reader_);
    if (absl::IsUnavailable(status)) return ExplainEnd(result->child_.get());
    if (!status.ok()) return status;
    result->fd_ = open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (result->fd_ < 0) return absl::ErrnoToStatus(errno, "open " + path);
    return result;
  }

  explicit Watched(std::unique_ptr<ChildProcess> child)
      : child_(std::move(child)), reader_(child_->stdout_fd()) {}
  ~Watched() {
    if (fd_ >= 0) close(fd_);
  }

  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

  // Appends a line and waits for the report of it: the seconds that takes.
  absl::StatusOr<double> Append() {
    const int64_t number = next_++;
    const std::string line = NumberedLine(number);
    bool arrived = false;
    const auto on_line = [&](absl::string_view report) {
      arrived = arrived || NumberIn(report) == number;
    };
    const absl::Duration start = MonotonicNow();
    if (write(fd_, line.data(), line.size()) !=
        static_cast<ssize_t>(line.size())) {
      return absl::ErrnoToStatus(errno, "append");
    }
    while (!arrived) {
      const absl::Duration left = start + kLost - MonotonicNow();
      if (!WaitReadable({reader_.fd()}, left)) {
        return absl::DeadlineExceededError("a line was not reported");
      }
      if (!reader_.Read(on_line)) return ExplainEnd(child_.get());
    }
    return absl::ToDoubleSeconds(MonotonicNow() - start);
  }

  absl::StatusOr<Ended> Stop() {
    child_->Signal(SIGINT);
    while (reader_.Read([](absl::string_view) {})) {
    }
    return child_->Wait();
  }

 private:
  const std::unique_ptr<ChildProcess> child_;
  LineReader reader_;
  int fd_ = -1;
  int64_t next_ = 0;
};

using Blocks = std::vector<std::vector<double>>;  // seconds

absl::Status RunBlock(int appends, const Pauses& pauses, std::mt19937* random,
                      Watched* watched, Blocks* blocks) {
  blocks->emplace_back();
  std::uniform_int_distribution<int64_t> pause_ns(
      absl::ToInt64Nanoseconds(pauses.min),
      absl::ToInt64Nanoseconds(pauses.max));
  for (int i = 0; i < appends; ++i) {
    const struct timespec pause =
        absl::ToTimespec(absl::Nanoseconds(pause_ns(*random)));
    nanosleep(&pause, nullptr);
    const absl::StatusOr<double> seconds = watched->Append();
    if (!seconds.ok()) return seconds.status();
    blocks->back().push_back(*seconds);
  }
  return absl::OkStatus();
}

std::vector<double> OfEach(const Blocks& blocks, double quantile) {
  std::vector<double> result;
  for (const auto& block : blocks) result.push_back(Quantile(block, quantile));
  return result;
}

double OfAll(const Blocks& blocks, double quantile) {
  std::vector<double> all;
  for (const auto& block : blocks) {
    all.insert(all.end(), block.begin(), block.end());
  }
  return Quantile(std::move(all), quantile);
}

// The row of one quantile: of all appends, and how its ratio is spread over the
// blocks.
ResultRow QuantileRow(const Pauses& pauses, int percent, const Blocks& own,
                      const Blocks& peer, int64_t peak_rss_bytes) {
  const double quantile = percent / 100.0;
  const double own_all = OfAll(own, quantile);
  const double peer_all = OfAll(peer, quantile);
  ResultRow row;
  row.measure = absl::StrCat(pauses.name, ", p", percent);
  row.own = FormatSeconds(own_all);
  row.peer = absl::StrCat("inotify_tail: ", FormatSeconds(peer_all));
  row.ratio = TimesAsFast(OfEach(own, quantile), OfEach(peer, quantile));
  row.ratio->median = peer_all / own_all;
  row.peak_rss_bytes = peak_rss_bytes;
  if (pauses.bar > 0) SetBarAtLeast(pauses.bar, &row);
  return row;
}

absl::StatusOr<Rows> RunLatency(const Pauses& pauses,
                                const MeasureContext& context) {
  const absl::StatusOr<std::string> own_dir = context.corpora.Fresh("own", 1);
  if (!own_dir.ok()) return own_dir.status();
  const absl::StatusOr<std::string> peer_dir = context.corpora.Fresh("peer", 1);
  if (!peer_dir.ok()) return peer_dir.status();
  const std::string magic(kCorpusMagic);
  const auto own =
      Watched::Start({{context.dirwatcher, "--json", *own_dir, magic}},
                     *own_dir + "/app-0000.txt");
  if (!own.ok()) return own.status();
  const auto peer = Watched::Start(
      {{context.peers + "/inotify_tail", *peer_dir, magic}, {128 + SIGINT}},
      *peer_dir + "/app-0000.txt");
  if (!peer.ok()) return peer.status();

  const int appends =
      std::max(10, static_cast<int>(kAppendsInBlock * context.scale));
  std::mt19937 random(1);
  Blocks own_blocks;
  Blocks peer_blocks;
  for (int block = 0; block < kBlocks; ++block) {
    absl::Status status =
        RunBlock(appends, pauses, &random, own->get(), &own_blocks);
    if (!status.ok()) return status;
    status = RunBlock(appends, pauses, &random, peer->get(), &peer_blocks);
    if (!status.ok()) return status;
  }
  const absl::StatusOr<Ended> ended = (*own)->Stop();
  if (!ended.ok()) return ended.status();
  const absl::StatusOr<Ended> peer_ended = (*peer)->Stop();
  if (!peer_ended.ok()) return peer_ended.status();
  const int64_t peak = ended->peak_rss_bytes;
  return Rows{QuantileRow(pauses, 50, own_blocks, peer_blocks, peak),
              QuantileRow(pauses, 99, own_blocks, peer_blocks, peak)};
}

}  // namespace

std::vector<Measure> LatencyMeasures() {
  std::vector<Measure> result;
  for (const Pauses& pauses : kPauses) {
    result.push_back(MakeMeasure(pauses.name,
                                 pauses.bar > 0 ? BarAtLeast(pauses.bar) : "",
                                 [&pauses](const MeasureContext& context) {
                                   return RunLatency(pauses, context);
                                 }));
  }
  return result;
}

}  // namespace dirwatcher
