// RowLocks: a lock for each of any number of things, between processes.
//
// The lock of number n is that of byte n of one file. The kernel gives it back
// when its holder ends, however it ends.

#ifndef DIRWATCHER_NOTIFY_ROW_LOCKS_H_
#define DIRWATCHER_NOTIFY_ROW_LOCKS_H_

#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "env/unique_fd.h"

namespace dirwatcher {

// Thread-safe.
class RowLocks {
 public:
  // Locks between the threads of this process alone.
  RowLocks() = default;

  // Opens the file, and makes it if it is not there, for this user only. The
  // errors are those of open(2).
  static absl::StatusOr<UniqueFd> OpenFile(const std::string& path);

  // Locks between all that use the same file.
  explicit RowLocks(UniqueFd file) : file_(std::move(file)) {}

  RowLocks(const RowLocks&) = delete;
  RowLocks& operator=(const RowLocks&) = delete;

  // Takes the lock of `row`; false: somebody has it, this process perhaps, or
  // the file system has no locks. Does not wait. REQUIRES: row >= 0.
  bool TryLock(int64_t row);

  // REQUIRES: TryLock(row) was true.
  void Unlock(int64_t row);

 private:
  const UniqueFd file_;  // none: there are no other processes
  std::mutex mutex_;     // guards held_
  // The kernel's locks belong to the open file, so they do not keep threads of
  // one process apart.
  std::set<int64_t> held_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_ROW_LOCKS_H_
