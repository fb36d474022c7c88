#include "bench/result_table.h"

#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

ResultRow Row() {
  ResultRow row;
  row.measure = "rare";
  row.own = "1.00 s";
  row.peer = "rg: 1.70 s";
  row.ratio = Ratio{1.7, 1.6, 1.812};
  row.peak_rss_bytes = 9'340'000;
  return row;
}

TEST(ResultTable, RowHasACellForEachColumn) {
  ResultRow row = Row();
  SetBarAtLeast(1.6, &row);
  EXPECT_EQ(FormatRow(row),
            "| rare | 1.00 s | rg: 1.70 s | 1.70 (1.60..1.81) | >= 1.6 | yes | "
            "9.3 MB |\n");
  SetBarAtLeast(2, &row);
  row.note = "best of three";
  EXPECT_EQ(FormatRow(row),
            "| rare (best of three) | 1.00 s | rg: 1.70 s | 1.70 (1.60..1.81) "
            "| >= 2 | **no** | 9.3 MB |\n");
}

TEST(ResultTable, ProblemStandsInItsRowAndBreaksNoCell) {
  EXPECT_EQ(
      FormatRow(ProblemRow("rare", ">= 1.6", "rg failed:\nbad (out|in)")),
      "| rare | rg failed: bad (out\\|in) | - | - | >= 1.6 | not measured | - "
      "|\n");
}

TEST(ResultTable, MemoryIsTheMostOfAllRowsThatCount) {
  ResultRow million = Row();
  million.peak_rss_bytes = 300'000'000;
  million.counts_for_memory = false;
  ResultRow many = Row();
  many.measure = "many";
  many.peak_rss_bytes = 23'900'000;
  const ResultRow row = MemoryRow({Row(), many, million}, 24'000'000);
  EXPECT_EQ(row.own, "23.9 MB");
  EXPECT_EQ(row.note, "many");
  EXPECT_EQ(row.held, true);
  EXPECT_EQ(MemoryRow({many}, 23'000'000).held, false);
  EXPECT_FALSE(MemoryRow({million}, 23'000'000).held.has_value());
}

TEST(ResultTable, SummaryCountsWhatHoldsAndWhatIsNotKnown) {
  ResultRow good = Row();
  SetBarAtLeast(1.6, &good);
  ResultRow bad = Row();
  SetBarAtLeast(1.8, &bad);
  EXPECT_EQ(FormatSummary({good, bad, good}), "2 of 3 bars hold\n");
  EXPECT_EQ(FormatSummary({good, ProblemRow("x", ">= 1", "rg failed")}),
            "1 of 1 bars hold; 1 not measured\n");
}

TEST(ResultTable, RowMayHaveNoBar) {
  ResultRow row = Row();
  row.ratio = Ratio{0.0045, 0.0041, 1};
  EXPECT_EQ(FormatRow(row),
            "| rare | 1.00 s | rg: 1.70 s | 0.0045 (0.0041..1.00) | - | - | "
            "9.3 MB |\n");
  EXPECT_EQ(FormatSummary({row}), "0 of 0 bars hold\n");
}

TEST(ResultTable, TimesHaveThreeDigits) {
  EXPECT_EQ(FormatSeconds(123.4), "123 s");
  EXPECT_EQ(FormatSeconds(12.34), "12.3 s");
  EXPECT_EQ(FormatSeconds(1), "1.00 s");
  EXPECT_EQ(FormatSeconds(0.99999), "1.00 s");
  EXPECT_EQ(FormatSeconds(0.0456), "45.6 ms");
  EXPECT_EQ(FormatSeconds(0.000789), "789 us");
}

}  // namespace
}  // namespace dirwatcher
