#include "notify/row_locks.h"

#include <fcntl.h>

#include <cerrno>

#include "env/errno_status.h"

namespace dirwatcher {
namespace {

// Locks or unlocks one byte, by fcntl(2), "open file description locks".
bool SetLock(int fd, int64_t row, short type) {
  struct flock lock = {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = row;
  lock.l_len = 1;
  return fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

}  // namespace

absl::StatusOr<UniqueFd> RowLocks::OpenFile(const std::string& path) {
  UniqueFd file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (file.get() < 0) return ErrnoStatus(errno, "open", path);
  return file;
}

bool RowLocks::TryLock(int64_t row) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!held_.insert(row).second) return false;
  if (file_.get() >= 0 && !SetLock(file_.get(), row, F_WRLCK)) {
    held_.erase(row);
    return false;
  }
  return true;
}

void RowLocks::Unlock(int64_t row) {
  const std::lock_guard<std::mutex> lock(mutex_);
  held_.erase(row);
  if (file_.get() >= 0) SetLock(file_.get(), row, F_UNLCK);
}

}  // namespace dirwatcher
