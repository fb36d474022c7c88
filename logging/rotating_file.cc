#include "logging/rotating_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace dirwatcher {
namespace {

constexpr mode_t kNewFileMode = 0640;

// How long a lock is waited for: kLockTries times kLockPauseNs.
constexpr int kLockTries = 1000;
constexpr int64_t kLockPauseNs = 1'000'000;

// How long a FIFO or a terminal may keep a write waiting.
constexpr absl::Duration kPatience = absl::Seconds(1);

// How often a write looks again for the file that PATH means. More than a few
// rounds mean that others roll at every line.
constexpr int kMaxRounds = 100;

bool SameFile(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

std::string BackupName(absl::string_view path, int number) {
  return absl::StrCat(path, ".", number);
}

// The path with all symbolic links followed, so that a link that points to the
// log stays where it is when the log is rolled.
std::string ResolveLinks(const std::string& path) {
  char* const resolved = realpath(path.c_str(), nullptr);
  if (resolved == nullptr) return path;
  std::string result = resolved;
  free(resolved);
  return result;
}

absl::Status RenameFile(const std::string& from, const std::string& to) {
  if (rename(from.c_str(), to.c_str()) == 0) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, absl::StrCat("rename ", from, " to ", to));
}

}  // namespace

absl::StatusOr<std::unique_ptr<RotatingFile>> RotatingFile::Open(
    RotatingFileOptions options) {
  if (options.max_bytes < 0 || options.max_backups < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("log file ", options.path,
                     ": neither the size nor the number of old files may be "
                     "negative"));
  }
  std::unique_ptr<RotatingFile> file(new RotatingFile(std::move(options)));
  if (absl::Status status = file->Reopen(kNewFileMode); !status.ok()) {
    return status;
  }
  return file;
}

RotatingFile::RotatingFile(RotatingFileOptions options)
    : options_(std::move(options)) {}

RotatingFile::~RotatingFile() { Close(); }

void RotatingFile::Close() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
  locked_ = false;
  stream_.reset();
}

absl::Status RotatingFile::Reopen(mode_t mode) {
  Close();
  // Without O_NONBLOCK a FIFO that nobody reads would hold up the program.
  fd_ = open(options_.path.c_str(),
             O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
             mode);
  if (fd_ < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("open log file ", path()));
  }
  if (fstat(fd_, &stat_) == 0 && S_ISREG(stat_.st_mode)) {
    return absl::OkStatus();
  }
  FdByteSinkOptions stream_options;
  stream_options.patience = kPatience;
  stream_.emplace(fd_, absl::StrCat("log file ", path()), stream_options);
  return absl::OkStatus();
}

void RotatingFile::Lock() {
  const int tries = lock_is_stuck_ ? 1 : kLockTries;
  for (int i = 0; i < tries; ++i) {
    // A file system without locks leaves no choice but to go on as if alone.
    if (flock(fd_, LOCK_EX | LOCK_NB) == 0 ||
        (errno != EWOULDBLOCK && errno != EINTR)) {
      locked_ = true;
      lock_is_stuck_ = false;
      return;
    }
    if (i + 1 == tries) break;
    const struct timespec pause = {0, kLockPauseNs};
    nanosleep(&pause, nullptr);
  }
  lock_is_stuck_ = true;
}

void RotatingFile::Unlock() {
  if (locked_) flock(fd_, LOCK_UN);
  locked_ = false;
}

absl::Status RotatingFile::Acquire(mode_t mode) {
  for (int round = 0;; ++round) {
    if (fd_ < 0) {
      if (absl::Status status = Reopen(mode); !status.ok()) return status;
    }
    if (!stream_.has_value() && !locked_) Lock();
    if (fstat(fd_, &stat_) != 0) {
      return absl::ErrnoToStatus(errno, absl::StrCat("stat log file ", path()));
    }

    // Only the holder of the lock of the file that PATH means may roll it: so
    // what PATH means is looked at after the lock was taken.
    struct stat by_name;
    if (stat(path().c_str(), &by_name) == 0 && SameFile(by_name, stat_)) {
      return absl::OkStatus();
    }
    if (round == kMaxRounds) {
      Unlock();  // what is at PATH is not ours to roll
      return absl::OkStatus();
    }
    Close();
  }
}

bool RotatingFile::MustRollBefore(int64_t bytes) const {
  return options_.max_bytes > 0 && locked_ && stat_.st_size > 0 &&
         bytes > options_.max_bytes - stat_.st_size;
}

absl::Status RotatingFile::Roll() const {
  const std::string base = ResolveLinks(path());
  if (options_.max_backups == 0) {
    if (unlink(base.c_str()) == 0) return absl::OkStatus();
    return absl::ErrnoToStatus(errno, absl::StrCat("remove ", base));
  }
  // Files move up only as far as there is one in the way: a gap in the numbers
  // is filled before the oldest file is given up.
  int last = 1;
  struct stat st;
  while (last < options_.max_backups &&
         lstat(BackupName(base, last).c_str(), &st) == 0) {
    ++last;
  }
  for (int i = last; i > 1; --i) {
    if (absl::Status status =
            RenameFile(BackupName(base, i - 1), BackupName(base, i));
        !status.ok()) {
      return status;
    }
  }
  return RenameFile(base, BackupName(base, 1));
}

WriteResult RotatingFile::Write(absl::string_view bytes) {
  WriteResult result;
  result.status = Acquire(kNewFileMode);
  if (!result.status.ok()) return result;
  if (stream_.has_value()) return stream_->Write(bytes);

  for (int round = 0;
       round < kMaxRounds && MustRollBefore(static_cast<int64_t>(bytes.size()));
       ++round) {
    const mode_t mode = stat_.st_mode & 0777;
    roll_status_ = Roll();
    if (!roll_status_.ok()) break;
    Close();
    result.status = Acquire(mode);
    if (!result.status.ok()) return result;
  }

  while (result.written_bytes < bytes.size()) {
    const ssize_t n = write(fd_, bytes.data() + result.written_bytes,
                            bytes.size() - result.written_bytes);
    if (n > 0) {
      result.written_bytes += static_cast<size_t>(n);
    } else if (n == 0 || errno != EINTR) {
      result.status = absl::ErrnoToStatus(
          n == 0 ? EIO : errno, absl::StrCat("write log file ", path()));
      break;
    }
  }
  if (!result.status.ok() && result.written_bytes > 0 && locked_ &&
      ftruncate(fd_, stat_.st_size) == 0) {
    result.written_bytes = 0;
  }
  Unlock();
  return result;
}

}  // namespace dirwatcher
