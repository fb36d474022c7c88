#include "dirwatch/append_scanner.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "dirwatch/line_matcher.h"
#include "dirwatch/match_oracle.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int64_t kJudged = AppendScanner::kJudgedBytes;

// A scanner with the file that it has seen so far.
class Scanning {
 public:
  explicit Scanning(std::vector<std::string> magics,
                    MagicSyntax syntax = MagicSyntax::kLiteral)
      : matcher_(*LineMatcher::Create(std::move(magics),
                                      {syntax, CaseRule::kExact})),
        scanner_(&matcher_) {}

  // Scans the file with `bytes` appended. Returns "LINE@START: TEXT" for each
  // match, the text being what was found.
  std::vector<std::string> Append(absl::string_view bytes) {
    file_.append(bytes.data(), bytes.size());
    return Collect([&](AppendScanner::MatchCallback on_match) {
      scanner_.Scan(file_.substr(scanner_.ResumeOffset(state_)), &state_,
                    on_match);
    });
  }

  void Skip(absl::string_view bytes) {
    file_.append(bytes.data(), bytes.size());
    scanner_.Skip(bytes, &state_);
  }

  std::vector<std::string> Finish() {
    return Collect([&](AppendScanner::MatchCallback on_match) {
      scanner_.Finish(file_.substr(scanner_.ResumeOffset(state_)), &state_,
                      on_match);
    });
  }

  bool needs_finish() const { return scanner_.NeedsFinish(state_); }
  int64_t bytes_seen_again() const {
    return state_.offset_bytes - scanner_.ResumeOffset(state_);
  }
  int64_t max_resume_bytes() const { return scanner_.max_resume_bytes(); }
  const ScanState& state() const { return state_; }
  // Of the last call that found something.
  const LineMatch& last_match() const { return last_match_; }

 private:
  template <typename Scan>
  std::vector<std::string> Collect(Scan scan) {
    std::vector<std::string> found;
    scan([&](const LineMatch& match) {
      last_match_ = match;
      found.push_back(
          absl::StrCat(match.line, "@", match.line_start, ": ",
                       file_.substr(match.match_begin,
                                    match.match_end - match.match_begin)));
    });
    return found;
  }

  const LineMatcher matcher_;
  const AppendScanner scanner_;
  ScanState state_;
  std::string file_;
  LineMatch last_match_;
};

std::string Nuls(size_t count) { return std::string(count, '\0'); }

TEST(AppendScanner, NumbersLinesFromOneAndNamesWhereTheyStart) {
  Scanning scanning({"x"});
  EXPECT_THAT(scanning.Append("x\n\nan x\nno\nx"),
              ElementsAre("1@0: x", "3@3: x", "5@11: x"));
}

TEST(AppendScanner, ReportsALineOnceHoweverOftenTheMagicStandsInIt) {
  Scanning scanning({"x", "y"});
  EXPECT_THAT(scanning.Append("x y x"), ElementsAre("1@0: x"));
  EXPECT_THAT(scanning.Append(" x y"), IsEmpty());
  EXPECT_THAT(scanning.Append("x\nx x\n"), ElementsAre("2@11: x"));
}

TEST(AppendScanner, FindsMagicSplitOverThreeAppends) {
  Scanning scanning({"magic"});
  EXPECT_THAT(scanning.Append("a ma"), IsEmpty());
  EXPECT_THAT(scanning.Append("gi"), IsEmpty());
  EXPECT_THAT(scanning.Append("c"), ElementsAre("1@0: magic"));
  EXPECT_THAT(scanning.Append(" more\nmagic"), ElementsAre("2@13: magic"));
}

TEST(AppendScanner, FindsNoMagicAcrossALineEnd) {
  Scanning scanning({"ab"});
  EXPECT_THAT(scanning.Append("a\nb"), IsEmpty());
  EXPECT_THAT(scanning.Append("a"), IsEmpty());
  EXPECT_THAT(scanning.Append("\r\nb"), IsEmpty());
}

TEST(AppendScanner, SeesAgainOnlyWhatAMagicMayHaveBegunIn) {
  Scanning scanning({"magic"});
  EXPECT_EQ(scanning.max_resume_bytes(), 4);
  scanning.Append("a long line without it");
  EXPECT_EQ(scanning.bytes_seen_again(), 4);
  scanning.Append("\nab");
  EXPECT_EQ(scanning.bytes_seen_again(), 2) << "no more than the line has";
  scanning.Append("magic and what follows");
  EXPECT_EQ(scanning.bytes_seen_again(), 0) << "the line is done";
  scanning.Append("\n");
  EXPECT_EQ(scanning.bytes_seen_again(), 0);
}

TEST(AppendScanner, KeepsTheTerminatorOutOfTheText) {
  Scanning scanning({"x"});
  scanning.Append("x\r\n");
  EXPECT_EQ(scanning.last_match().known_end, 1);
  scanning.Append("x\n");
  EXPECT_EQ(scanning.last_match().known_end, 4);
  scanning.Append("x\r\r\n");
  EXPECT_EQ(scanning.last_match().known_end, 7) << "only one belongs to it";
}

TEST(AppendScanner, DoesNotEndALineAtALoneCarriageReturn) {
  Scanning scanning({"x"});
  EXPECT_THAT(scanning.Append("a\rb\rx\n"), ElementsAre("1@0: x"));
}

TEST(AppendScanner, HoldsACarriageReturnBackUntilItIsKnownToBeText) {
  Scanning scanning({"a\r"});
  EXPECT_THAT(scanning.Append("a\r"), IsEmpty());
  EXPECT_THAT(scanning.Append("b"), ElementsAre("1@0: a\r"));
  EXPECT_THAT(scanning.Append("\na\r"), IsEmpty());
  EXPECT_THAT(scanning.Append("\n"), IsEmpty()) << "part of the terminator";
  EXPECT_THAT(scanning.Append("a\r"), IsEmpty());
  EXPECT_TRUE(scanning.needs_finish());
  EXPECT_THAT(scanning.Finish(), ElementsAre("3@7: a\r"));
  EXPECT_FALSE(scanning.needs_finish());
}

TEST(AppendScanner, FindsAnotherMagicWhereOneReachesIntoTheTerminator) {
  Scanning scanning({"b\r", "c"});
  EXPECT_THAT(scanning.Append("c b\r\nb\r\n"), ElementsAre("1@0: c"));
  EXPECT_THAT(scanning.Append("b\r c\n"), ElementsAre("3@8: b\r"));
  EXPECT_THAT(Scanning({"b\r", "b"}).Append("b\r\n"), ElementsAre("1@0: b"));
}

TEST(AppendScanner, SkipsNulsThatBeginALine) {
  Scanning scanning({"x"});
  EXPECT_THAT(scanning.Append(absl::StrCat("a\n", Nuls(10), "x\n")),
              ElementsAre("2@12: x"));
}

TEST(AppendScanner, SkipsNulsThatArriveInPieces) {
  Scanning scanning({"x"});
  EXPECT_THAT(scanning.Append(Nuls(3)), IsEmpty());
  EXPECT_THAT(scanning.Append(Nuls(4)), IsEmpty());
  EXPECT_EQ(scanning.state().line_start, 7);
  EXPECT_EQ(scanning.bytes_seen_again(), 0);
  EXPECT_THAT(scanning.Append(absl::StrCat(Nuls(1), "x")),
              ElementsAre("1@8: x"));
}

TEST(AppendScanner, TakesNulsWithinALineAsText) {
  Scanning scanning({std::string("a\0b", 3)});
  EXPECT_THAT(scanning.Append(std::string("xa\0", 3)), IsEmpty());
  EXPECT_THAT(scanning.Append("b"),
              ElementsAre(absl::StrCat("1@0: a", Nuls(1), "b")));
}

TEST(AppendScanner, CountsALineOfNulsOnly) {
  Scanning scanning({"x"});
  EXPECT_THAT(scanning.Append(absl::StrCat(Nuls(2), "\n", Nuls(2), "\r\nx")),
              ElementsAre("3@7: x"));
}

TEST(AppendScanner, ScansNothingWithoutHarm) {
  for (const MagicSyntax syntax :
       {MagicSyntax::kLiteral, MagicSyntax::kRegex}) {
    Scanning scanning({"x"}, syntax);
    EXPECT_THAT(scanning.Append(""), IsEmpty());
    EXPECT_EQ(scanning.state(), ScanState());
    EXPECT_FALSE(scanning.needs_finish());
    EXPECT_THAT(scanning.Finish(), IsEmpty());
  }
}

TEST(AppendScannerSkip, CountsLinesWithoutSearchingThem) {
  Scanning scanning({"x"});
  scanning.Skip("x\nx\nx");
  EXPECT_EQ(scanning.state().line, 3);
  EXPECT_THAT(scanning.Append("\nx\n"), ElementsAre("4@6: x"));
}

TEST(AppendScannerSkip, FindsWhatEndsInWhatFollows) {
  Scanning scanning({"magic"});
  scanning.Skip("a\nma");
  EXPECT_THAT(scanning.Append("gic\n"), ElementsAre("2@2: magic"));
}

TEST(AppendScannerSkip, DoesNotFindWhatLiesWhollyBeforeIt) {
  Scanning scanning({"ab"});
  scanning.Skip("ab");
  EXPECT_THAT(scanning.Append("c"), IsEmpty());
  EXPECT_THAT(scanning.Append("d"), IsEmpty());
  EXPECT_THAT(scanning.Append("ab"), ElementsAre("1@0: ab"));
  EXPECT_EQ(scanning.last_match().match_begin, 4);
}

TEST(AppendScannerSkip, DoesNotFindWhatIsSeenAgainForALongerMagic) {
  Scanning scanning({"ab", "longer magic"});
  scanning.Skip("xab");
  EXPECT_EQ(scanning.bytes_seen_again(), 3);
  EXPECT_THAT(scanning.Append("c"), IsEmpty());
  EXPECT_THAT(scanning.Append("d"), IsEmpty());
}

TEST(AppendScannerSkip, FindsTheLaterOfTwoThatOverlap) {
  Scanning scanning({"aa"});
  scanning.Skip("aa");
  EXPECT_THAT(scanning.Append("a"), ElementsAre("1@0: aa"));
  EXPECT_EQ(scanning.last_match().match_begin, 1);
}

TEST(AppendScannerSkip, LeavesALineThatIsReportedReported) {
  Scanning scanning({"x"});
  EXPECT_THAT(scanning.Append("x"), ElementsAre("1@0: x"));
  scanning.Skip("ab");
  EXPECT_THAT(scanning.Append("x"), IsEmpty());
}

TEST(AppendScannerSkip, SkipsNulsThatBeginALine) {
  Scanning scanning({"x"});
  scanning.Skip(Nuls(2));
  scanning.Skip(absl::StrCat(Nuls(1), "\n", Nuls(2)));
  EXPECT_THAT(scanning.Append(absl::StrCat(Nuls(1), "x")),
              ElementsAre("2@7: x"));

  Scanning another({"x"});
  another.Skip(Nuls(3));
  EXPECT_THAT(another.Append("x"), ElementsAre("1@3: x"));
}

TEST(AppendScannerRegex, JudgesALineWhenItIsFinished) {
  Scanning scanning({"a.*b$"}, MagicSyntax::kRegex);
  EXPECT_THAT(scanning.Append("a b"), IsEmpty());
  EXPECT_THAT(scanning.Append("c b"), IsEmpty());
  EXPECT_THAT(scanning.Append("\r"), IsEmpty());
  EXPECT_THAT(scanning.Append("\n"), ElementsAre("1@0: a bc b"));
  EXPECT_THAT(scanning.Append("a b c\n"), IsEmpty());
}

TEST(AppendScannerRegex, JudgesTheUnfinishedLineWhenNothingFollows) {
  Scanning scanning({"b$"}, MagicSyntax::kRegex);
  EXPECT_THAT(scanning.Append("ab"), IsEmpty());
  EXPECT_TRUE(scanning.needs_finish());
  EXPECT_THAT(scanning.Finish(), ElementsAre("1@0: b"));
  EXPECT_FALSE(scanning.needs_finish());
}

TEST(AppendScannerRegex, JudgesEmptyLinesToo) {
  Scanning scanning({"^$"}, MagicSyntax::kRegex);
  EXPECT_THAT(scanning.Append("\n\r\na\n"), ElementsAre("1@0: ", "2@1: "));
  EXPECT_FALSE(scanning.needs_finish()) << "no line has begun";
}

TEST(AppendScannerRegex, JudgesTheSkippedBeginningOfALineWithItsRest) {
  Scanning scanning({"a.b"}, MagicSyntax::kRegex);
  scanning.Skip("a-b\na-");
  EXPECT_THAT(scanning.Append("b\n"), ElementsAre("2@4: a-b"));
}

TEST(AppendScannerRegex, DoesNotJudgeALineOfWhichTooMuchWasSkipped) {
  Scanning scanning({"a"}, MagicSyntax::kRegex);
  scanning.Skip(std::string(kJudged, 'a'));
  EXPECT_EQ(scanning.bytes_seen_again(), kJudged);
  scanning.Skip("a");
  EXPECT_EQ(scanning.bytes_seen_again(), 0);
  EXPECT_THAT(scanning.Append("a\na\n"), ElementsAre("2@1048579: a"));
}

// A line of just about the length up to which it is judged, with what is looked
// for as its last bytes or before; cut at all the places that could matter.
TEST(AppendScannerRegex, JudgesALongLineAlikeHoweverItIsCut) {
  for (const std::string terminator : {"\n", "\r\n"}) {
    for (int64_t length = kJudged - 1; length <= kJudged + 3; ++length) {
      for (const int64_t at : {kJudged - 2, kJudged - 1, kJudged, length - 1}) {
        if (at >= length) continue;
        std::string line(length, '-');
        line[at] = 'x';
        const std::string file = absl::StrCat("\n", line, terminator, "x\n");
        const bool found = at < kJudged;
        for (const int64_t first : {kJudged - 1, kJudged + 1}) {
          Scanning scanning({"x"}, MagicSyntax::kRegex);
          std::vector<std::string> matches =
              scanning.Append(absl::string_view(file).substr(0, first));
          for (size_t i = first; i < file.size(); ++i) {
            for (std::string& match :
                 scanning.Append(absl::string_view(file).substr(i, 1))) {
              if (match == "2@1: x") {
                EXPECT_EQ(scanning.last_match().judged_in_part,
                          length > kJudged);
              }
              matches.push_back(std::move(match));
            }
            ASSERT_LE(scanning.bytes_seen_again(), scanning.max_resume_bytes());
          }
          EXPECT_EQ(matches.size(), found ? 2u : 1u)
              << length << " bytes, at " << at << ", cut at " << first;
        }
      }
    }
  }
}

TEST(AppendScannerRegex, NeedsNoMoreOfALineThatIsJudgedInPart) {
  Scanning scanning({"x$"}, MagicSyntax::kRegex);
  std::string line(kJudged + 2, '-');
  line[kJudged - 1] = 'x';
  EXPECT_THAT(scanning.Append(line), ElementsAre("1@0: x"));
  EXPECT_TRUE(scanning.last_match().judged_in_part);
  EXPECT_EQ(scanning.bytes_seen_again(), 0);
  EXPECT_FALSE(scanning.needs_finish());
  EXPECT_THAT(scanning.Append("x\n"), IsEmpty());
}

TEST(AppendScanner, FindsALiteralAnywhereInALineLongerThanAnyLimit) {
  Scanning scanning({"magic"});
  scanning.Append(std::string(2 * kJudged, '-'));
  EXPECT_EQ(scanning.bytes_seen_again(), 4);
  EXPECT_THAT(scanning.Append("magic"), ElementsAre("1@0: magic"));
  EXPECT_FALSE(scanning.last_match().judged_in_part);
}

// --- lines that are scanned apart -------------------------------------------

// "BEGIN-END LINES:" and "LINE@START" for each match of what is found of the
// magic "x" in `bytes` that stand at offset 100.
std::vector<std::string> LinesApart(MagicSyntax syntax, absl::string_view bytes,
                                    size_t max_matches, ScannedLines* found) {
  const LineMatcher matcher =
      *LineMatcher::Create({"x"}, {syntax, CaseRule::kExact});
  AppendScanner(&matcher).ScanLines(bytes, 100, max_matches, found);
  std::vector<std::string> result = {
      absl::StrCat(found->begin, "-", found->end, " ", found->lines, ":")};
  for (const LineMatch& match : found->matches) {
    result.push_back(absl::StrCat(match.line, "@", match.line_start));
  }
  return result;
}

TEST(AppendScannerScanLines, FindsWhatIsInWholeLinesAndCallsTheFirstZero) {
  for (const MagicSyntax syntax :
       {MagicSyntax::kLiteral, MagicSyntax::kRegex}) {
    ScannedLines found;
    EXPECT_THAT(LinesApart(syntax, "x\nx1\nno\nan x\nx", 9, &found),
                ElementsAre("102-113 3:", "0@102", "2@108"));
    EXPECT_THAT(LinesApart(syntax, "\n\n\nx\n", 9, &found),
                ElementsAre("101-105 3:", "2@103"));
    EXPECT_THAT(
        LinesApart(syntax, absl::StrCat("\n", Nuls(3), "x\n"), 9, &found),
        ElementsAre("101-106 1:", "0@104"));
  }
}

TEST(AppendScannerScanLines, FindsNothingWhereNoLineBothBeginsAndEnds) {
  for (const MagicSyntax syntax :
       {MagicSyntax::kLiteral, MagicSyntax::kRegex}) {
    ScannedLines found;
    LinesApart(syntax, "\nx\nx\n", 9, &found);
    EXPECT_THAT(LinesApart(syntax, "xx", 9, &found), ElementsAre("100-100 0:"));
    LinesApart(syntax, "\nx\nx\n", 9, &found);
    EXPECT_THAT(LinesApart(syntax, "", 9, &found), ElementsAre("100-100 0:"));
    LinesApart(syntax, "\nx\nx\n", 9, &found);
    EXPECT_THAT(LinesApart(syntax, "x\nx", 9, &found),
                ElementsAre("102-102 0:"));
  }
}

TEST(AppendScannerScanLines, EndsWithTheLineOfTheLastMatchThatIsWanted) {
  for (const MagicSyntax syntax :
       {MagicSyntax::kLiteral, MagicSyntax::kRegex}) {
    ScannedLines found;
    const char bytes[] = "\nno\nx\nx and x\nno\nx\nno\n";
    EXPECT_THAT(LinesApart(syntax, bytes, 1, &found),
                ElementsAre("101-106 2:", "1@104"));
    EXPECT_THAT(LinesApart(syntax, bytes, 2, &found),
                ElementsAre("101-114 3:", "1@104", "2@106"));
    EXPECT_THAT(LinesApart(syntax, bytes, 3, &found),
                ElementsAre("101-119 5:", "1@104", "2@106", "4@117"));
    EXPECT_THAT(LinesApart(syntax, bytes, 4, &found),
                ElementsAre("101-122 6:", "1@104", "2@106", "4@117"));
  }
}

}  // namespace
}  // namespace dirwatcher
