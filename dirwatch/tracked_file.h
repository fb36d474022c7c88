// TrackedFile: what the watcher knows of one file. Plain data.

#ifndef DIRWATCHER_DIRWATCH_TRACKED_FILE_H_
#define DIRWATCHER_DIRWATCH_TRACKED_FILE_H_

#include <cstdint>
#include <string>

#include "absl/hash/hash.h"
#include "absl/types/optional.h"
#include "dirwatch/append_reader.h"
#include "dirwatch/directory_model.h"
#include "env/file_stat.h"

namespace dirwatcher {

enum class PollKind {
  kInterval,  // a full poll; one interval has passed since the last
  kHint,      // one in between, because something may have changed
};

// What the file system said of a file when it was last read to its end, and so
// what it must say again for the file to be left alone.
struct RestStat {
  // A hash of size, mtime and ctime; 0: its end was not seen yet.
  uint64_t stamp = 0;
  // The size was that of what was read.
  bool size_matches = false;
  // Full polls that saw this stamp and the end. A stamp may be too coarse to
  // show a change made right after it was taken, so one of them is not enough
  // for the file to be left alone: an interval has to lie between.
  int full_polls = 0;

  static uint64_t StampOf(const FileStat& stat) {
    const uint64_t hash = absl::HashOf(stat.size_bytes, stat.mtime, stat.ctime);
    return hash == 0 ? 1 : hash;
  }
  bool SameAs(const FileStat& stat) const { return stamp == StampOf(stat); }
  bool IsAtRest(const FileStat& stat) const {
    return full_polls >= 2 && size_matches && SameAs(stat);
  }

  // The end was seen where reading stands, `offset_bytes`.
  void NoteEnd(const FileStat& stat, int64_t offset_bytes, bool full_poll) {
    const uint64_t now = StampOf(stat);
    if (stamp != now) full_polls = 0;
    stamp = now;
    size_matches = stat.size_bytes == offset_bytes;
    if (full_poll && full_polls < 2) ++full_polls;
  }
};

// The life of a file:
//
//     admitted ──▶ published ──▶ leaving ──▶ removed
//        │ waits for its name       │ drained while it grows
//        └────────▶ leaving ────────┘
//
// Published: it was reported as added and lines may be. Leaving: it no longer
// stands under a watched name of the tree. Settled: it is published under the
// name under which it stands; SettledFiles keeps those in little room.
struct TrackedFile {
  uint64_t serial = 0;  // in the order in which files became unsettled; never
                        // used again
  FileId id;
  absl::optional<FileSlot> slot;  // in the model, as long as that knows it
  uint64_t handle = 0;            // its key in the HandleCache
  std::string path;  // where it stands or stood last, relative to the directory
  std::string name;  // under which it is reported; empty: not published

  uint64_t path_serial = 0;  // in the order in which files came to their paths

  FilePosition position;
  RestStat rest;

  bool settled = false;
  bool leaving = false;
  // The last full poll saw its end, and nothing has come since.
  bool quiet = false;
  // While leaving: full polls in a row in which it could not be found or read.
  int polls_failed = 0;
  // Full polls during which another file has waited for this one's name or, if
  // this one is not published, it has waited in vain for its own.
  int polls_waited = 0;

  bool published() const { return !name.empty(); }
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_TRACKED_FILE_H_
