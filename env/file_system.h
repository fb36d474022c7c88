// FileSystem, Directory, ReadableFile: all that the watcher asks of a file
// system, as three small interfaces.
//
// Implementations: PosixFileSystem (the real one), FakeFileSystem (in memory,
// testonly) and FaultyFileSystem (wraps either; injects errors, short reads and
// foreign activity between calls, testonly). file_system_contract.h holds the
// tests that all of them pass.
//
//   absl::StatusOr<std::unique_ptr<Directory>> dir =
//   fs->OpenDirectory("/var/log"); if (!dir.ok()) return dir.status();
//   (*dir)->ForEachEntry([](const DirEntry& entry) { Use(entry.name); });
//   auto file = (*dir)->OpenFile("syslog");
//   char buffer[4096];
//   absl::StatusOr<size_t> n = (*file)->ReadAt(0, absl::MakeSpan(buffer));
//
// Errors, for every method:
//   NOT_FOUND            nothing has that name (any more)
//   PERMISSION_DENIED    it is there, and this process may not
//   FAILED_PRECONDITION  it is of the wrong type: not a directory, not a
//                        regular file, a loop of symbolic links
//   RESOURCE_EXHAUSTED   no descriptor or memory left (EMFILE, ENFILE, ENOMEM)
//   anything else        the file system failed (EIO, ESTALE, ...)
// The message names the operation, the path as the caller knows it, and the
// system's own words.

#ifndef DIRWATCHER_ENV_FILE_SYSTEM_H_
#define DIRWATCHER_ENV_FILE_SYSTEM_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "env/file_stat.h"

namespace dirwatcher {

// An open regular file. It stays readable after its name is gone, and as long
// as it is open no other file gets its FileId. Several threads may read it at
// once; closing is destruction.
class ReadableFile {
 public:
  virtual ~ReadableFile() = default;

  // What the file system says of the open file (fstat), never of its name.
  virtual absl::StatusOr<FileStat> Stat() = 0;

  // What Stat() would have returned when the file was opened.
  virtual const FileStat& StatAtOpen() const = 0;

  // Reads up to `buffer.size()` bytes at `offset_bytes`. May return fewer than
  // asked for although more are there; returns 0 only at or beyond the end.
  // REQUIRES: offset_bytes >= 0 and buffer is not empty.
  virtual absl::StatusOr<size_t> ReadAt(int64_t offset_bytes,
                                        absl::Span<char> buffer) = 0;
};

// One name in a directory. The hints come from readdir(3) and may be wrong
// (overlay file systems report other inodes than stat does): they say where to
// look, never what is so.
struct DirEntry {
  absl::string_view name;  // valid during the call that delivers it
  uint64_t inode_hint = 0;
  FileType type_hint = FileType::kUnknown;
};

// An open directory. All names are relative to it, so it stays the same
// directory when its path comes to mean another. Thread-compatible, but several
// threads may call Stat and OpenFile at once.
class Directory {
 public:
  virtual ~Directory() = default;

  // Calls `visit` for every entry but "." and "..", in no order. OK means that
  // the listing is complete; after an error it may be cut short anywhere.
  virtual absl::Status ForEachEntry(
      absl::FunctionRef<void(const DirEntry&)> visit) = 0;

  // What stands under `name`, symbolic links followed; "." is the directory
  // itself. `name` may be a path below the directory ("sub/x.log").
  virtual absl::StatusOr<FileStat> Stat(absl::string_view name) = 0;

  // Opens a regular file for reading. Never blocks, whatever stands there;
  // anything but a regular file is FAILED_PRECONDITION.
  virtual absl::StatusOr<std::unique_ptr<ReadableFile>> OpenFile(
      absl::string_view name) = 0;

  // Opens a directory below this one. The last part of `name` may not be a
  // symbolic link (FAILED_PRECONDITION).
  virtual absl::StatusOr<std::unique_ptr<Directory>> OpenDirectory(
      absl::string_view name) = 0;

  // Whether the directory's own mtime changes whenever a name in it comes, goes
  // or passes to another file, so that it need not be listed again as long as
  // it has not. Nobody knows that of file systems that other hosts or a server
  // process change.
  virtual bool StampTellsOfEntries() { return false; }
};

// Where paths begin. Thread-safe.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // Opens the directory that `path` means now; symbolic links are followed.
  virtual absl::StatusOr<std::unique_ptr<Directory>> OpenDirectory(
      absl::string_view path) = 0;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_FILE_SYSTEM_H_
