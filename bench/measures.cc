#include "bench/measures.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/directory_measures.h"
#include "bench/latency_measure.h"
#include "bench/machine.h"
#include "bench/result_table.h"
#include "bench/scan_measures.h"
#include "bench/storm_measure.h"

namespace dirwatcher {
namespace {

constexpr int64_t kPeakRssBarBytes = 24'000'000;

}  // namespace

std::vector<Measure> AllMeasures() {
  std::vector<Measure> result = ScanMeasures();
  for (const Measure& measure : DirectoryMeasures()) result.push_back(measure);
  for (const Measure& measure : LatencyMeasures()) result.push_back(measure);
  result.push_back(StormMeasure());
  return result;
}

void RunMeasures(const std::vector<Measure>& measures,
                 const MeasureContext& context,
                 absl::FunctionRef<void(absl::string_view text)> print) {
#ifndef NDEBUG
  print("Built without -c opt: these figures say nothing.\n\n");
#endif
  if (context.scale != 1) {
    print(absl::StrFormat("At %g of the sizes that the bars are made for.\n\n",
                          context.scale));
  }
  print(FormatTableHead());
  std::vector<ResultRow> rows;
  for (const Measure& measure : measures) {
    for (const ResultRow& row : measure.run(context)) {
      print(FormatRow(row));
      rows.push_back(row);
    }
  }
  context.corpora.RemoveFresh().IgnoreError();  // --clean says if it fails
  rows.push_back(MemoryRow(rows, kPeakRssBarBytes));
  print(absl::StrCat(FormatRow(rows.back()), "\n",
                     DescribeMachine(context.dirwatcher), "\n",
                     FormatSummary(rows)));
}

}  // namespace dirwatcher
