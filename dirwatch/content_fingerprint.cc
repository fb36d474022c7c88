#include "dirwatch/content_fingerprint.h"

#include <algorithm>
#include <cstddef>

namespace dirwatcher {
namespace {

// A polynomial of the bytes, modulo 2^64, as Karp and Rabin hash strings
// ("Efficient randomized pattern-matching algorithms", 1987). It goes on from
// any point, which lets the head grow with the file, it is the same in every
// process, and eight bytes can be taken in at once. The base is the multiplier
// of Knuth's MMIX generator.
uint64_t Hash(absl::string_view bytes, uint64_t hash) {
  constexpr uint64_t k1 = 6364136223846793005u;
  constexpr uint64_t k2 = k1 * k1, k3 = k2 * k1, k4 = k2 * k2;
  constexpr uint64_t k5 = k4 * k1, k6 = k4 * k2, k7 = k4 * k3, k8 = k4 * k4;
  const auto* const p = reinterpret_cast<const unsigned char*>(bytes.data());
  size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    const uint64_t ahead = p[i] * k7 + p[i + 1] * k6 + p[i + 2] * k5 +
                           p[i + 3] * k4 + p[i + 4] * k3 + p[i + 5] * k2 +
                           p[i + 6] * k1 + p[i + 7];
    hash = hash * k8 + ahead;
  }
  for (; i < bytes.size(); ++i) hash = hash * k1 + p[i];
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
