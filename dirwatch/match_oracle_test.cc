#include "dirwatch/match_oracle.h"

#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr LineMatcherOptions kLiteral{MagicSyntax::kLiteral, CaseRule::kExact};
constexpr LineMatcherOptions kRegex{MagicSyntax::kRegex, CaseRule::kExact};

// The lines as "NUMBER@BEGIN: TEXT", with a "+" behind an unfinished one.
std::vector<std::string> Split(const std::string& file) {
  std::vector<std::string> lines;
  for (const OracleLine& line : SplitLines(file)) {
    lines.push_back(absl::StrCat(line.number, "@", line.begin, ": ", line.text,
                                 line.finished ? "" : "+"));
  }
  return lines;
}

// The matches as "LINE: BEGIN..END to KNOWN_END".
std::vector<std::string> Expected(const MatchOracle& oracle,
                                  const std::string& file,
                                  const std::vector<FilePiece>& pieces,
                                  FileEnd end = FileEnd::kOpen) {
  std::vector<std::string> matches;
  for (const LineMatch& match : oracle.Expect(file, pieces, end)) {
    matches.push_back(absl::StrCat(match.line, ": ", match.match_begin, "..",
                                   match.match_end, " to ", match.known_end));
  }
  return matches;
}

constexpr PieceUse kScan = PieceUse::kScan;
constexpr PieceUse kSkip = PieceUse::kSkip;

TEST(SplitLines, TakesTerminatorsAndLeadingNulsAway) {
  EXPECT_THAT(Split(""), IsEmpty());
  EXPECT_THAT(Split("\n\r\n\r\r\na\n"),
              ElementsAre("1@0: ", "2@1: ", "3@3: \r", "4@6: a"));
  EXPECT_THAT(Split(std::string("\0\0a\0\n\0\n\0b\r", 10)),
              ElementsAre(std::string("1@2: a\0", 7), "2@6: ", "3@8: b\r+"));
  EXPECT_THAT(Split(std::string("a\n\0\0", 4)), ElementsAre("1@0: a"));
}

TEST(MatchOracle, ReportsALiteralWhenItIsComplete) {
  const MatchOracle oracle({"ab"}, kLiteral);
  EXPECT_THAT(Expected(oracle, "xabx\nab", {{7, kScan}}),
              ElementsAre("1: 1..3 to 4", "2: 5..7 to 7"));
  EXPECT_THAT(
      Expected(oracle, "xabx\nab", {{2, kScan}, {3, kScan}, {7, kScan}}),
      ElementsAre("1: 1..3 to 3", "2: 5..7 to 7"));
}

TEST(MatchOracle, ReportsALiteralThatEndsWithCrOneByteLater) {
  const MatchOracle oracle({"a\r"}, kLiteral);
  EXPECT_THAT(Expected(oracle, "a\r", {{2, kScan}}), IsEmpty());
  EXPECT_THAT(Expected(oracle, "a\r\n", {{2, kScan}, {3, kScan}}), IsEmpty());
  EXPECT_THAT(Expected(oracle, "a\r", {{2, kScan}}, FileEnd::kFinal),
              ElementsAre("1: 0..2 to 2"));
  EXPECT_THAT(Expected(oracle, "a\rb", {{2, kSkip}, {3, kScan}}),
              ElementsAre("1: 0..2 to 3"));
}

TEST(MatchOracle, DoesNotCountWhatIsCompleteInASkippedPiece) {
  const MatchOracle oracle({"aa"}, kLiteral);
  EXPECT_THAT(Expected(oracle, "aaxaa", {{2, kSkip}, {5, kScan}}),
              ElementsAre("1: 3..5 to 5"));
  EXPECT_THAT(Expected(oracle, "aaa", {{2, kSkip}, {3, kScan}}),
              ElementsAre("1: 1..3 to 3"));
}

TEST(MatchOracle, JudgesAnExpressionOnTheWholeLine) {
  const MatchOracle oracle({"b$"}, kRegex);
  EXPECT_THAT(Expected(oracle, "ab\r\n", {{2, kScan}, {3, kScan}}), IsEmpty());
  EXPECT_THAT(Expected(oracle, "ab\r\n", {{2, kScan}, {4, kScan}}),
              ElementsAre("1: 1..2 to 2"));
  EXPECT_THAT(Expected(oracle, "ab", {{2, kScan}}, FileEnd::kFinal),
              ElementsAre("1: 1..2 to 2"));
  EXPECT_THAT(Expected(oracle, "ab\n", {{3, kSkip}, {3, kScan}}), IsEmpty());
}

TEST(MatchOracle, KnowsEveryHitThatSomeWayOfCuttingGives) {
  const MatchOracle oracle({"abc", "b"}, kLiteral);
  EXPECT_TRUE(oracle.MayBeReported("abcb", Hit{0, 3, 0}));
  EXPECT_TRUE(oracle.MayBeReported("abcb", Hit{1, 2, 1})) << "cut after ab";
  EXPECT_FALSE(oracle.MayBeReported("abcb", Hit{3, 4, 1}));
}

TEST(MatchOracle, ComparesAndPrintsAllOfAMatch) {
  LineMatch match;
  EXPECT_TRUE(match == LineMatch());
  match.judged_in_part = true;
  EXPECT_FALSE(match == LineMatch());
  std::ostringstream text;
  text << match;
  EXPECT_EQ(text.str(),
            "{line 0 from 0, magic 0 at 0..0, known to 0, judged in part}");
}

}  // namespace
}  // namespace dirwatcher
