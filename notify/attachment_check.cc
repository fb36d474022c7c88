#include "notify/attachment_check.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "env/unique_fd.h"

namespace dirwatcher {

AttachmentCheck CheckAttachment(const std::string& path) {
  struct stat file_stat;
  if (stat(path.c_str(), &file_stat) != 0) {
    const bool is_missing = errno == ENOENT || errno == ENOTDIR;
    return {is_missing ? AttachmentKind::kMissing : AttachmentKind::kUnreadable,
            0};
  }
  const bool is_directory = S_ISDIR(file_stat.st_mode);
  if (!is_directory && !S_ISREG(file_stat.st_mode)) {
    return {AttachmentKind::kIrregular, 0};
  }
  // The only sure way to learn whether it may be read. Whatever has taken its
  // place meanwhile, this does not block.
  const UniqueFd fd(
      open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (fd.get() < 0) return {AttachmentKind::kUnreadable, 0};
  if (is_directory) return {AttachmentKind::kDirectory, 0};
  if (file_stat.st_size == 0) return {AttachmentKind::kEmpty, 0};
  return {AttachmentKind::kFile, file_stat.st_size};
}

absl::string_view DescribeAttachment(AttachmentKind kind) {
  switch (kind) {
    case AttachmentKind::kFile:
      break;
    case AttachmentKind::kEmpty:
      return "is empty";
    case AttachmentKind::kMissing:
      return "does not exist";
    case AttachmentKind::kDirectory:
      return "is a directory";
    case AttachmentKind::kIrregular:
      return "is not a regular file";
    case AttachmentKind::kUnreadable:
      return "cannot be read";
  }
  return "";
}

}  // namespace dirwatcher
