// Checkpoints: line ends of a file at which reading has paused lately. Pure.
//
// When a file is cut back to one of them, and its bytes still say so, reading
// goes on there and nothing is reported twice.

#ifndef DIRWATCHER_DIRWATCH_CHECKPOINTS_H_
#define DIRWATCHER_DIRWATCH_CHECKPOINTS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "dirwatch/content_fingerprint.h"

namespace dirwatcher {

// The beginning of line `line`, right after a '\n'; its offset is
// fingerprint.size().
struct Checkpoint {
  int64_t line = 1;
  ContentFingerprint fingerprint;
};

// The latest few, in order of their offsets. Copyable.
class Checkpoints {
 public:
  static constexpr size_t kKept = 8;

  // Adds a checkpoint; the oldest makes room.
  // REQUIRES: it stands at or after the one added before.
  void Add(const Checkpoint& checkpoint) {
    if (!kept_.empty() &&
        kept_.back().fingerprint.size() == checkpoint.fingerprint.size()) {
      return;
    }
    if (kept_.size() == kKept) kept_.erase(kept_.begin());
    kept_.push_back(checkpoint);
  }

  // The checkpoint at exactly this offset; nullptr if there is none.
  const Checkpoint* At(int64_t offset_bytes) const {
    for (const Checkpoint& checkpoint : kept_) {
      if (checkpoint.fingerprint.size() == offset_bytes) return &checkpoint;
    }
    return nullptr;
  }

  // Forgets those beyond `offset_bytes`.
  void CutBack(int64_t offset_bytes) {
    while (!kept_.empty() && kept_.back().fingerprint.size() > offset_bytes) {
      kept_.pop_back();
    }
  }

 private:
  std::vector<Checkpoint> kept_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_CHECKPOINTS_H_
