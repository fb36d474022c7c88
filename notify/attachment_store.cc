#include "notify/attachment_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "env/unique_fd.h"

namespace dirwatcher {
namespace {

namespace fs = std::filesystem;

constexpr absl::Duration kStrayAge = absl::Hours(1);

// Copies a file, so that it outlives a failure of power.
bool CopyFile(const fs::path& from, const fs::path& to) {
  std::error_code error;
  if (!fs::copy_file(from, to, error)) return false;
  const UniqueFd copy(open(to.c_str(), O_RDONLY | O_CLOEXEC));
  return fsync(copy.get()) == 0;
}

// Copies a file, or a folder with the files and folders in it.
bool Copy(const fs::path& from, const fs::path& to) {
  std::error_code error;
  const fs::file_status status = fs::status(from, error);
  if (fs::is_regular_file(status)) return CopyFile(from, to);
  if (!fs::is_directory(status) || !fs::create_directory(to, error)) {
    return false;
  }
  for (fs::directory_iterator it(from, error), end; !error && it != end;
       it.increment(error)) {
    const fs::file_status inner = it->symlink_status(error);
    if (!fs::is_regular_file(inner) && !fs::is_directory(inner)) continue;
    if (!Copy(it->path(), to / it->path().filename())) return false;
  }
  return !error;
}

}  // namespace

std::string AttachmentStore::FolderOf(const std::string& message_id) const {
  return absl::StrCat(dir_, "/", message_id);
}

std::vector<Attachment> AttachmentStore::Keep(
    const std::string& message_id, const std::vector<Attachment>& attachments) {
  std::vector<Attachment> kept = attachments;
  if (dir_.empty() || attachments.empty()) return kept;
  const std::string folder = FolderOf(message_id);
  std::error_code error;
  fs::create_directories(folder, error);
  for (size_t i = 0; i < kept.size(); ++i) {
    const std::string copy = absl::StrCat(folder, "/", i);
    if (Copy(kept[i].path, copy)) {
      kept[i].path = copy;
    } else {
      // Half a copy is worse than none.
      fs::remove_all(copy, error);
    }
  }
  return kept;
}

void AttachmentStore::Remove(const std::string& message_id) {
  std::error_code error;
  if (!dir_.empty()) fs::remove_all(FolderOf(message_id), error);
}

bool AttachmentStore::LinkTo(const std::string& message_id,
                             const std::string& dir) const {
  std::error_code error;
  if (dir_.empty()) return false;
  fs::copy(FolderOf(message_id), dir,
           fs::copy_options::recursive | fs::copy_options::create_hard_links,
           error);
  return !error;
}

void AttachmentStore::RemoveStrays(
    absl::FunctionRef<bool(const std::string& message_id)> is_known,
    absl::Time now) {
  std::error_code error;
  for (fs::directory_iterator it(dir_, error), end; !error && it != end;
       it.increment(error)) {
    struct stat status;
    if (lstat(it->path().c_str(), &status) != 0) continue;
    const bool may_be_under_way =
        now - absl::FromTimeT(status.st_mtime) < kStrayAge;
    if (may_be_under_way || is_known(it->path().filename().string())) continue;
    std::error_code ignored;
    fs::remove_all(it->path(), ignored);
  }
}

}  // namespace dirwatcher
