#include "dirwatch/match_text.h"

#include <algorithm>
#include <cstddef>

namespace dirwatcher {
namespace {

bool IsContinuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

// How many bytes a character has whose first byte is `lead`, as far as that
// byte alone tells.
size_t LengthPromisedBy(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  if (byte >= 0xF0) return 4;
  if (byte >= 0xE0) return 3;
  if (byte >= 0xC0) return 2;
  return 1;
}

}  // namespace

ByteRange TextWindow(const LineMatch& match, int64_t max_bytes) {
  const ByteRange line{match.line_start, match.known_end};
  if (line.size() <= max_bytes) return line;
  const int64_t shown =
      std::min(match.match_end - match.match_begin, max_bytes);
  int64_t begin = match.match_begin - (max_bytes - shown) / 2;
  begin = std::min(begin, line.end - max_bytes);
  begin = std::max(begin, line.begin);
  return {begin, begin + max_bytes};
}

absl::string_view TrimCutCharacters(absl::string_view text, CutSides sides) {
  if (sides == CutSides::kBefore || sides == CutSides::kBoth) {
    size_t rest = 0;
    while (rest < 3 && rest < text.size() && IsContinuation(text[rest])) ++rest;
    text.remove_prefix(rest);
  }
  if (sides == CutSides::kAfter || sides == CutSides::kBoth) {
    for (size_t back = 1; back <= 3 && back <= text.size(); ++back) {
      const char byte = text[text.size() - back];
      if (IsContinuation(byte)) continue;
      if (LengthPromisedBy(byte) > back) text.remove_suffix(back);
      break;
    }
  }
  return text;
}

}  // namespace dirwatcher
