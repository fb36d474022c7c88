#include "text/utf8.h"

#include <cstdint>
#include <cstring>

namespace dirwatcher {
namespace {

struct Unit {
  size_t length;  // of the sequence, or of the maximal subpart
  bool valid;
};

// Reads one row of Unicode's table 3-7: the lead byte says how many bytes
// follow and which range the first of them must lie in; the rest are 80..BF.
Unit FirstUnit(absl::string_view text) {
  const auto byte = [text](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return {1, true};

  size_t length;
  uint8_t low = 0x80;
  uint8_t high = 0xBF;
  if (lead < 0xC2) {
    return {1, false};  // a continuation byte, or an overlong form
  } else if (lead < 0xE0) {
    length = 2;
  } else if (lead < 0xF0) {
    length = 3;
    if (lead == 0xE0) low = 0xA0;   // below: overlong
    if (lead == 0xED) high = 0x9F;  // above: surrogates
  } else if (lead < 0xF5) {
    length = 4;
    if (lead == 0xF0) low = 0x90;   // below: overlong
    if (lead == 0xF4) high = 0x8F;  // above: beyond U+10FFFF
  } else {
    return {1, false};
  }

  for (size_t i = 1; i < length; ++i) {
    if (i == text.size() || byte(i) < low || byte(i) > high) return {i, false};
    low = 0x80;
    high = 0xBF;
  }
  return {length, true};
}

}  // namespace

size_t Utf8SequenceLength(absl::string_view text) {
  const Unit unit = FirstUnit(text);
  return unit.valid ? unit.length : 0;
}

size_t Utf8InvalidLength(absl::string_view text) {
  return FirstUnit(text).length;
}

char32_t DecodeUtf8(absl::string_view sequence) {
  const auto byte = [sequence](size_t i) {
    return static_cast<char32_t>(static_cast<uint8_t>(sequence[i]));
  };
  switch (sequence.size()) {
    case 1:
      return byte(0);
    case 2:
      return (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F);
    case 3:
      return (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    default:
      return (byte(0) & 0x07) << 18 | (byte(1) & 0x3F) << 12 |
             (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
  }
}

size_t Utf8ValidPrefixLength(absl::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    // Most text is ASCII: take it eight bytes at a time.
    uint64_t word;
    if (text.size() - i >= sizeof(word)) {
      std::memcpy(&word, text.data() + i, sizeof(word));
      if ((word & 0x8080808080808080u) == 0) {
        i += sizeof(word);
        continue;
      }
    }
    const Unit unit = FirstUnit(text.substr(i));
    if (!unit.valid) return i;
    i += unit.length;
  }
  return i;
}

bool IsValidUtf8(absl::string_view text) {
  return Utf8ValidPrefixLength(text) == text.size();
}

std::string ReplaceInvalidUtf8(absl::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (;;) {
    const size_t valid = Utf8ValidPrefixLength(text);
    result.append(text.data(), valid);
    text.remove_prefix(valid);
    if (text.empty()) return result;
    result.append(kUtf8Replacement);
    text.remove_prefix(Utf8InvalidLength(text));
  }
}

}  // namespace dirwatcher
