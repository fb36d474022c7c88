// FaultyFileSystem: a FileSystem that wraps another one and, at every call,
// asks a policy what is to go wrong. Because the policy may change the wrapped
// file system too, it is also how a test puts foreign activity *between the
// calls* of the code under test.
//
//   FakeFileSystem disk;
//   FaultyFileSystem fs(&disk, [&](const FileCall& call) {
//     Fault fault;
//     if (call.kind == FileCall::kRead) fault.max_read_bytes = 1;
//     if (call.kind == FileCall::kOpenFile && call.path == "/logs/a.log") {
//       disk.Rename("/logs/a.log", "/logs/b.log");  // just before it is opened
//     }
//     if (call.kind == FileCall::kListEntry && call.offset == 2) {
//       fault.error = absl::UnavailableError("cut short after two entries");
//     }
//     return fault;
//   });

#ifndef DIRWATCHER_ENV_FAULTY_FILE_SYSTEM_H_
#define DIRWATCHER_ENV_FAULTY_FILE_SYSTEM_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "env/file_system.h"

namespace dirwatcher {

// A call that is about to be made.
struct FileCall {
  enum Kind {
    kOpenDirectory,     // FileSystem::OpenDirectory
    kOpenSubdirectory,  // Directory::OpenDirectory
    kList,              // Directory::ForEachEntry, before its first entry
    kListEntry,         // ... before it delivers one
    kListEnd,           // ... before it returns, everything being delivered
    kStat,              // Directory::Stat
    kOpenFile,          // Directory::OpenFile
    kFileStat,          // ReadableFile::Stat
    kRead,              // ReadableFile::ReadAt
  };

  Kind kind = kOpenDirectory;
  // What it is about, as it was opened: the path given to
  // FileSystem::OpenDirectory and below it the names given to its handles.
  std::string path;
  // kRead: in the file. kListEntry: how many entries went before.
  int64_t offset = 0;
  size_t size_bytes = 0;  // kRead: of the buffer
};

std::ostream& operator<<(std::ostream& os, const FileCall& call);

// What is to happen to it. By default the call goes through as it is.
struct Fault {
  // The call fails with this and the wrapped file system is not asked; an error
  // at kListEntry or kListEnd cuts the listing short there.
  // REQUIRES: not OK.
  absl::optional<absl::Status> error;
  // kRead: no more than that many bytes are read. REQUIRES: at least 1.
  absl::optional<size_t> max_read_bytes;
};

// What a listing says beside the names.
enum class EntryHints {
  kAsIs,
  kAbsent,  // inode 0 and type kUnknown, as some file systems have it
  kWrong,   // the inode number is another one, perhaps that of another file,
            // and the type is kUnknown
};

// As thread-safe as the wrapped file system and the policy are.
class FaultyFileSystem : public FileSystem {
 public:
  using Policy = std::function<Fault(const FileCall&)>;

  // `wrapped` and what `policy` refers to must outlive this and every handle
  // that is opened through it. An empty policy lets everything through.
  explicit FaultyFileSystem(FileSystem* wrapped, Policy policy = {},
                            EntryHints hints = EntryHints::kAsIs);
  ~FaultyFileSystem() override;

  // Replaces the policy, for handles that are open too. Not from within one.
  void set_policy(Policy policy);

  absl::StatusOr<std::unique_ptr<Directory>> OpenDirectory(
      absl::string_view path) override;

  struct State;  // shared with the handles

 private:
  FileSystem* const wrapped_;  // not owned
  const std::shared_ptr<State> state_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_FAULTY_FILE_SYSTEM_H_
