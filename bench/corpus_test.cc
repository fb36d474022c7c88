#include "bench/corpus.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

std::string Corpus(CorpusKind kind, int64_t size_bytes) {
  std::string text;
  CorpusGenerator(kind).Append(size_bytes, &text);
  return text;
}

double ShareOfMatches(CorpusKind kind) {
  const std::string text = Corpus(kind, 20'000'000);
  int lines = 0;
  int matches = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++lines;
    matches += absl::StrContains(line, kCorpusMagic);
  }
  return static_cast<double>(matches) / lines;
}

TEST(Corpus, IsTheSameHoweverItIsCutIntoPieces) {
  for (const CorpusKind kind : {CorpusKind::kRare, CorpusKind::kOneLine}) {
    const std::string whole = Corpus(kind, 3'000'000);
    EXPECT_EQ(whole.size(), 3'000'000u);
    CorpusGenerator generator(kind);
    std::string pieces;
    for (int64_t left = 3'000'000, size = 1; left > 0; size = size * 3 + 7) {
      const int64_t n = std::min(left, size);
      generator.Append(n, &pieces);
      left -= n;
    }
    EXPECT_TRUE(pieces == whole);
  }
}

TEST(Corpus, HasTheShareOfMatchesThatItIsNamedAfter) {
  EXPECT_NEAR(ShareOfMatches(CorpusKind::kMany), 0.1, 0.01);
  EXPECT_NEAR(ShareOfMatches(CorpusKind::kRare), 0.0001, 0.00008);
  EXPECT_NEAR(ShareOfMatches(CorpusKind::kNearMisses), 0.0001, 0.00008);
}

TEST(Corpus, HasLinesOfTheLengthThatIsSaid) {
  const std::string text = Corpus(CorpusKind::kRare, 10'000'000);
  const auto lines = std::count(text.begin(), text.end(), '\n');
  EXPECT_NEAR(10'000'000.0 / static_cast<double>(lines), 120, 5);
  EXPECT_EQ(Corpus(CorpusKind::kNewlines, 5000), std::string(5000, '\n'));
  const std::string one = Corpus(CorpusKind::kOneLine, 3'000'000);
  EXPECT_EQ(std::count(one.begin(), one.end(), '\n'), 0);
  EXPECT_TRUE(absl::StrContains(one, kCorpusMagic));
}

}  // namespace
}  // namespace dirwatcher
