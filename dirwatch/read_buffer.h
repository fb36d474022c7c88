// ReadBuffer: memory for what is read of files, placed so that the kernel
// copies at its full speed.
//
// A processor that copies finds a load held up by an earlier store whose
// address is the same in its lowest 12 bits ("4K aliasing", Intel 64 and IA-32
// Architectures Optimization Reference Manual). Where the target lies a few
// bytes behind the source in this sense, a copy from the page cache takes two
// to five times as long. So each byte is put at an address that has the same
// lowest 12 bits as its offset in the file.

#ifndef DIRWATCHER_DIRWATCH_READ_BUFFER_H_
#define DIRWATCHER_DIRWATCH_READ_BUFFER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

#include "absl/types/span.h"

namespace dirwatcher {

// Not initialised: only what is used of it costs memory. Movable, not copyable.
class ReadBuffer {
 public:
  explicit ReadBuffer(size_t size_bytes)
      : memory_(
            new (std::align_val_t{kPageBytes}) char[size_bytes + kPageBytes]),
        size_bytes_(size_bytes) {}

  // Where `size_bytes` of the file from `offset_bytes` on are to be read to.
  // Overlaps with what an earlier call returned. REQUIRES: size_bytes <=
  // this->size_bytes(), offset_bytes >= 0.
  absl::Span<char> For(int64_t offset_bytes, size_t size_bytes) {
    const auto in_page = static_cast<size_t>(offset_bytes) % kPageBytes;
    return absl::Span<char>(memory_.get() + in_page, size_bytes);
  }

  size_t size_bytes() const { return size_bytes_; }

 private:
  static constexpr size_t kPageBytes = 4096;

  struct Free {
    void operator()(char* memory) const {
      ::operator delete[](memory, std::align_val_t{kPageBytes});
    }
  };

  std::unique_ptr<char[], Free> memory_;
  size_t size_bytes_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_READ_BUFFER_H_
