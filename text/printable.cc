#include "text/printable.h"

#include <cstdint>

namespace dirwatcher {
namespace {

// So many bytes are looked at together, without a branch, which compilers turn
// into vector instructions.
constexpr size_t kTogether = 32;

bool IsPrintable(uint8_t c) {
  return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

bool AllPrintable(const char* text) {
  uint8_t others = 0;
  for (size_t i = 0; i < kTogether; ++i) {
    const auto c = static_cast<uint8_t>(text[i]);
    others |= static_cast<uint8_t>(c < 0x20) | static_cast<uint8_t>(c >= 0x7F) |
              static_cast<uint8_t>(c == '"') | static_cast<uint8_t>(c == '\\');
  }
  return others == 0;
}

}  // namespace

size_t PrintablePrefixLength(absl::string_view text) {
  size_t i = 0;
  while (i + kTogether <= text.size() && AllPrintable(text.data() + i)) {
    i += kTogether;
  }
  while (i < text.size() && IsPrintable(static_cast<uint8_t>(text[i]))) ++i;
  return i;
}

}  // namespace dirwatcher
