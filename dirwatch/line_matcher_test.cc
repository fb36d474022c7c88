#include "dirwatch/line_matcher.h"

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr LineMatcherOptions kLiteral{MagicSyntax::kLiteral, CaseRule::kExact};
constexpr LineMatcherOptions kRegex{MagicSyntax::kRegex, CaseRule::kExact};

LineMatcher Make(std::vector<std::string> magics,
                 const LineMatcherOptions& options = kLiteral) {
  auto matcher = LineMatcher::Create(std::move(magics), options);
  EXPECT_TRUE(matcher.ok()) << matcher.status();
  return *std::move(matcher);
}

// The hit as {begin, end, magic}; empty: none.
std::vector<size_t> AsList(const absl::optional<Hit>& hit) {
  if (!hit.has_value()) return {};
  return {hit->begin, hit->end, hit->magic};
}

std::string Refusal(std::vector<std::string> magics,
                    const LineMatcherOptions& options) {
  const absl::Status status =
      LineMatcher::Create(std::move(magics), options).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

TEST(LineMatcherCreate, RefusesToLookForNothing) {
  for (const auto& options : {kLiteral, kRegex}) {
    EXPECT_EQ(Refusal({}, options), "there is no magic");
    EXPECT_EQ(Refusal({"a", ""}, options), "magic \"\" is empty");
  }
}

TEST(LineMatcherCreate, RefusesAMagicThatNoLineCanContain) {
  for (const auto& options : {kLiteral, kRegex}) {
    EXPECT_EQ(Refusal({"a\nb"}, options), "magic \"a\\nb\" contains a newline");
    EXPECT_EQ(Refusal({std::string("\0a", 2)}, options),
              "magic \"\\x00\\x61\" begins with a NUL byte");
  }
}

TEST(LineMatcherCreate, RefusesABadExpressionAndQuotesIt) {
  const std::string refusal = Refusal({"fine", "b(ad"}, kRegex);
  EXPECT_THAT(refusal, HasSubstr("magic \"b(ad\" is no regular expression: "));
  EXPECT_THAT(refusal, HasSubstr("missing"));
}

TEST(LineMatcherCreate, TakesABadExpressionAsALiteral) {
  EXPECT_THAT(AsList(Make({"b(ad"}).FirstIn("a b(ad day")),
              ElementsAre(2, 6, 0));
}

TEST(LineMatcherFirstIn, TakesWhatBeginsFirstWhicheverMagicItIs) {
  const LineMatcher matcher = Make({"late", "early"});
  EXPECT_THAT(AsList(matcher.FirstIn("an early and a late one")),
              ElementsAre(3, 8, 1));
}

TEST(LineMatcherFirstIn, TakesTheMagicNamedFirstOfThoseThatBeginTogether) {
  EXPECT_THAT(AsList(Make({"abc", "ab"}).FirstIn("xabc")),
              ElementsAre(1, 4, 0));
  EXPECT_THAT(AsList(Make({"ab", "abc"}).FirstIn("xabc")),
              ElementsAre(1, 3, 0));
  EXPECT_THAT(AsList(Make({"b+", "b"}, kRegex).FirstIn("xbb")),
              ElementsAre(1, 3, 0));
}

TEST(LineMatcherFirstIn, PassesOverWhatEndsTooEarly) {
  const LineMatcher matcher = Make({"abab", "b"});
  EXPECT_THAT(AsList(matcher.FirstIn("ababab", 2)), ElementsAre(0, 4, 0));
  EXPECT_THAT(AsList(matcher.FirstIn("ababab", 4)), ElementsAre(0, 4, 0));
  EXPECT_THAT(AsList(matcher.FirstIn("ababab", 5)), ElementsAre(2, 6, 0));
  EXPECT_THAT(AsList(Make({"b"}).FirstIn("ab", 3)), ElementsAre());
}

TEST(LineMatcherFirstIn, IgnoresTheMinimumForExpressions) {
  EXPECT_THAT(AsList(Make({"a"}, kRegex).FirstIn("ab", 2)),
              ElementsAre(0, 1, 0));
}

TEST(LineMatcherFirstIn, ExpressionsSeeTheLineAsTheWholeText) {
  EXPECT_THAT(AsList(Make({"^b"}, kRegex).FirstIn("ab")), ElementsAre());
  EXPECT_THAT(AsList(Make({"b$"}, kRegex).FirstIn("ab")), ElementsAre(1, 2, 0));
  EXPECT_THAT(AsList(Make({"^$"}, kRegex).FirstIn("")), ElementsAre(0, 0, 0));
}

TEST(LineMatcherFirstIn, IgnoresCaseOnDemandOnly) {
  const LineMatcherOptions any_case_literal{MagicSyntax::kLiteral,
                                            CaseRule::kIgnoreAscii};
  const LineMatcherOptions any_case_regex{MagicSyntax::kRegex,
                                          CaseRule::kIgnoreAscii};
  EXPECT_THAT(AsList(Make({"Ab"}).FirstIn("aB")), ElementsAre());
  EXPECT_THAT(AsList(Make({"Ab"}, kRegex).FirstIn("aB")), ElementsAre());
  EXPECT_THAT(AsList(Make({"Ab"}, any_case_literal).FirstIn("aB")),
              ElementsAre(0, 2, 0));
  EXPECT_THAT(AsList(Make({"Ab"}, any_case_regex).FirstIn("aB")),
              ElementsAre(0, 2, 0));
}

TEST(LineMatcher, SeesAgainAllButTheLastByteOfTheLongestLiteral) {
  EXPECT_EQ(Make({"a"}).overlap_bytes(), 0u);
  EXPECT_EQ(Make({"abc", "abcde", "a"}).overlap_bytes(), 4u);
}

TEST(LineMatcher, SeesAgainAllOfALiteralThatEndsWithACarriageReturn) {
  EXPECT_FALSE(Make({"a\rb"}).may_end_with_cr());
  EXPECT_TRUE(Make({"b", "a\r"}).may_end_with_cr());
  EXPECT_EQ(Make({"b", "a\r"}).overlap_bytes(), 2u);
  EXPECT_EQ(Make({"abcd", "a\r"}).overlap_bytes(), 3u);
}

TEST(LineMatcher, JudgesWholeLinesOnlyWithExpressions) {
  EXPECT_FALSE(Make({"a"}).judges_whole_lines());
  EXPECT_TRUE(Make({"a"}, kRegex).judges_whole_lines());
}

TEST(LineMatcher, NamesItsMagicsInTheirOrder) {
  EXPECT_THAT(Make({"b", "a"}).magics(), ElementsAre("b", "a"));
  EXPECT_THAT(Make({"b", "a"}, kRegex).magics(), ElementsAre("b", "a"));
}

TEST(LineMatcher, TheNextCandidateOfLiteralsIsTheFirstOccurrence) {
  const LineMatcher matcher = Make({"bab", "ab"});
  const auto next = [&matcher](size_t from) {
    const TextHit hit = matcher.NextCandidate("xa\nbxbab", from);
    return std::make_tuple(hit.begin, hit.literal, hit.newlines);
  };
  EXPECT_EQ(next(0), std::make_tuple(5, 0, 1));
  EXPECT_EQ(next(3), std::make_tuple(5, 0, 0));
  EXPECT_EQ(next(6), std::make_tuple(6, 1, 0));
  EXPECT_EQ(next(7), std::make_tuple(TextHit::npos, 0, 0));
}

TEST(LineMatcher, RegexesSkipLinesWithoutALiteralTheyNeed) {
  const LineMatcher matcher = Make({"time[sd] out", "[0-9]+ errors"}, kRegex);
  const std::string text = "fine\n7 Errors\ntimed out\n";
  EXPECT_EQ(matcher.NextCandidate(text, 0).newlines, 1u);
  EXPECT_EQ(matcher.NextCandidate(text, 14).newlines, 0u);
  EXPECT_EQ(matcher.NextCandidate(text, 24).begin, TextHit::npos);
}

TEST(LineMatcher, LettersThatFoldToAsciiAreFoundInARegex) {
  const LineMatcherOptions folds{MagicSyntax::kRegex, CaseRule::kIgnoreAscii};
  const std::string kelvin = "a \u212Aelvin one";
  const std::string text = "fine\npa\u017F\u017Fword\n" + kelvin;
  for (const std::string magic : {"kelvin", "password", "(kelvin|disk)"}) {
    for (const std::string& regex : {magic, "(?i)" + magic}) {
      const LineMatcher matcher =
          Make({regex}, regex == magic ? folds : kRegex);
      EXPECT_EQ(matcher.NextCandidate(text, 0).begin, 0u) << regex;
    }
  }
  for (const std::string regex :
       {"\u212Aelvin", "[K\u212A]elvin", "\\x{212A}elvin", "\\x{17F}end"}) {
    const LineMatcher matcher = Make({regex}, kRegex);
    EXPECT_EQ(matcher.NextCandidate(kelvin, 0).begin, 0u) << regex;
  }
  EXPECT_EQ(Make({"disk (full|slow)"}, kRegex).NextCandidate(kelvin, 0).begin,
            TextHit::npos)
      << "in this one no other letter can";
}

TEST(LineMatcher, RegexesThatNeedNoLiteralSkipNothing) {
  for (const std::string other : {"[0-9]{3}", "\xc3\xa4gypten", "x|timed"}) {
    const LineMatcher matcher = Make({"timed out", other}, kRegex);
    EXPECT_EQ(matcher.NextCandidate("fine\nfine\n", 3).begin, 3u) << other;
    EXPECT_EQ(matcher.NextCandidate("fine\nfine\n", 3).newlines, 0u);
  }
}

}  // namespace
}  // namespace dirwatcher
