#include "bench/measure.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "bench/process_run.h"
#include "bench/statistics.h"

namespace dirwatcher {

Measure MakeMeasure(
    absl::string_view name, absl::string_view bar,
    std::function<absl::StatusOr<std::vector<ResultRow>>(const MeasureContext&)>
        run) {
  Measure result;
  result.name = std::string(name);
  result.run = [name = result.name, bar = std::string(bar),
                run = std::move(run)](const MeasureContext& context) {
    const absl::StatusOr<std::vector<ResultRow>> rows = run(context);
    if (rows.ok()) return *rows;
    return std::vector<ResultRow>{
        ProblemRow(name, bar, rows.status().message())};
  };
  return result;
}

absl::StatusOr<PairedTimes> RunPaired(const Command& own, const Command& peer,
                                      int rounds) {
  PairedTimes times;
  for (int round = -1; round < rounds; ++round) {
    const absl::StatusOr<TimedRun> own_run = RunTimed(own);
    if (!own_run.ok()) return own_run.status();
    const absl::StatusOr<TimedRun> peer_run = RunTimed(peer);
    if (!peer_run.ok()) return peer_run.status();
    times.peak_rss_bytes =
        std::max(times.peak_rss_bytes, own_run->peak_rss_bytes);
    if (round < 0) continue;
    times.own.push_back(own_run->seconds);
    times.peer.push_back(peer_run->seconds);
  }
  return times;
}

ResultRow PairedRow(absl::string_view measure, absl::string_view peer_name,
                    const PairedTimes& times) {
  ResultRow row;
  row.measure = std::string(measure);
  row.own = FormatSeconds(Median(times.own));
  row.peer = absl::StrCat(peer_name, ": ", FormatSeconds(Median(times.peer)));
  row.ratio = TimesAsFast(times.own, times.peer);
  row.peak_rss_bytes = times.peak_rss_bytes;
  return row;
}

}  // namespace dirwatcher
