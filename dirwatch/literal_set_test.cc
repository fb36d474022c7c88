#include "dirwatch/literal_set.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

// These stand nowhere in what the tests search, but have a set look for all of
// its literals at once.
std::vector<std::string> AndOthers(std::vector<std::string> literals) {
  for (int i = 0; i < 40; ++i) {
    literals.push_back("other~" + std::to_string(i));
  }
  return literals;
}

// The few are looked for in another way than the many.
std::vector<LiteralSet> FewAndMany(const std::vector<std::string>& literals) {
  return {LiteralSet(literals, CaseRule::kExact),
          LiteralSet(AndOthers(literals), CaseRule::kExact)};
}

TEST(LiteralSet, FindsTheOneThatBeginsFirstNotTheOneWhoseRarestBytesComeFirst) {
  // The rarest bytes of the second are behind those of the first.
  for (const LiteralSet& set :
       FewAndMany({"quick{", "The quick{ brown fox \x01\x02\x03\x04"})) {
    const std::string text = "\n.The quick{ brown fox \x01\x02\x03\x04\n";
    const TextHit whole = set.FindCountingLines(text, 0);
    EXPECT_EQ(whole.begin, 2u);
    EXPECT_EQ(whole.literal, 1u);
    EXPECT_EQ(whole.newlines, 1u);
    const TextHit part = set.FindCountingLines(text, 3);
    EXPECT_EQ(part.begin, 6u);
    EXPECT_EQ(part.literal, 0u);
    EXPECT_EQ(part.newlines, 0u);
  }
}

TEST(LiteralSet, OfThoseThatBeginTogetherFindsTheOneNamedFirst) {
  for (const LiteralSet& set : FewAndMany({"time", "timed out", "time"})) {
    EXPECT_EQ(set.FindCountingLines("a timed out", 0).literal, 0u);
  }
  for (const LiteralSet& set : FewAndMany({"timed out", "time"})) {
    EXPECT_EQ(set.FindCountingLines("a timed out", 0).literal, 0u);
    EXPECT_EQ(set.FindCountingLines("a timed ou", 0).literal, 1u);
  }
}

TEST(LiteralSet, FindsWhatBeginsAndEndsWithTheText) {
  for (const LiteralSet& set : FewAndMany({"begin", "e\r"})) {
    for (const size_t gap : {0u, 1u, 3u, 200u, 5000u, 50000u}) {
      const std::string text = "begin" + std::string(gap, '\n') + "e\r";
      EXPECT_EQ(set.FindCountingLines(text, 0).begin, 0u);
      const TextHit hit = set.FindCountingLines(text, 1);
      EXPECT_EQ(hit.begin, 5 + gap);
      EXPECT_EQ(hit.literal, 1u);
      EXPECT_EQ(hit.newlines, gap);
      EXPECT_EQ(set.FindCountingLines(text, 6 + gap).begin, TextHit::npos);
      EXPECT_EQ(set.FindCountingLines(text, 7 + gap).begin, TextHit::npos);
      EXPECT_EQ(set.FindCountingLines(text, 8 + gap).begin, TextHit::npos);
    }
  }
}

TEST(LiteralSet, FindsLiteralsAcrossTheBordersOfAnyPieces) {
  const std::string literal = "from one piece to the next one \x01\x02";
  const std::string longest(6000, 'e');
  for (const auto& set :
       {LiteralSet({"\x02{", literal}, CaseRule::kExact),
        LiteralSet({longest, "\x02{", literal}, CaseRule::kExact)}) {
    for (size_t gap = 4000; gap < 70000; gap += 5) {
      const std::string text = std::string(gap, '\n') + literal + "{";
      const TextHit hit = set.FindCountingLines(text, 0);
      ASSERT_EQ(hit.begin, gap);
      ASSERT_EQ(hit.newlines, gap);
    }
  }
}

TEST(LiteralSet, ACopyFindsWhatTheOriginalFinds) {
  for (const LiteralSet& original : FewAndMany({"ab", "cd"})) {
    const LiteralSet copy = original;  // NOLINT(performance-*): the point
    EXPECT_EQ(copy.FindCountingLines("xcd", 0).begin, 1u);
  }
}

}  // namespace
}  // namespace dirwatcher
