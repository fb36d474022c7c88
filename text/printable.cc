#include "text/printable.h"

#include <string.h>

#include <cstdint>

namespace dirwatcher {
namespace {

bool IsPrintable(uint8_t c) {
  return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

// Sixteen bytes at a time, in GCC's and Clang's vector extension.
using Bytes = uint8_t __attribute__((vector_size(16)));

bool AllPrintable(const char* text) {
  Bytes bytes;
  memcpy(&bytes, text, sizeof(bytes));
  const auto others =
      (bytes < 0x20) | (bytes >= 0x7F) | (bytes == '"') | (bytes == '\\');
  uint64_t halves[2];
  memcpy(halves, &others, sizeof(halves));
  return (halves[0] | halves[1]) == 0;
}

}  // namespace

size_t PrintablePrefixLength(absl::string_view text) {
  size_t i = 0;
  while (i + sizeof(Bytes) <= text.size() && AllPrintable(text.data() + i)) {
    i += sizeof(Bytes);
  }
  while (i < text.size() && IsPrintable(static_cast<uint8_t>(text[i]))) ++i;
  return i;
}

}  // namespace dirwatcher
