// PosixFileSystem: the file system of this machine, for reading only.
//
// Every name is resolved relative to an open directory (openat(2)), and
// identity comes from the open descriptor or from statx(2), with the time of
// birth where the file system records it. Where statx is missing, or a sandbox
// forbids it, fstat(2) serves and birth_ns is 0 for every file.

#ifndef DIRWATCHER_ENV_POSIX_FILE_SYSTEM_H_
#define DIRWATCHER_ENV_POSIX_FILE_SYSTEM_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "env/file_system.h"

namespace dirwatcher {

// Stateless and thread-safe; handles may outlive it. Calls that a signal
// interrupts are made again. Relative paths start at the working directory.
//
// Known limits: a file system that hangs (a dead NFS server) hangs the call;
// the callback of Directory::ForEachEntry must not list the same handle.
class PosixFileSystem : public FileSystem {
 public:
  absl::StatusOr<std::unique_ptr<Directory>> OpenDirectory(
      absl::string_view path) override;
};

// How many descriptors a watcher may hold unless told otherwise: a quarter of
// what this process may open (RLIMIT_NOFILE, soft), at least 1 and at most
// 1024.
int DefaultMaxOpenFiles();

// Makes room for `count` descriptors in the table that the kernel keeps for the
// process, as far as RLIMIT_NOFILE allows. It grows as needed, but when there
// are several threads, each time takes some 15 ms (synchronize_rcu in Linux's
// fs/file.c): so call this while there is one.
void ReserveDescriptors(int count);

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_POSIX_FILE_SYSTEM_H_
