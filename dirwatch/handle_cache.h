// HandleCache: keeps the most recently active files open, up to a limit.
//
// A file that is held open can be read to its end after its name is gone, and
// its inode number cannot pass to another file. Descriptors are scarce, so the
// file that was idle longest is closed for one that is active now.

#ifndef DIRWATCHER_DIRWATCH_HANDLE_CACHE_H_
#define DIRWATCHER_DIRWATCH_HANDLE_CACHE_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>

#include "absl/container/flat_hash_map.h"
#include "dirwatch/checkpoints.h"
#include "env/file_system.h"

namespace dirwatcher {

// An open file and what is worth remembering only while it is active.
struct OpenFile {
  std::unique_ptr<ReadableFile> file;
  Checkpoints checkpoints;
};

// Thread-compatible.
class HandleCache {
 public:
  // Holds at most `max_open` files. REQUIRES: max_open >= 1.
  explicit HandleCache(size_t max_open) : max_open_(max_open) {}

  // The open file of `key`, which becomes the most recently active one; nullptr
  // if it is not held. Valid until the next call that is not const.
  OpenFile* Use(uint64_t key);

  bool Holds(uint64_t key) const { return slots_.contains(key); }

  // Holds `file` for `key`, which is not held, as the most recently active one.
  // Where that is one too many, the idlest file that is not pinned is closed;
  // where all are pinned, this one is held beyond the limit until the next Put.
  OpenFile* Put(uint64_t key, std::unique_ptr<ReadableFile> file);

  // A pinned file is not closed for another. Does nothing if it is not held or
  // if as many as may be held are pinned already.
  void Pin(uint64_t key);
  void Unpin(uint64_t key);

  // What is held for `from` is held for `to`, which is not held, from now on.
  void Rename(uint64_t from, uint64_t to);

  // Closes the file, if it is held.
  void Close(uint64_t key);

  // Closes the idlest file that is not pinned; false: there is none.
  bool CloseIdlest();

  bool full() const { return slots_.size() >= max_open_; }
  size_t size() const { return slots_.size(); }

 private:
  struct Slot {
    uint64_t key = 0;
    bool pinned = false;
    OpenFile open;
  };
  using Slots = std::list<Slot>;

  const size_t max_open_;
  size_t pinned_ = 0;  // how many are; at most max_open_
  Slots by_activity_;  // the most recently active first
  absl::flat_hash_map<uint64_t, Slots::iterator> slots_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_HANDLE_CACHE_H_
