#include "bench/result_table.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace dirwatcher {
namespace {

std::string Line(const std::vector<std::string>& cells) {
  return absl::StrCat(
      "| ",
      absl::StrJoin(
          cells, " | ",
          [](std::string* out, absl::string_view cell) {
            absl::StrAppend(
                out, cell.empty()
                         ? "-"
                         : absl::StrReplaceAll(
                               cell, {{"|", "\\|"}, {"\n", " "}, {"\r", " "}}));
          }),
      " |\n");
}

std::string WithThreeDigits(double value, absl::string_view unit) {
  const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return absl::StrFormat("%.*f %s", decimals, value, unit);
}

std::string FormatTimes(double times) {
  return absl::StrFormat("%.*f", times < 0.1 ? 4 : 2, times);
}

std::string HeldText(const ResultRow& row) {
  if (row.bar.empty()) return "";
  if (!row.held.has_value()) return "not measured";
  return *row.held ? "yes" : "**no**";
}

}  // namespace

ResultRow ProblemRow(absl::string_view measure, absl::string_view bar,
                     absl::string_view problem) {
  ResultRow row;
  row.measure = std::string(measure);
  row.bar = std::string(bar);
  row.own = std::string(problem);
  return row;
}

std::string BarAtLeast(double times) {
  return absl::StrFormat(">= %.4g", times);
}

void SetBarAtLeast(double times, ResultRow* row) {
  row->bar = BarAtLeast(times);
  row->held = row->ratio.has_value() && row->ratio->median >= times;
}

std::string FormatTableHead() {
  return absl::StrCat(
      Line({"measure", "dirwatcher (median)", "peer (median)",
            "times as fast (min..max)", "bar", "held?", "peak memory"}),
      "| --- | --- | --- | --- | --- | --- | --- |\n");
}

std::string FormatRow(const ResultRow& row) {
  return Line(
      {row.note.empty() ? row.measure
                        : absl::StrCat(row.measure, " (", row.note, ")"),
       row.own, row.peer,
       row.ratio.has_value()
           ? absl::StrCat(FormatTimes(row.ratio->median), " (",
                          FormatTimes(row.ratio->min), "..",
                          FormatTimes(row.ratio->max), ")")
           : "",
       row.bar, HeldText(row),
       row.peak_rss_bytes > 0 ? FormatMegabytes(row.peak_rss_bytes) : ""});
}

ResultRow MemoryRow(const std::vector<ResultRow>& rows, int64_t bar_bytes) {
  ResultRow result;
  result.measure = "peak memory on all but the million files";
  result.bar = absl::StrCat("< ", FormatMegabytes(bar_bytes));
  for (const ResultRow& row : rows) {
    if (!row.counts_for_memory) continue;
    if (row.peak_rss_bytes > result.peak_rss_bytes) {
      result.peak_rss_bytes = row.peak_rss_bytes;
      result.note = row.measure;
    }
  }
  if (result.peak_rss_bytes > 0) {
    result.own = FormatMegabytes(result.peak_rss_bytes);
    result.held = result.peak_rss_bytes < bar_bytes;
  }
  return result;
}

std::string FormatSummary(const std::vector<ResultRow>& rows) {
  int held = 0;
  int measured = 0;
  int unknown = 0;
  for (const ResultRow& row : rows) {
    if (row.bar.empty()) continue;
    if (!row.held.has_value()) {
      ++unknown;
    } else {
      ++measured;
      held += *row.held;
    }
  }
  std::string result = absl::StrCat(held, " of ", measured, " bars hold");
  if (unknown > 0) absl::StrAppend(&result, "; ", unknown, " not measured");
  return absl::StrCat(result, "\n");
}

std::string FormatSeconds(double seconds) {
  if (seconds >= 0.9995) return WithThreeDigits(seconds, "s");
  if (seconds >= 0.0009995) return WithThreeDigits(seconds * 1e3, "ms");
  return WithThreeDigits(seconds * 1e6, "us");
}

std::string FormatMegabytes(int64_t bytes) {
  return absl::StrFormat("%.1f MB", static_cast<double>(bytes) / 1e6);
}

}  // namespace dirwatcher
