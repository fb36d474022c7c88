#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "logging/escape.h"
#include "rapidcheck.h"
#include "rapidcheck/gtest.h"
#include "text/control_characters.h"
#include "text/utf8.h"

namespace dirwatcher {
namespace {

rc::Gen<std::string> HostileText() {
  const auto piece = rc::gen::oneOf(
      rc::gen::container<std::string>(rc::gen::inRange<char>(' ', '\x7F')),
      rc::gen::container<std::string>(rc::gen::arbitrary<char>()),
      rc::gen::container<std::string>(rc::gen::inRange<char>('\0', ' ')),
      rc::gen::elementOf(std::vector<std::string>{
          "\\", "\\x41", "\\u2028", "\\n", "\n", "\t", "\x1B[2J", "\x7F",
          "\xC2\x85", "\xC2\x9B", "\x9B", "\xE2\x80\xA8", "\xE2\x80\xAE",
          "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xED\xA0\x80", "\xC0\x80"}));
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                      [](const std::vector<std::string>& pieces) {
                        std::string text;
                        for (const std::string& p : pieces) text += p;
                        return text;
                      });
}

// Reads the notation as the header describes it; asserts that there is no other
// escape.
std::string Unescape(absl::string_view escaped) {
  std::string raw;
  const auto hex = [&escaped](size_t digits) {
    uint32_t value = 0;
    for (size_t i = 0; i < digits; ++i) {
      const char c = escaped[i];
      RC_ASSERT((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
      value = value * 16 + (c <= '9' ? c - '0' : c - 'a' + 10);
    }
    escaped.remove_prefix(digits);
    return value;
  };
  while (!escaped.empty()) {
    const char c = escaped.front();
    escaped.remove_prefix(1);
    if (c != '\\') {
      raw += c;
      continue;
    }
    RC_ASSERT(!escaped.empty());
    const char kind = escaped.front();
    escaped.remove_prefix(1);
    if (kind == '\\') {
      raw += '\\';
    } else if (kind == 't') {
      raw += '\t';
    } else if (kind == 'n') {
      raw += '\n';
    } else if (kind == 'r') {
      raw += '\r';
    } else if (kind == 'x') {
      raw += static_cast<char>(hex(2));
    } else {
      RC_ASSERT(kind == 'u');
      const uint32_t value = hex(4);
      RC_ASSERT(value >= 0x80);
      if (value < 0x800) {
        raw += static_cast<char>(0xC0 | value >> 6);
      } else {
        raw += static_cast<char>(0xE0 | value >> 12);
        raw += static_cast<char>(0x80 | (value >> 6 & 0x3F));
      }
      raw += static_cast<char>(0x80 | (value & 0x3F));
    }
  }
  return raw;
}

RC_GTEST_PROP(EscapeForLogProperty, CanBeUndone, ()) {
  const std::string raw = *HostileText();
  const std::string escaped = EscapeForLog(raw);
  RC_ASSERT(Unescape(escaped) == raw);
  RC_ASSERT(escaped.size() <= 4 * raw.size());
  RC_CLASSIFY(escaped != raw, "with escapes");
}

RC_GTEST_PROP(EscapeForLogProperty, IsOneLineOfValidUtf8WithoutControls, ()) {
  const std::string escaped = EscapeForLog(*HostileText());
  absl::string_view rest = escaped;
  while (!rest.empty()) {
    const size_t length = Utf8SequenceLength(rest);
    RC_ASSERT(length > 0);
    RC_ASSERT(!IsControlCharacter(DecodeUtf8(rest.substr(0, length))));
    rest.remove_prefix(length);
  }
}

}  // namespace
}  // namespace dirwatcher
