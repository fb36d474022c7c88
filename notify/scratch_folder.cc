#include "notify/scratch_folder.h"

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "env/errno_status.h"

namespace dirwatcher {

absl::StatusOr<ScratchFolder> ScratchFolder::Create() {
  const char* const folder = getenv("TMPDIR");
  std::string path = absl::StrCat(
      folder != nullptr && *folder != '\0' ? folder : "/tmp", "/notify-XXXXXX");
  if (mkdtemp(path.data()) == nullptr) {
    return ErrnoStatus(errno, "mkdtemp", path);
  }
  return ScratchFolder(std::move(path));
}

ScratchFolder::~ScratchFolder() {
  if (path_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace dirwatcher
