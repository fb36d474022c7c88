#include "text/printable.h"

#include <cstdint>

namespace dirwatcher {
namespace {

bool IsPrintable(uint8_t c) {
  return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

// Looks at all of them without a branch, which compilers turn into vector
// instructions.
template <size_t kBytes>
bool AllPrintable(const char* text) {
  uint8_t others = 0;
  for (size_t i = 0; i < kBytes; ++i) {
    const auto c = static_cast<uint8_t>(text[i]);
    others |= static_cast<uint8_t>(c < 0x20) | static_cast<uint8_t>(c >= 0x7F) |
              static_cast<uint8_t>(c == '"') | static_cast<uint8_t>(c == '\\');
  }
  return others == 0;
}

}  // namespace

size_t PrintablePrefixLength(absl::string_view text) {
  size_t i = 0;
  while (i + 32 <= text.size() && AllPrintable<32>(text.data() + i)) i += 32;
  while (i + 8 <= text.size() && AllPrintable<8>(text.data() + i)) i += 8;
  while (i < text.size() && IsPrintable(static_cast<uint8_t>(text[i]))) ++i;
  return i;
}

}  // namespace dirwatcher
