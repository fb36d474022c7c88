#include "dirwatch/name_arena.h"

#include <cstring>

namespace dirwatcher {

NameArena::Ref NameArena::Add(absl::string_view name) {
  const size_t size = name.size() + 1;
  if (kChunkBytes - last_used_ < size) {
    // Not cleared: pages that are never written to cost nothing.
    chunks_.emplace_back(new char[kChunkBytes]);
    last_used_ = 0;
  }
  const size_t ref = (chunks_.size() - 1) * kChunkBytes + last_used_;
  char* const to = &chunks_.back()[last_used_];
  std::memcpy(to, name.data(), name.size());
  to[name.size()] = '\0';
  last_used_ += size;
  used_bytes_ += size;
  return static_cast<Ref>(ref);
}

}  // namespace dirwatcher
