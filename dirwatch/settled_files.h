// SettledFiles: what is known of the files that stand where they are reported
// to stand, which is nearly all of them, in little room.
//
// A file is unpacked into a TrackedFile to be worked with, and packed again.

#ifndef DIRWATCHER_DIRWATCH_SETTLED_FILES_H_
#define DIRWATCHER_DIRWATCH_SETTLED_FILES_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "dirwatch/append_reader.h"
#include "dirwatch/directory_model.h"
#include "dirwatch/tracked_file.h"

namespace dirwatcher {

// Keeps position and rest of each file by its slot in the model. Memory: 16
// bytes for each slot, and 40 for each file of which something was read.
// Thread-compatible.
class SettledFiles {
 public:
  // Adds a file of which nothing was read. REQUIRES: it is not there.
  void Add(FileSlot slot);

  bool Contains(FileSlot slot) const {
    return slot < files_.size() && files_[slot].in_use;
  }

  // How far it was read, and its rest. REQUIRES: it is there, here and below.
  FilePosition position(FileSlot slot) const;
  RestStat rest(FileSlot slot) const;
  int64_t offset_bytes(FileSlot slot) const;

  void Set(FileSlot slot, const FilePosition& position, const RestStat& rest);
  void SetRest(FileSlot slot, const RestStat& rest);

  // Whether it is to be read in this poll.
  bool is_due(FileSlot slot) const { return files_[slot].is_due; }
  void set_due(FileSlot slot, bool is_due) { files_[slot].is_due = is_due; }

  void Remove(FileSlot slot);
  void Clear();

  size_t size() const { return size_; }

  // Calls `visit` for each file, in the order of slots; it may remove that one.
  void ForEach(absl::FunctionRef<void(FileSlot)> visit) const;

 private:
  static constexpr uint32_t kNothingRead = UINT32_MAX;

  struct File {
    uint64_t stamp = 0;
    uint32_t position = kNothingRead;  // index into positions_
    uint8_t full_polls = 0;
    bool size_matches = false;
    bool in_use = false;
    bool is_due = false;
  };
  struct Position {
    int64_t offset_bytes = 0;
    int64_t line = 0;
    uint64_t head_hash = 0;
    uint64_t tail_hash = 0;
    uint32_t line_bytes = 0;  // from the line's start to the offset
    bool line_done = false;
    bool is_odd = false;  // does not fit: it is in odd_positions_ as well
  };

  void DropPosition(FileSlot slot);

  std::deque<File> files_;  // by slot
  size_t size_ = 0;         // those in use
  std::deque<Position> positions_;
  std::vector<uint32_t> free_positions_;
  absl::flat_hash_map<FileSlot, FilePosition> odd_positions_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_SETTLED_FILES_H_
