// RotatingFile: a log file that never grows past its maximum, alone or shared.
//
// When a write would pass the maximum, the file is rolled first: PATH.1 becomes
// PATH.2 and so on, PATH becomes PATH.1, and a new PATH is begun. A write is
// never split between files.
//
//   RotatingFileOptions options;
//   options.path = "/var/log/dirwatcher.log";
//   auto file = RotatingFile::Open(options);
//   WriteResult result = (*file)->Write("one line\n");

#ifndef DIRWATCHER_LOGGING_ROTATING_FILE_H_
#define DIRWATCHER_LOGGING_ROTATING_FILE_H_

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "logging/byte_sink.h"
#include "logging/fd_byte_sink.h"

namespace dirwatcher {

struct RotatingFileOptions {
  // A relative path follows the working directory; a symbolic link is followed,
  // and rolling then happens where it points to.
  std::string path;

  // A write that would make the file longer goes to a new one. A write longer
  // than this has a file of its own. 0 = never roll.
  int64_t max_bytes = int64_t{1} << 20;

  // How many old files are kept; PATH.1 is the newest. 0 = none: what is rolled
  // is deleted. Old files with higher numbers are left alone.
  int max_backups = 2;
};

// Several processes may write one log if their options agree: each write holds
// a lock on the file (flock(2)), so that nobody writes to a file that is being
// rolled, and goes to the file that PATH means at that moment. So it also works
// when somebody else (logrotate, rm) moves the file away. A lock that another
// process keeps is waited for once, for a second; until it can be had again
// lines are appended without it, and nothing is rolled. On a file system
// without locks only one process may write.
//
// Only a regular file is rolled; a FIFO, a terminal or /dev/null is just
// written to, waiting at most a second for a reader that is slow and not at all
// for one that has stopped (see FdByteSink). A new file has mode 0640 less the
// umask, or the mode of the one before it.
//
// Thread-compatible. Needs SIGPIPE (for FIFOs) and SIGXFSZ (for file size
// limits) to be ignored by the process.
class RotatingFile : public ByteSink {
 public:
  // Opens the file, and makes it if there is none.
  //   INVALID_ARGUMENT  max_bytes or max_backups is negative
  //   others            what open(2) says, in a message that names the path
  static absl::StatusOr<std::unique_ptr<RotatingFile>> Open(
      RotatingFileOptions options);

  RotatingFile(const RotatingFile&) = delete;
  RotatingFile& operator=(const RotatingFile&) = delete;
  ~RotatingFile() override;

  // Appends `bytes`, which should be whole lines, to one file. A write that
  // fails midway, on a full disk, is taken back where that is safe (a regular
  // file, locked): then written_bytes is 0. It may be tried again at any time;
  // a directory that vanished is found again when it is back.
  WriteResult Write(absl::string_view bytes) override;

  // Why the last attempt to roll failed; OK if it did not, or if there was
  // none. The file grows past its maximum meanwhile: lines are worth more than
  // the limit.
  const absl::Status& roll_status() const { return roll_status_; }

  const std::string& path() const { return options_.path; }

 private:
  explicit RotatingFile(RotatingFileOptions options);

  // Closes the descriptor, and with it gives up the lock.
  void Close();
  // Makes fd_ the file that PATH means now. `mode` is that of a new file.
  absl::Status Reopen(mode_t mode);
  // Makes fd_ the file that PATH means now, locked if possible, and sets stat_.
  absl::Status Acquire(mode_t mode);
  // Locks fd_ or gives up; sets locked_.
  void Lock();
  void Unlock();
  // Moves the file out of the way. REQUIRES: locked_.
  absl::Status Roll() const;
  bool MustRollBefore(int64_t bytes) const;

  const RotatingFileOptions options_;
  int fd_ = -1;
  absl::optional<FdByteSink> stream_;  // writes to fd_; set if not regular
  struct stat stat_ = {};              // of fd_, as Acquire() found it
  bool locked_ = false;                // this process holds the lock on fd_
  // A lock was waited for in vain: do not wait for the next one.
  bool lock_is_stuck_ = false;
  absl::Status roll_status_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_LOGGING_ROTATING_FILE_H_
