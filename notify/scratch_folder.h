// ScratchFolder: a folder of its own for files that are needed for a moment.
//
//   absl::StatusOr<ScratchFolder> scratch = ScratchFolder::Create();
//   if (!scratch.ok()) return scratch.status();
//   GzipFile(path, scratch->path() + "/x.gz");

#ifndef DIRWATCHER_NOTIFY_SCRATCH_FOLDER_H_
#define DIRWATCHER_NOTIFY_SCRATCH_FOLDER_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace dirwatcher {

// Removed with all that is in it when it goes. Movable; thread-compatible.
class ScratchFolder {
 public:
  // Makes one, for its owner alone (mode 0700), in $TMPDIR or else /tmp.
  // The errors are those of env/errno_status.h.
  static absl::StatusOr<ScratchFolder> Create();

  ScratchFolder(ScratchFolder&& other) noexcept
      : path_(std::exchange(other.path_, "")) {}
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder();

  const std::string& path() const { return path_; }

 private:
  explicit ScratchFolder(std::string path) : path_(std::move(path)) {}

  std::string path_;  // empty: moved from
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_SCRATCH_FOLDER_H_
