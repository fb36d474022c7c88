// NameArena: very many short strings in little memory.

#ifndef DIRWATCHER_DIRWATCH_NAME_ARENA_H_
#define DIRWATCHER_DIRWATCH_NAME_ARENA_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/strings/string_view.h"

namespace dirwatcher {

// Costs one byte more than the strings have. What is released is not used
// again: whoever holds the arena copies what lives into a fresh one when
// wasteful() says so. At most 4 GiB in all. Thread-compatible; movable.
class NameArena {
 public:
  using Ref = uint32_t;

  // Keeps a copy. REQUIRES: `name` has no NUL and at most 1 MiB.
  Ref Add(absl::string_view name);

  // The string, valid as long as the arena; a NUL stands behind it.
  absl::string_view Get(Ref ref) const {
    return absl::string_view(&chunks_[ref / kChunkBytes][ref % kChunkBytes]);
  }

  // The string is not needed any more, but stays readable.
  void Release(Ref ref) { released_bytes_ += Get(ref).size() + 1; }

  // Whether more than half of it was released, and that is worth the copying.
  bool wasteful() const {
    return released_bytes_ > kChunkBytes / 16 &&
           released_bytes_ > used_bytes_ / 2;
  }

 private:
  static constexpr size_t kChunkBytes = size_t{1} << 20;

  std::vector<std::unique_ptr<char[]>> chunks_;
  size_t last_used_ = kChunkBytes;  // of the last chunk
  size_t used_bytes_ = 0;
  size_t released_bytes_ = 0;  // of those
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_NAME_ARENA_H_
