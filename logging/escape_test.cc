#include "logging/escape.h"

#include <string>

#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

TEST(EscapeForLog, LeavesPrintableAsciiAsItIsButTheBackslash) {
  for (char c = 0x20; c < 0x7F; ++c) {
    const std::string raw(1, c);
    EXPECT_EQ(EscapeForLog(raw), c == '\\' ? "\\\\" : raw);
  }
}

TEST(EscapeForLog, WritesTabAndLineEndsAsLetters) {
  EXPECT_EQ(EscapeForLog("a\tb\nc\rd"), "a\\tb\\nc\\rd");
}

TEST(EscapeForLog, WritesEveryOtherC0CharacterAndDelAsTwoHexDigits) {
  for (int c = 0; c < 0x20; ++c) {
    if (c == '\t' || c == '\n' || c == '\r') continue;
    EXPECT_EQ(EscapeForLog(std::string(1, static_cast<char>(c))),
              absl::StrFormat("\\x%02x", c));
  }
  EXPECT_EQ(EscapeForLog("\x7F"), "\\x7f");
}

TEST(EscapeForLog, TakesTheTeethOutOfATerminalSequence) {
  EXPECT_EQ(EscapeForLog("\x1B]0;owned\x07"), "\\x1b]0;owned\\x07");
}

TEST(EscapeForLog, TellsAC1CharacterFromItsRawByte) {
  EXPECT_EQ(EscapeForLog("\xC2\x9B"
                         "2J"),
            "\\u009b2J");
  EXPECT_EQ(EscapeForLog("\x9B"
                         "2J"),
            "\\x9b2J");
  EXPECT_EQ(EscapeForLog("\xC2\x80\xC2\x9F\xC2\xA0"), "\\u0080\\u009f\xC2\xA0");
}

TEST(EscapeForLog, EscapesLineSeparatorsAndDirectionalControls) {
  EXPECT_EQ(EscapeForLog("a\xE2\x80\xA8"
                         "b\xE2\x80\xA9"
                         "c"),
            "a\\u2028b\\u2029c");
  EXPECT_EQ(EscapeForLog("invoice\xE2\x80\xAE"
                         "txt.exe"),
            "invoice\\u202etxt.exe");
  EXPECT_EQ(EscapeForLog("\xD8\x9C\xE2\x80\x8E\xE2\x80\x8F\xE2\x81\xA6"
                         "\xE2\x81\xA9"),
            "\\u061c\\u200e\\u200f\\u2066\\u2069");
}

TEST(EscapeForLog, WritesEachInvalidByteOnItsOwn) {
  EXPECT_EQ(EscapeForLog("\xFF\xC0\x80"), "\\xff\\xc0\\x80");
  EXPECT_EQ(EscapeForLog("\xED\xA0\x80"), "\\xed\\xa0\\x80");  // a surrogate
  EXPECT_EQ(EscapeForLog("ab\xE2\x82"), "ab\\xe2\\x82");       // cut off
}

TEST(EscapeForLog, LeavesOtherUnicodeTextReadable) {
  const std::string text =
      "\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB";
  EXPECT_EQ(EscapeForLog(text), text);
}

TEST(EscapeForLog, NulDoesNotEndTheText) {
  EXPECT_EQ(EscapeForLog(absl::string_view("a\0b", 3)), "a\\x00b");
}

TEST(EscapeForLog, AHexDigitAfterAnEscapeIsNotTakenForAPartOfIt) {
  EXPECT_EQ(EscapeForLog("\x01"
                         "f"),
            "\\x01f");
}

TEST(AppendEscapedForLog, KeepsWhatIsThere) {
  std::string out = "x";
  AppendEscapedForLog("\n", &out);
  EXPECT_EQ(out, "x\\n");
}

}  // namespace
}  // namespace dirwatcher
