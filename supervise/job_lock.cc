#include "supervise/job_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "env/errno_status.h"

namespace dirwatcher {

absl::StatusOr<absl::optional<JobLock>> JobLock::Take(const std::string& path) {
  // A FIFO would keep us waiting without O_NONBLOCK. NFS locks only what may be
  // written to; elsewhere another's file that may only be read does.
  constexpr int kFlags = O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  UniqueFd fd(open(path.c_str(), O_RDWR | O_CREAT | kFlags, 0600));
  if (fd.get() < 0 && (errno == EACCES || errno == EROFS)) {
    const int error = errno;
    fd = UniqueFd(open(path.c_str(), O_RDONLY | kFlags));
    if (fd.get() < 0) return ErrnoStatus(error, "open lock", path);
  }
  if (fd.get() < 0) return ErrnoStatus(errno, "open lock", path);
  if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return absl::optional<JobLock>();
    return ErrnoStatus(errno, "lock", path);
  }
  return absl::optional<JobLock>(JobLock(std::move(fd)));
}

}  // namespace dirwatcher
