#include "logging/escape.h"

#include <cstddef>
#include <cstdint>

#include "text/control_characters.h"
#include "text/printable.h"
#include "text/utf8.h"

namespace dirwatcher {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

void AppendByte(char byte, std::string* out) {
  const auto value = static_cast<uint8_t>(byte);
  const char escaped[] = {'\\', 'x', kHexDigits[value >> 4],
                          kHexDigits[value & 0xF]};
  out->append(escaped, sizeof(escaped));
}

void AppendCodePoint(char32_t c, std::string* out) {
  const char escaped[] = {'\\',
                          'u',
                          kHexDigits[c >> 12 & 0xF],
                          kHexDigits[c >> 8 & 0xF],
                          kHexDigits[c >> 4 & 0xF],
                          kHexDigits[c & 0xF]};
  out->append(escaped, sizeof(escaped));
}

}  // namespace

void AppendEscapedForLog(absl::string_view raw, std::string* out) {
  while (!raw.empty()) {
    const size_t plain = PrintablePrefixLength(raw);
    out->append(raw.data(), plain);
    raw.remove_prefix(plain);
    if (raw.empty()) return;

    size_t length = Utf8SequenceLength(raw);
    if (length <= 1) {
      const char byte = raw.front();
      switch (byte) {
        case '"':
          out->push_back('"');
          break;
        case '\\':
          out->append("\\\\");
          break;
        case '\t':
          out->append("\\t");
          break;
        case '\n':
          out->append("\\n");
          break;
        case '\r':
          out->append("\\r");
          break;
        default:
          AppendByte(byte, out);
      }
      length = 1;
    } else {
      const absl::string_view sequence = raw.substr(0, length);
      const char32_t c = DecodeUtf8(sequence);
      if (IsControlCharacter(c)) {
        AppendCodePoint(c, out);
      } else {
        out->append(sequence.data(), sequence.size());
      }
    }
    raw.remove_prefix(length);
  }
}

std::string EscapeForLog(absl::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  AppendEscapedForLog(raw, &out);
  return out;
}

}  // namespace dirwatcher
