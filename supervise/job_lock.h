// JobLock: that of `supervise --lock FILE`, so that no second instance runs.
//
//   absl::StatusOr<absl::optional<JobLock>> lock = JobLock::Take(path);
//   if (!lock.ok()) ...            // the file cannot be opened
//   if (!lock->has_value()) ...    // another has it

#ifndef DIRWATCHER_SUPERVISE_JOB_LOCK_H_
#define DIRWATCHER_SUPERVISE_JOB_LOCK_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "env/unique_fd.h"

namespace dirwatcher {

// Held until it goes, or the process does, however that ends: flock(2), on
// local file systems and, since Linux 2.6.12, on NFS. The command does not have
// it: what it leaves behind keeps no lock. Movable.
class JobLock {
 public:
  // Takes the lock of the file; nullopt: another has it. The file is made if it
  // is missing, for its owner alone (0600), and is neither written to nor
  // removed: whoever waits at one that is removed would not meet the next. The
  // same lock as that of flock(1) with this file.
  //   NOT_FOUND, PERMISSION_DENIED and others, as ErrnoStatus has them
  static absl::StatusOr<absl::optional<JobLock>> Take(const std::string& path);

 private:
  explicit JobLock(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SUPERVISE_JOB_LOCK_H_
