#include "dirwatch/handle_cache.h"

#include <utility>

namespace dirwatcher {

OpenFile* HandleCache::Use(uint64_t key) {
  const auto found = slots_.find(key);
  if (found == slots_.end()) return nullptr;
  by_activity_.splice(by_activity_.begin(), by_activity_, found->second);
  return &found->second->open;
}

OpenFile* HandleCache::Put(uint64_t key, std::unique_ptr<ReadableFile> file) {
  while (full() && CloseIdlest()) {
  }
  by_activity_.emplace_front();
  Slot& slot = by_activity_.front();
  slot.key = key;
  slot.open.file = std::move(file);
  slots_[key] = by_activity_.begin();
  return &slot.open;
}

void HandleCache::Pin(uint64_t key) {
  const auto found = slots_.find(key);
  if (found == slots_.end() || found->second->pinned) return;
  if (pinned_ == max_open_) return;
  found->second->pinned = true;
  ++pinned_;
}

void HandleCache::Unpin(uint64_t key) {
  const auto found = slots_.find(key);
  if (found == slots_.end() || !found->second->pinned) return;
  found->second->pinned = false;
  --pinned_;
}

void HandleCache::Rename(uint64_t from, uint64_t to) {
  const auto found = slots_.find(from);
  if (found == slots_.end()) return;
  const Slots::iterator slot = found->second;
  slots_.erase(found);
  slot->key = to;
  slots_[to] = slot;
}

void HandleCache::Close(uint64_t key) {
  const auto found = slots_.find(key);
  if (found == slots_.end()) return;
  Unpin(key);
  by_activity_.erase(found->second);
  slots_.erase(found);
}

bool HandleCache::CloseIdlest() {
  for (auto slot = by_activity_.end(); slot != by_activity_.begin();) {
    --slot;
    if (slot->pinned) continue;
    slots_.erase(slot->key);
    by_activity_.erase(slot);
    return true;
  }
  return false;
}

}  // namespace dirwatcher
