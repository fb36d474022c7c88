// FileId, FileType, FileStat: what the file system says of a file, as values.
//
// The pure parts of the watcher depend on this header only, never on the
// interfaces that do I/O (env/file_system.h).

#ifndef DIRWATCHER_ENV_FILE_STAT_H_
#define DIRWATCHER_ENV_FILE_STAT_H_

#include <cstdint>
#include <ostream>
#include <tuple>

#include "absl/time/time.h"

namespace dirwatcher {

// Which file it is, whatever it is called. POSIX promises that (device, inode)
// is unique among the files that exist or are held open at one moment; an inode
// number may be given to a new file as soon as the old one is gone. The time of
// birth tells such a reuse apart on the file systems that record it
// (statx(2), STATX_BTIME); elsewhere it is 0 for every file.
struct FileId {
  uint64_t device = 0;
  uint64_t inode = 0;
  int64_t birth_ns = 0;  // nanoseconds since the epoch; 0 = not recorded

  friend bool operator==(const FileId& a, const FileId& b) {
    return std::tie(a.device, a.inode, a.birth_ns) ==
           std::tie(b.device, b.inode, b.birth_ns);
  }
  friend bool operator!=(const FileId& a, const FileId& b) { return !(a == b); }
  friend bool operator<(const FileId& a, const FileId& b) {
    return std::tie(a.device, a.inode, a.birth_ns) <
           std::tie(b.device, b.inode, b.birth_ns);
  }
  template <typename H>
  friend H AbslHashValue(H h, const FileId& id) {
    return H::combine(std::move(h), id.device, id.inode, id.birth_ns);
  }
  friend std::ostream& operator<<(std::ostream& os, const FileId& id) {
    return os << id.device << ":" << id.inode << ":" << id.birth_ns;
  }
};

enum class FileType {
  kUnknown,  // only as a hint from a directory listing
  kRegular,
  kDirectory,
  kSymlink,  // only as a hint; a stat follows links
  kOther,    // FIFO, socket, device
};

// One answer of stat(2). `ctime` is the time of the last change of content or
// metadata, which no user can set; `mtime` can be set by anyone who may write.
struct FileStat {
  FileId id;
  FileType type = FileType::kUnknown;
  int64_t size_bytes = 0;
  absl::Time mtime = absl::UnixEpoch();
  absl::Time ctime = absl::UnixEpoch();
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_FILE_STAT_H_
