#include "text/printable.h"

#include <cstddef>
#include <string>

#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

bool NeedsNoEscape(int byte) {
  return byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
}

TEST(PrintablePrefixLength, EndsAtTheFirstByteThatMayNeedAnEscape) {
  for (int byte = 0; byte < 256; ++byte) {
    for (size_t before = 0; before < 70; ++before) {
      for (size_t after = 0; after < 70; ++after) {
        const std::string text = std::string(before, '~') +
                                 static_cast<char>(byte) +
                                 std::string(after, ' ');
        EXPECT_EQ(PrintablePrefixLength(text),
                  NeedsNoEscape(byte) ? text.size() : before)
            << byte << " behind " << before;
      }
    }
  }
}

TEST(PrintablePrefixLength, IsThatOfTheFirstOfSeveral) {
  EXPECT_EQ(PrintablePrefixLength("12345678\x01\x22"), 8u);
  EXPECT_EQ(PrintablePrefixLength("1234567\x01\x00"), 7u);
  EXPECT_EQ(PrintablePrefixLength("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), 0u);
}

}  // namespace
}  // namespace dirwatcher
