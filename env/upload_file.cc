#include "env/upload_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "env/errno_status.h"

namespace dirwatcher {

absl::StatusOr<UploadFile> UploadFile::Open(const std::string& path) {
  UniqueFd fd(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (fd.get() < 0) return ErrnoStatus(errno, "open", path);
  struct stat file_stat;
  if (fstat(fd.get(), &file_stat) != 0) return ErrnoStatus(errno, "stat", path);
  if (!S_ISREG(file_stat.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat("open ", path, ": Not a regular file"));
  }
  return UploadFile(path, std::move(fd), file_stat.st_size);
}

ssize_t UploadFile::Read(char* buffer, size_t size) {
  const int64_t left = std::max<int64_t>(size_bytes_ - offset_, 0);
  const size_t wanted = std::min(size, static_cast<size_t>(left));
  if (wanted == 0) return 0;
  ssize_t count;
  do {
    count = pread(fd_.get(), buffer, wanted, offset_);
  } while (count < 0 && errno == EINTR);
  if (count < 0) {
    status_ = ErrnoStatus(errno, "read", path_);
    return -1;
  }
  if (count == 0) {
    status_ = absl::FailedPreconditionError(
        absl::StrCat("read ", path_, ": It became shorter"));
    return -1;
  }
  offset_ += count;
  return count;
}

}  // namespace dirwatcher
