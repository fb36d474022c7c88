// TrackedFile: what the watcher knows of one file. Plain data.

#ifndef DIRWATCHER_DIRWATCH_TRACKED_FILE_H_
#define DIRWATCHER_DIRWATCH_TRACKED_FILE_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "dirwatch/append_reader.h"
#include "env/file_stat.h"

namespace dirwatcher {

// What the file system said of a file when it was last read to its end, and so
// what it must say again for the file to be left alone.
struct RestStat {
  int64_t size_bytes = -1;
  absl::Time mtime;
  absl::Time ctime;
  // Full polls that saw this stamp and the end. A stamp may be too coarse to
  // show a change made right after it was taken, so one of them is not enough
  // for the file to be left alone: an interval has to lie between.
  int full_polls = 0;

  bool SameAs(const FileStat& stat) const {
    return size_bytes == stat.size_bytes && mtime == stat.mtime &&
           ctime == stat.ctime;
  }
};

// The life of a file:
//
//     admitted ──▶ published ──▶ leaving ──▶ removed
//        │ waits for its name       │ drained while it grows
//        └────────▶ leaving ────────┘
//
// Published: it was reported as added and lines may be. Leaving: it no longer
// stands under a watched name of the tree.
struct TrackedFile {
  uint64_t serial = 0;  // in order of admission; never used again
  FileId id;
  std::string path;  // where it stands or stood last, relative to the directory
  std::string name;  // under which it is reported; empty: not published

  uint64_t path_serial = 0;  // in the order in which files came to their paths

  FilePosition position;
  RestStat rest;

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
