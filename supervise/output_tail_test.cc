#include "supervise/output_tail.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

TEST(OutputTail, PutsLinesInTheOrderInWhichTheyEnded) {
  OutputTail tail;
  tail.Append(OutputTail::kOutput, "one\ntw");
  tail.Append(OutputTail::kError, "oops\n");
  tail.Append(OutputTail::kOutput, "o\n");
  EXPECT_EQ(tail.Text(), "one\noops\ntwo\n");
}

TEST(OutputTail, UnfinishedLinesCountAndAreNotForgotten) {
  OutputTail tail({2, 1000});
  tail.Append(OutputTail::kOutput, "one\ntwo");
  tail.Append(OutputTail::kError, "what?");
  EXPECT_EQ(tail.Text(), "two\nwhat?\n");
  tail.Append(OutputTail::kError, " no\n");
  EXPECT_EQ(tail.Text(), "what? no\ntwo\n");
}

TEST(OutputTail, OfNothingIsNothing) {
  EXPECT_EQ(OutputTail().Text(), "");
  OutputTail none({0, 1000});
  none.Append(OutputTail::kOutput, "one\ntwo");
  EXPECT_EQ(none.Text(), "");
}

TEST(OutputTail, KeepsFiftyLinesAndEmptyOnesToo) {
  OutputTail tail;
  for (int i = 0; i < 30; ++i) {
    tail.Append(OutputTail::kOutput, absl::StrCat(i, "\n\n"));
  }
  std::string expected;
  for (int i = 5; i < 30; ++i) absl::StrAppend(&expected, i, "\n\n");
  EXPECT_EQ(tail.Text(), expected);
}

TEST(OutputTail, ALineThatIsTooLongKeepsItsEndAndSaysSo) {
  OutputTail tail;
  tail.Append(OutputTail::kOutput, "before\n");
  for (int i = 0; i < 1000; ++i) {
    tail.Append(OutputTail::kOutput, std::string(1000, 'x'));
  }
  tail.Append(OutputTail::kOutput, "end\nafter\n");
  const std::string text = tail.Text();
  EXPECT_EQ(text.size(), 64 * 1024 + OutputTail::kCutMark.size());
  EXPECT_TRUE(absl::StartsWith(text, "[...]xxx"));
  EXPECT_TRUE(absl::EndsWith(text, "xxxend\nafter\n"));
}

TEST(OutputTail, ACutLineBeginsWithAWholeCharacter) {
  OutputTail tail({10, 6});
  tail.Append(OutputTail::kOutput, "\u00E4\u00E4\u00E4\u00E4\n");
  EXPECT_EQ(tail.Text(), "[...]\u00E4\u00E4\n");
}

}  // namespace
}  // namespace dirwatcher
