#include "text/utf8.h"

#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

// The code point's UTF-8, written down from RFC 3629, section 3, without a
// check: also for values that may not be encoded.
std::string Encode(uint32_t c) {
  const auto tail = [c](int shift) {
    return static_cast<char>(0x80 | ((c >> shift) & 0x3F));
  };
  if (c < 0x80) return std::string(1, static_cast<char>(c));
  if (c < 0x800) return {static_cast<char>(0xC0 | c >> 6), tail(0)};
  if (c < 0x10000) return {static_cast<char>(0xE0 | c >> 12), tail(6), tail(0)};
  return {static_cast<char>(0xF0 | c >> 18), tail(12), tail(6), tail(0)};
}

TEST(Utf8, EveryCodePointIsValidButSurrogatesAndWhatLiesBeyondTheLast) {
  for (uint32_t c = 0; c < 0x120000; ++c) {
    const std::string text = Encode(c);
    const bool valid = c <= 0x10FFFF && !(c >= 0xD800 && c <= 0xDFFF);
    ASSERT_EQ(Utf8SequenceLength(text), valid ? text.size() : 0) << c;
    if (valid) {
      ASSERT_EQ(DecodeUtf8(text), c);
    }
  }
}

TEST(Utf8, SequenceLengthIgnoresWhatFollows) {
  EXPECT_EQ(Utf8SequenceLength("a\xFF"), 1);
  EXPECT_EQ(Utf8SequenceLength("\xC3\xA9\xFF"), 2);
  EXPECT_EQ(Utf8SequenceLength("\xE2\x82\xAC\xFF"), 3);
  EXPECT_EQ(Utf8SequenceLength("\xF0\x9F\x98\x80\xFF"), 4);
}

TEST(Utf8, NulIsACharacter) {
  EXPECT_EQ(Utf8SequenceLength(absl::string_view("\0", 1)), 1);
  EXPECT_TRUE(IsValidUtf8(absl::string_view("a\0b", 3)));
}

TEST(Utf8, IncompleteSequencesAreNotValid) {
  EXPECT_EQ(Utf8SequenceLength("\xC3"), 0);
  EXPECT_EQ(Utf8SequenceLength("\xE2\x82"), 0);
  EXPECT_EQ(Utf8SequenceLength("\xF0\x9F\x98"), 0);
}

TEST(Utf8, OverlongFormsAreNotValid) {
  EXPECT_FALSE(IsValidUtf8("\xC0\x80"));
  EXPECT_FALSE(IsValidUtf8("\xC1\xBF"));
  EXPECT_FALSE(IsValidUtf8("\xE0\x80\xAF"));
  EXPECT_FALSE(IsValidUtf8("\xE0\x9F\xBF"));
  EXPECT_FALSE(IsValidUtf8("\xF0\x8F\xBF\xBF"));
}

TEST(Utf8, TheEmptyTextIsValid) {
  EXPECT_TRUE(IsValidUtf8(""));
  EXPECT_EQ(Utf8ValidPrefixLength(""), 0);
}

TEST(Utf8, ValidPrefixEndsBeforeTheFirstBadByteWhereverItStands) {
  for (size_t before = 0; before < 40; ++before) {
    const std::string text =
        std::string(before, 'a') + "\xFF" + std::string(20, 'b');
    EXPECT_EQ(Utf8ValidPrefixLength(text), before);
  }
}

TEST(Utf8, ValidPrefixHoldsWholeCharactersOnly) {
  EXPECT_EQ(Utf8ValidPrefixLength("ab\xE2\x82"), 2);
}

// The three examples are tables 3-8, 3-9 and 3-11 of Unicode 15.
TEST(ReplaceInvalidUtf8, UsesOneReplacementForEachMaximalSubpart) {
  const std::string r = kUtf8Replacement;
  EXPECT_EQ(ReplaceInvalidUtf8("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41"),
            r + r + r + r + r + r + r + r + "A");
  EXPECT_EQ(ReplaceInvalidUtf8("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41"),
            r + r + r + r + r + r + r + r + "A");
  EXPECT_EQ(ReplaceInvalidUtf8("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41"),
            r + r + r + r + "A");
}

TEST(ReplaceInvalidUtf8, LeavesValidTextAsItIs) {
  const std::string text =
      "Gr\xC3\xBC\xC3\x9F"
      "e \xE2\x82\xAC \xF0\x9F\x98\x80 \xEF\xBF\xBD";
  EXPECT_EQ(ReplaceInvalidUtf8(text), text);
}

TEST(ReplaceInvalidUtf8, ReplacesASequenceCutOffByTheEndOnce) {
  EXPECT_EQ(ReplaceInvalidUtf8("a\xF0\x9F\x98"),
            std::string("a") + kUtf8Replacement);
}

}  // namespace
}  // namespace dirwatcher
