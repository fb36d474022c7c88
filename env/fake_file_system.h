// FakeFileSystem: a file system in memory, for tests of code that uses
// env/file_system.h. A supported part of the library: embedders' tests may use
// it. It passes the same contract suite as PosixFileSystem.
//
//   FakeFileSystem fs;
//   fs.CreateDirectory("/logs");
//   fs.Write("/logs/a.log", "one\n");
//   FakeWriter writer = fs.OpenWriter("/logs/a.log", FakeWriter::kAppend);
//   fs.Rename("/logs/a.log", "/logs/a.log.1");
//   writer.Write("two\n");                 // goes to a.log.1
//   fs.AdvanceTime(absl::Milliseconds(4)); // later changes get a later stamp
//   DirectoryWatcher watcher(&fs, ...);
//
// It is deliberately unkind where real systems are: inode numbers are reused at
// once, the clock stands still until the test moves it (several changes in one
// tick have the same stamps, as with a kernel's coarse clock), listings are not
// sorted, and an entry renamed during a listing may show up twice or not at
// all.
//
// Paths start at "/", with or without a leading slash; ".", ".." and symbolic
// links work as in POSIX path resolution (path_resolution(7)).

#ifndef DIRWATCHER_ENV_FAKE_FILE_SYSTEM_H_
#define DIRWATCHER_ENV_FAKE_FILE_SYSTEM_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "env/file_stat.h"
#include "env/file_system.h"

namespace dirwatcher {

struct FakeFileSystemOptions {
  // Whether FileId::birth_ns is recorded; off, it is 0 for every file and a
  // reused inode number cannot be told from the old one. Default: off.
  bool record_birth_times = false;
  // Every value gives another order of listing. Any value will do. Default: 0.
  uint64_t listing_seed = 0;
  // What the clock shows at first. Default: some moment in 2001.
  absl::Time start_time = absl::FromUnixSeconds(1000000000);
  // Opening beyond this many handles is RESOURCE_EXHAUSTED, as EMFILE is.
  // Writers do not count. Default: no limit.
  size_t max_open_handles = SIZE_MAX;
  // A server, whose directories' times nobody trusts.
  bool is_remote = false;
};

// The outcome of an operation on a FakeFileSystem. One that failed and is never
// looked at ends the program with its message, so that short tests need no
// checks and yet do not go on with a world that they did not ask for.
//
//   fs.Remove("/a");                            // must work
//   if (!fs.Remove("/a").ok()) ...              // may fail
//   EXPECT_EQ(fs.Remove("/a").status().code(), absl::StatusCode::kNotFound);
class FakeOutcome {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): only made by returning.
  FakeOutcome(absl::Status status) : status_(std::move(status)) {}
  FakeOutcome(const FakeOutcome&) = delete;
  FakeOutcome& operator=(const FakeOutcome&) = delete;
  ~FakeOutcome();

  bool ok() {
    looked_at_ = true;
    return status_.ok();
  }
  const absl::Status& status() {
    looked_at_ = true;
    return status_;
  }
  // The operation may fail, and it makes no difference.
  void IgnoreError() { looked_at_ = true; }

 private:
  const absl::Status status_;
  bool looked_at_ = false;
};

namespace fake_file_system_internal {
class Disk;
struct Inode;
}  // namespace fake_file_system_internal

// An open descriptor of a program that writes. It follows the inode, not the
// name: after a rename it writes to the renamed file, after a removal to a file
// without a name. Closing is destruction. Movable.
class FakeWriter {
 public:
  enum Mode {
    kAppend,      // O_APPEND: every write goes to the end as it is then
    kPositional,  // its own offset, from 0: a file truncated under it gets a
                  // hole
  };

  FakeWriter(FakeWriter&& other) noexcept;
  FakeWriter& operator=(FakeWriter&& other) noexcept;
  ~FakeWriter();

  void Write(absl::string_view bytes);
  // The next kPositional write goes there. REQUIRES: offset_bytes >= 0.
  void Seek(int64_t offset_bytes);
  // ftruncate(2): the offset stays. REQUIRES: size_bytes >= 0.
  void Truncate(int64_t size_bytes);
  FileId id() const;

 private:
  friend class FakeFileSystem;
  FakeWriter(std::shared_ptr<fake_file_system_internal::Disk> disk,
             fake_file_system_internal::Inode* inode, Mode mode);
  void Close();

  std::shared_ptr<fake_file_system_internal::Disk> disk_;  // null = moved from
  fake_file_system_internal::Inode*
      inode_;  // pinned for as long as disk_ is set
  Mode mode_;
  int64_t offset_bytes_ = 0;  // where the next kPositional write goes
};

// Thread-safe. Handles and writers may outlive it. Everything may be changed
// while a listing is under way, also from inside its callback: entries that are
// there throughout are delivered exactly once.
class FakeFileSystem : public FileSystem {
 public:
  explicit FakeFileSystem(const FakeFileSystemOptions& options = {});
  FakeFileSystem(const FakeFileSystem&) = delete;
  FakeFileSystem& operator=(const FakeFileSystem&) = delete;
  ~FakeFileSystem() override;

  absl::StatusOr<std::unique_ptr<Directory>> OpenDirectory(
      absl::string_view path) override;

  // --- Operations, with the errors of the system calls they stand for. ---

  // mkdir -p. A directory that is there already is fine.
  FakeOutcome CreateDirectory(absl::string_view path);
  // Writes a file from the start: O_CREAT|O_TRUNC, so one that exists keeps its
  // inode. The directory has to exist; symbolic links are followed.
  FakeOutcome Write(absl::string_view path, absl::string_view content);
  // O_CREAT|O_APPEND.
  FakeOutcome Append(absl::string_view path, absl::string_view bytes);
  // O_CREAT and pwrite(2): what lies between the old end and the offset reads
  // as NUL and costs no memory. REQUIRES: offset_bytes >= 0.
  FakeOutcome WriteAt(absl::string_view path, int64_t offset_bytes,
                      absl::string_view bytes);
  // truncate(2), in both directions. REQUIRES: size_bytes >= 0.
  FakeOutcome Truncate(absl::string_view path, int64_t size_bytes);
  // rename(2): replaces what is there, keeps the inode; for directories too.
  FakeOutcome Rename(absl::string_view from, absl::string_view to);
  // renameat2(2) with RENAME_EXCHANGE: both have to exist.
  FakeOutcome Exchange(absl::string_view a, absl::string_view b);
  // link(2): `to` becomes another name of the file `from`.
  FakeOutcome Link(absl::string_view from, absl::string_view to);
  // symlink(2): `path` becomes a link to `target`, which need not exist.
  FakeOutcome Symlink(absl::string_view target, absl::string_view path);
  FakeOutcome MakeFifo(absl::string_view path);
  // unlink(2), or rmdir(2) if it is a directory, which then has to be empty.
  FakeOutcome Remove(absl::string_view path);
  // rm -rf: what is not there is fine.
  FakeOutcome RemoveTree(absl::string_view path);
  // chmod: false takes away the right to open it and, for a directory, to reach
  // what lies below. Handles that are open stay open.
  FakeOutcome SetReadable(absl::string_view path, bool readable);
  // utimes(2): sets the mtime; the ctime becomes the present.
  FakeOutcome SetModificationTime(absl::string_view path, absl::Time mtime);

  // Opens `path` as a writing program does, and creates it if it is missing.
  // Failure ends the program.
  FakeWriter OpenWriter(absl::string_view path, FakeWriter::Mode mode);

  // Moves the clock that stamps changes. The only thing that does.
  void AdvanceTime(absl::Duration duration);
  absl::Time Now() const;

  // --- Questions, for oracles. They count as no access. ---

  // Whether the name is there, be it a dangling symbolic link.
  bool Exists(absl::string_view path) const;
  // All bytes; "" if there is no such file. Symbolic links are followed.
  std::string ReadAll(absl::string_view path) const;
  absl::StatusOr<FileStat> StatOf(absl::string_view path) const;
  // Who it is, links followed; an id of zeros if there is none.
  FileId IdOf(absl::string_view path) const;
  // The names in a directory, sorted; empty if there is none.
  std::vector<std::string> List(absl::string_view path) const;

  // Handles that are open now: files and directories opened through the
  // FileSystem interface, not writers.
  size_t open_handle_count() const;
  size_t open_handle_count(const FileId& id) const;
  // The highest number of them that were open at one moment.
  size_t peak_open_handle_count() const;

 private:
  const std::shared_ptr<fake_file_system_internal::Disk> disk_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_FAKE_FILE_SYSTEM_H_
