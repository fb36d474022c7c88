// StringPool: owns copies of many strings that go away together.

#ifndef DIRWATCHER_DIRWATCH_STRING_POOL_H_
#define DIRWATCHER_DIRWATCH_STRING_POOL_H_

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <vector>

#include "absl/strings/string_view.h"

namespace dirwatcher {

// The strings stand close together in chunks that grow from 4 KiB to 1 MiB, so
// that a few cost little and a million cost no allocation each. None of them
// goes before the pool does. Thread-compatible; movable.
class StringPool {
 public:
  // A copy that is valid as long as the pool; no NUL stands behind it.
  absl::string_view Add(absl::string_view text) {
    if (left_ < text.size()) {
      left_ = std::max(chunk_bytes_, text.size());
      chunks_.emplace_back(new char[left_]);
      next_ = chunks_.back().get();
      chunk_bytes_ = std::min(2 * chunk_bytes_, kMaxChunkBytes);
    }
    if (!text.empty()) std::memcpy(next_, text.data(), text.size());
    const absl::string_view copy(next_, text.size());
    next_ += text.size();
    left_ -= text.size();
    return copy;
  }

 private:
  static constexpr size_t kMaxChunkBytes = size_t{1} << 20;

  std::vector<std::unique_ptr<char[]>> chunks_;
  size_t chunk_bytes_ = 4096;  // of the next one
  char* next_ = nullptr;       // in the last one
  size_t left_ = 0;            // behind next_
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_STRING_POOL_H_
