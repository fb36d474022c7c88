// ContentFingerprint: tells whether a file still begins with what was read of
// it. Pure, plain data.
//
// Two hashes stand for the bytes before a position: one of the file's head, one
// of the bytes just before the position. A file that was rewritten since
// differs in one of them, unless its new content is equal there: what repeats
// itself byte for byte cannot be told apart.

#ifndef DIRWATCHER_DIRWATCH_CONTENT_FINGERPRINT_H_
#define DIRWATCHER_DIRWATCH_CONTENT_FINGERPRINT_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace dirwatcher {

// A copyable value. Describes the `size()` bytes that were read so far.
class ContentFingerprint {
 public:
  ContentFingerprint() = default;

  // The one that has these, as size(), head_hash() and tail_hash() gave them.
  static ContentFingerprint FromHashes(int64_t size_bytes, uint64_t head_hash,
                                       uint64_t tail_hash) {
    ContentFingerprint fingerprint;
    fingerprint.size_bytes_ = size_bytes;
    fingerprint.head_hash_ = head_hash;
    fingerprint.tail_hash_ = tail_hash;
    return fingerprint;
  }
  static constexpr int64_t kHeadBytes = 1024;
  static constexpr int64_t kTailBytes = 256;

  // How many bytes the hashes cover: the first and the last of what was read.
  int64_t head_bytes() const { return Covered(kHeadBytes); }
  int64_t tail_bytes() const { return Covered(kTailBytes); }
  int64_t size() const { return size_bytes_; }
  uint64_t head_hash() const { return head_hash_; }
  uint64_t tail_hash() const { return tail_hash_; }

  // Whether these are the file's first head_bytes() bytes, as far as the hash
  // tells. REQUIRES: head.size() == head_bytes().
  bool MatchesHead(absl::string_view head) const;

  // The same for the tail_bytes() bytes before the position.
  // REQUIRES: tail.size() == tail_bytes().
  bool MatchesTail(absl::string_view tail) const;

  // `fresh` follows what was read so far; `piece` ends with `fresh` and begins
  // at least kTailBytes before the end of it, or at the file's beginning.
  // REQUIRES: `fresh` is a suffix of `piece`, in the same memory.
  void Append(absl::string_view piece, absl::string_view fresh);

 private:
  int64_t Covered(int64_t limit) const {
    return size_bytes_ < limit ? size_bytes_ : limit;
  }

  int64_t size_bytes_ = 0;
  uint64_t head_hash_ = HashOfNothing();  // of the first head_bytes() bytes
  uint64_t tail_hash_ = HashOfNothing();  // of the last tail_bytes() bytes

  static constexpr uint64_t HashOfNothing() { return 0xcbf29ce484222325u; }
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_CONTENT_FINGERPRINT_H_
