#include "dirwatch/match_text.h"

#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

// The window of `max_bytes` as a text, in a file whose line stands in (...) and
// whose match stands in [...] within that.
std::string Window(absl::string_view marked, int64_t max_bytes) {
  std::string file;
  LineMatch match;
  for (const char c : marked) {
    const auto at = static_cast<int64_t>(file.size());
    if (c == '(') match.line_start = at;
    if (c == '[') match.match_begin = at;
    if (c == ']') match.match_end = at;
    if (c == ')') match.known_end = at;
    if (absl::string_view("()[]").find(c) == absl::string_view::npos) {
      file.push_back(c);
    }
  }
  const ByteRange window = TextWindow(match, max_bytes);
  return file.substr(window.begin, window.size());
}

TEST(TextWindow, IsTheWholeLineWhereThatFits) {
  EXPECT_EQ(Window("...(ab[XX]cd)...", 6), "abXXcd");
  EXPECT_EQ(Window("...(ab[XX]cd)...", 100), "abXXcd");
}

TEST(TextWindow, ShowsAsMuchBeforeTheMatchAsAfterIt) {
  EXPECT_EQ(Window("(abcdef[XX]ghijkl)", 8), "defXXghi");
}

TEST(TextWindow, ShowsMoreOnOneSideWhereTheLineEndsOnTheOther) {
  EXPECT_EQ(Window("...(a[XX]bcdefghi)", 8), "aXXbcdef");
  EXPECT_EQ(Window("(abcdefgh[XX]i)...", 8), "defghXXi");
}

TEST(TextWindow, CutsAMatchThatDoesNotFitAtItsEnd) {
  EXPECT_EQ(Window("(ab[XYZ]cd)", 2), "XY");
  EXPECT_EQ(Window("(ab[XYZ])", 3), "XYZ");
  EXPECT_EQ(Window("([XYZ])", 1), "X");
}

TEST(TextWindow, ShowsTheSurroundingsOfAnEmptyMatch) {
  EXPECT_EQ(Window("(abcd[]efgh)", 4), "cdef");
  EXPECT_EQ(Window("([])", 4), "");
}

TEST(TrimCutCharacters, LeavesATextThatWasNotCutAlone) {
  const std::string broken = "\x84 \xF0\x9F";
  EXPECT_EQ(TrimCutCharacters(broken, CutSides::kNone), broken);
}

TEST(TrimCutCharacters, TakesAwayTheRestOfACharacterOnTheCutSideOnly) {
  const std::string text = "\x9F\x98\x80 a \xF0\x9F\x98";
  EXPECT_EQ(TrimCutCharacters(text, CutSides::kBefore), " a \xF0\x9F\x98");
  EXPECT_EQ(TrimCutCharacters(text, CutSides::kAfter), "\x9F\x98\x80 a ");
  EXPECT_EQ(TrimCutCharacters(text, CutSides::kBoth), " a ");
}

TEST(TrimCutCharacters, LeavesWholeCharactersAlone) {
  for (const std::string text : {"", "a", "\xC3\xA4", "\xE2\x82\xAC",
                                 "\xF0\x9F\x98\x80", "a\xF0\x9F\x98\x80"}) {
    EXPECT_EQ(TrimCutCharacters(text, CutSides::kBoth), text);
  }
}

TEST(TrimCutCharacters, TakesNoMoreThanACharacterCouldHaveLeft) {
  const std::string five = "\x80\x80\x80\x80\x80";
  EXPECT_EQ(TrimCutCharacters(five, CutSides::kBefore), "\x80\x80");
  EXPECT_EQ(TrimCutCharacters(five, CutSides::kAfter), five);
  EXPECT_EQ(TrimCutCharacters("\xC3\xA4\xA4", CutSides::kAfter),
            "\xC3\xA4\xA4");
}

TEST(TrimCutCharacters, TakesAwayATextThatLiesWithinOneCharacter) {
  EXPECT_EQ(TrimCutCharacters("\x9F\x98", CutSides::kBoth), "");
  EXPECT_EQ(TrimCutCharacters("\xF0\x9F\x98", CutSides::kAfter), "");
}

}  // namespace
}  // namespace dirwatcher
