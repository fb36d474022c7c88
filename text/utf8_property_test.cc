#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "rapidcheck.h"
#include "rapidcheck/gtest.h"
#include "text/utf8.h"

namespace dirwatcher {
namespace {

// The oracle reads no table: it holds the set of all valid sequences, made by
// encoding every code point that may be encoded, and of all their prefixes.
class Oracle {
 public:
  static const Oracle& Get() {
    static const Oracle* const oracle = new Oracle;
    return *oracle;
  }

  size_t SequenceLength(absl::string_view text) const {
    for (size_t n = 1; n <= 4 && n <= text.size(); ++n) {
      if (valid_.count(Key(text.substr(0, n))) > 0) return n;
    }
    return 0;
  }

  size_t InvalidLength(absl::string_view text) const {
    size_t longest = 1;
    for (size_t n = 2; n <= 3 && n <= text.size(); ++n) {
      if (prefixes_.count(Key(text.substr(0, n))) > 0) longest = n;
    }
    return longest;
  }

 private:
  Oracle() {
    for (uint32_t c = 0; c <= 0x10FFFF; ++c) {
      if (c >= 0xD800 && c <= 0xDFFF) continue;
      std::string s;
      if (c < 0x80) {
        s = {static_cast<char>(c)};
      } else if (c < 0x800) {
        s = {static_cast<char>(0xC0 + c / 64), Tail(c)};
      } else if (c < 0x10000) {
        s = {static_cast<char>(0xE0 + c / 4096), Tail(c / 64), Tail(c)};
      } else {
        s = {static_cast<char>(0xF0 + c / 262144), Tail(c / 4096), Tail(c / 64),
             Tail(c)};
      }
      valid_.insert(valid_.end(), Key(s));
      for (size_t n = 1; n < s.size(); ++n) {
        prefixes_.insert(Key(absl::string_view(s).substr(0, n)));
      }
    }
  }

  static char Tail(uint32_t c) { return static_cast<char>(0x80 + c % 64); }

  // The bytes and their number as one integer, so that the sets stay small.
  static uint64_t Key(absl::string_view bytes) {
    uint64_t key = bytes.size();
    for (char c : bytes) key = key << 8 | static_cast<uint8_t>(c);
    return key;
  }

  std::set<uint64_t> valid_;
  std::set<uint64_t> prefixes_;
};

// Bytes in which valid, broken and cut sequences all occur: a uniform byte
// string hardly ever holds a character of four bytes.
rc::Gen<std::string> HostileText() {
  const auto piece = rc::gen::oneOf(
      rc::gen::container<std::string>(rc::gen::inRange<char>('a', 'z')),
      rc::gen::container<std::string>(rc::gen::arbitrary<char>()),
      rc::gen::elementOf(std::vector<std::string>{
          "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xED\x9F\xBF",
          "\xED\xA0\x80", "\xE0\x80", "\xF4\x8F\xBF\xBF", "\xF4\x90",
          "\xF0\x9F\x98", "\xE2\x82", "\xC3", "\xC0\x80", "\xFF"}));
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                      [](const std::vector<std::string>& pieces) {
                        std::string text;
                        for (const std::string& p : pieces) text += p;
                        return text;
                      });
}

RC_GTEST_PROP(Utf8Property, AgreesWithTheSetOfAllSequencesAtEveryPosition, ()) {
  const std::string text = *HostileText();
  bool any_invalid = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const absl::string_view rest = absl::string_view(text).substr(i);
    const size_t length = Oracle::Get().SequenceLength(rest);
    RC_ASSERT(Utf8SequenceLength(rest) == length);
    if (length == 0) {
      any_invalid = true;
      RC_ASSERT(Utf8InvalidLength(rest) == Oracle::Get().InvalidLength(rest));
    }
  }
  RC_CLASSIFY(any_invalid, "with invalid bytes");
}

RC_GTEST_PROP(Utf8Property, ReplacementIsWhatWalkingWithTheOracleGives, ()) {
  const std::string text = *HostileText();
  std::string expected;
  size_t valid_prefix = text.size();
  for (size_t i = 0; i < text.size();) {
    const absl::string_view rest = absl::string_view(text).substr(i);
    const size_t length = Oracle::Get().SequenceLength(rest);
    if (length > 0) {
      expected.append(text, i, length);
      i += length;
    } else {
      if (valid_prefix == text.size()) valid_prefix = i;
      expected += kUtf8Replacement;
      i += Oracle::Get().InvalidLength(rest);
    }
  }
  RC_ASSERT(ReplaceInvalidUtf8(text) == expected);
  RC_ASSERT(Utf8ValidPrefixLength(text) == valid_prefix);
  RC_ASSERT(IsValidUtf8(text) == (valid_prefix == text.size()));
  RC_ASSERT(IsValidUtf8(expected));
  RC_CLASSIFY(valid_prefix == text.size(), "valid");
}

}  // namespace
}  // namespace dirwatcher
