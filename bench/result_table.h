// The table that is printed: one row for each figure, as Markdown. Pure; all
// functions may be called from any thread.

#ifndef DIRWATCHER_BENCH_RESULT_TABLE_H_
#define DIRWATCHER_BENCH_RESULT_TABLE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "bench/statistics.h"

namespace dirwatcher {

// What is not known stays empty, and its cell is a dash.
struct ResultRow {
  std::string measure;
  std::string own;   // dirwatcher's figure, with its unit
  std::string peer;  // the other program's, with its name
  absl::optional<Ratio> ratio;
  std::string bar;  // like ">= 1.6"; empty: there is none, it is to be known
  absl::optional<bool> held;
  int64_t peak_rss_bytes = 0;  // of dirwatcher
  // Whether what was watched is small enough for the bar of memory.
  bool counts_for_memory = true;
  std::string note;  // stands behind the name of the measure
};

// A row that has no figures, and says why.
ResultRow ProblemRow(absl::string_view measure, absl::string_view bar,
                     absl::string_view problem);

// The bar of a ratio that must reach `times`.
std::string BarAtLeast(double times);

// Gives a row with a ratio that bar.
void SetBarAtLeast(double times, ResultRow* row);

// The two lines above the rows.
std::string FormatTableHead();

// One line. Nothing in a cell can end the cell.
std::string FormatRow(const ResultRow& row);

// The row about the memory of all others but those with millions of files.
ResultRow MemoryRow(const std::vector<ResultRow>& rows, int64_t bar_bytes);

// "N of M bars hold", and how many could not be measured if there are some.
std::string FormatSummary(const std::vector<ResultRow>& rows);

// With three digits and the unit that suits: "1.23 s", "45.6 ms", "789 us".
std::string FormatSeconds(double seconds);

// "9.3 MB"; a MB is a million bytes.
std::string FormatMegabytes(int64_t bytes);

}  // namespace dirwatcher

#endif  // DIRWATCHER_BENCH_RESULT_TABLE_H_
