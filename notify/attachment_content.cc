#include "notify/attachment_content.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "env/errno_status.h"
#include "env/unique_fd.h"
#include "notify/archive.h"
#include "notify/attachment_check.h"
#include "notify/scratch_folder.h"

namespace dirwatcher {

absl::StatusOr<std::string> ReadAttachment(const std::string& path,
                                           int64_t max_bytes) {
  const UniqueFd fd(
      open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat file_stat;
  if (fd.get() < 0) return ErrnoStatus(errno, "open", path);
  if (fstat(fd.get(), &file_stat) != 0) return ErrnoStatus(errno, "stat", path);
  if (!S_ISREG(file_stat.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat("open ", path, ": Not a regular file"));
  }
  if (file_stat.st_size > max_bytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("read ", path, ": longer than ", max_bytes, " bytes"));
  }
  std::string content(static_cast<size_t>(file_stat.st_size), '\0');
  size_t size = 0;
  while (size < content.size()) {
    const ssize_t count =
        read(fd.get(), content.data() + size, content.size() - size);
    if (count == 0) break;
    if (count < 0) {
      if (errno == EINTR) continue;
      return ErrnoStatus(errno, "read", path);
    }
    size += static_cast<size_t>(count);
  }
  content.resize(size);
  return content;
}

absl::StatusOr<ZippedAttachment> ZipAttachment(const Attachment& attachment,
                                               const ArchiveLimits& limits) {
  absl::StatusOr<ScratchFolder> scratch = ScratchFolder::Create();
  if (!scratch.ok()) return scratch.status();
  const std::string path = absl::StrCat(scratch->path(), "/zip");
  ZippedAttachment zipped;
  if (CheckAttachment(attachment.path).kind == AttachmentKind::kDirectory) {
    absl::StatusOr<std::vector<std::string>> left_out =
        ZipDirectory(attachment.path, attachment.name, path, limits);
    if (!left_out.ok()) return left_out.status();
    zipped.left_out = *std::move(left_out);
  } else {
    const absl::Status status =
        ZipFile(attachment.path, attachment.name, path, limits);
    if (!status.ok()) return status;
  }
  absl::StatusOr<std::string> content = ReadAttachment(path, limits.max_bytes);
  if (!content.ok()) return content.status();
  zipped.content = *std::move(content);
  return zipped;
}

std::string StemOf(const std::string& name) {
  return std::filesystem::path(name).stem().string();
}

}  // namespace dirwatcher
