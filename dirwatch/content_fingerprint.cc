#include "dirwatch/content_fingerprint.h"

#include <algorithm>
#include <cstddef>

namespace dirwatcher {
namespace {

// FNV-1a, 64 bits (Fowler, Noll, Vo; RFC 9923). It goes on from any point,
// which lets the head grow with the file, and it is the same in every process.
uint64_t Hash(absl::string_view bytes, uint64_t hash) {
  for (const char byte : bytes) {
    hash ^= static_cast<unsigned char>(byte);
    hash *= 0x100000001b3u;
  }
  return hash;
}

}  // namespace

bool ContentFingerprint::MatchesHead(absl::string_view head) const {
  return Hash(head, HashOfNothing()) == head_hash_;
}

bool ContentFingerprint::MatchesTail(absl::string_view tail) const {
  return Hash(tail, HashOfNothing()) == tail_hash_;
}

void ContentFingerprint::Append(absl::string_view piece,
                                absl::string_view fresh) {
  if (fresh.empty()) return;
  const int64_t head_left = kHeadBytes - head_bytes();
  head_hash_ =
      Hash(fresh.substr(0, static_cast<size_t>(head_left)), head_hash_);
  size_bytes_ += static_cast<int64_t>(fresh.size());
  const auto tail = static_cast<size_t>(tail_bytes());
  tail_hash_ = Hash(piece.substr(piece.size() - tail), HashOfNothing());
}

}  // namespace dirwatcher
