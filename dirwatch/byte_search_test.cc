#include "dirwatch/byte_search.h"

#include <string>

#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

TEST(ByteSearch, FindsTheFirstOccurrenceAtOrAfterTheGivenPosition) {
  const ByteSearch search("ab", CaseRule::kExact);
  EXPECT_EQ(search.Find("xabab", 0), 1u);
  EXPECT_EQ(search.Find("xabab", 1), 1u);
  EXPECT_EQ(search.Find("xabab", 2), 3u);
  EXPECT_EQ(search.Find("xabab", 4), ByteSearch::npos);
}

TEST(ByteSearch, FindsOverlappingOccurrences) {
  const ByteSearch search("aa", CaseRule::kExact);
  EXPECT_EQ(search.Find("aaa", 0), 0u);
  EXPECT_EQ(search.Find("aaa", 1), 1u);
}

TEST(ByteSearch, FindsNothingInATextThatIsTooShort) {
  for (const CaseRule rule : {CaseRule::kExact, CaseRule::kIgnoreAscii}) {
    const ByteSearch search("abc", rule);
    EXPECT_EQ(search.Find("", 0), ByteSearch::npos);
    EXPECT_EQ(search.Find("ab", 0), ByteSearch::npos);
    EXPECT_EQ(search.Find("abc", 1), ByteSearch::npos);
    EXPECT_EQ(search.Find("abc", 4), ByteSearch::npos) << "beyond the end";
  }
}

TEST(ByteSearch, ExactTellsUpperFromLowerCase) {
  EXPECT_EQ(ByteSearch("Error", CaseRule::kExact).Find("error Error", 0), 6u);
}

TEST(ByteSearch, IgnoreAsciiTakesEitherCaseOnEitherSide) {
  for (const std::string needle : {"error", "ERROR", "eRRoR"}) {
    const ByteSearch search(needle, CaseRule::kIgnoreAscii);
    EXPECT_EQ(search.Find("an ErRoR", 0), 3u) << needle;
  }
}

TEST(ByteSearch, IgnoreAsciiLeavesBytesBeyondLettersAlone) {
  // '[' and '{', '@' and '`' differ in the bit that tells upper from lower
  // case.
  EXPECT_EQ(ByteSearch("[@", CaseRule::kIgnoreAscii).Find("{`", 0),
            ByteSearch::npos);
  // Latin-1's and UTF-8's capital and small a with diaeresis.
  EXPECT_EQ(ByteSearch("\xC4", CaseRule::kIgnoreAscii).Find("\xE4", 0),
            ByteSearch::npos);
  EXPECT_EQ(ByteSearch("\xC3\x84", CaseRule::kIgnoreAscii).Find("\xC3\xA4", 0),
            ByteSearch::npos);
}

TEST(ByteSearch, FindsNulsAndBytesAbove127) {
  const std::string needle("\0\xFF", 2);
  for (const CaseRule rule : {CaseRule::kExact, CaseRule::kIgnoreAscii}) {
    EXPECT_EQ(ByteSearch(needle, rule).Find(std::string("\0\0\xFF\xFF", 4), 0),
              1u);
  }
}

TEST(ByteSearch, ACopyFindsWhatTheOriginalFinds) {
  for (const CaseRule rule : {CaseRule::kExact, CaseRule::kIgnoreAscii}) {
    const ByteSearch original("ab", rule);
    const ByteSearch copy = original;  // NOLINT(performance-*): the point
    EXPECT_EQ(copy.size(), 2u);
    EXPECT_EQ(copy.Find("xab", 0), 1u);
  }
}

}  // namespace
}  // namespace dirwatcher
