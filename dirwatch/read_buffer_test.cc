#include "dirwatch/read_buffer.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "absl/types/span.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

TEST(ReadBuffer, PutsEachByteWhereItsOffsetHasTheSameLowestBits) {
  ReadBuffer buffer(10'000);
  for (const int64_t offset :
       {int64_t{0}, int64_t{1}, int64_t{4095}, int64_t{4096}, int64_t{12'345},
        (int64_t{1} << 40) + 77}) {
    const absl::Span<char> bytes = buffer.For(offset, 100);
    EXPECT_EQ(bytes.size(), 100u);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(bytes.data()) % 4096,
              static_cast<uintptr_t>(offset) % 4096);
  }
}

TEST(ReadBuffer, HasRoomForAllOfItAtAnyOffset) {
  for (const size_t size : {1, 4095, 4096, 4097}) {
    ReadBuffer buffer(size);
    EXPECT_EQ(buffer.size_bytes(), size);
    for (const int64_t offset : {0, 1, 4095}) {
      const absl::Span<char> bytes = buffer.For(offset, size);
      memset(bytes.data(), 'x', bytes.size());
      EXPECT_EQ(bytes.back(), 'x');
    }
  }
}

TEST(ReadBuffer, ReturnsTheSameBytesForAnOffsetAlsoAfterItWasMoved) {
  ReadBuffer buffer(100);
  buffer.For(5000, 100)[99] = '!';
  ReadBuffer moved = std::move(buffer);
  EXPECT_EQ(moved.For(5000, 100)[99], '!');
}

}  // namespace
}  // namespace dirwatcher
