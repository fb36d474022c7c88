#include "env/posix_file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "absl/container/fixed_array.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "env/errno_status.h"
#include "env/file_stat.h"
#include "env/inotify_watches.h"
#include "env/unique_fd.h"

namespace dirwatcher {
namespace {

static_assert(sizeof(off_t) == sizeof(int64_t), "large files");

// O_NONBLOCK: a FIFO, a device or a leased file never blocks the open.
constexpr int kOpenFlags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;

template <typename Call>
auto RetryOnSignal(Call call) -> decltype(call()) {
  while (true) {
    const auto result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

FileType TypeOf(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return FileType::kRegular;
    case S_IFDIR:
      return FileType::kDirectory;
    case S_IFLNK:
      return FileType::kSymlink;
    default:
      return FileType::kOther;
  }
}

FileType HintOf(unsigned char d_type) {
  return d_type == DT_UNKNOWN ? FileType::kUnknown : TypeOf(DTTOIF(d_type));
}

FileStat FromStatx(const struct statx& from) {
  FileStat stat;
  stat.id.device = makedev(from.stx_dev_major, from.stx_dev_minor);
  stat.id.inode = from.stx_ino;
  if ((from.stx_mask & STATX_BTIME) != 0) {
    stat.id.birth_ns =
        from.stx_btime.tv_sec * int64_t{1000000000} + from.stx_btime.tv_nsec;
  }
  stat.type = TypeOf(from.stx_mode);
  stat.size_bytes = static_cast<int64_t>(from.stx_size);
  stat.mtime = absl::FromUnixSeconds(from.stx_mtime.tv_sec) +
               absl::Nanoseconds(from.stx_mtime.tv_nsec);
  stat.ctime = absl::FromUnixSeconds(from.stx_ctime.tv_sec) +
               absl::Nanoseconds(from.stx_ctime.tv_nsec);
  return stat;
}

FileStat FromStat(const struct stat& from) {
  FileStat stat;
  stat.id.device = from.st_dev;
  stat.id.inode = from.st_ino;
  stat.type = TypeOf(from.st_mode);
  stat.size_bytes = from.st_size;
  stat.mtime = absl::TimeFromTimespec(from.st_mtim);
  stat.ctime = absl::TimeFromTimespec(from.st_ctim);
  return stat;
}

// Of what `name` means below `dir_fd`; of the descriptor itself if it is empty.
// Returns an errno, or 0.
int StatAt(int dir_fd, const char* name, FileStat* stat) {
  const int flags = *name == '\0' ? AT_EMPTY_PATH : 0;
  struct statx extended;
  if (RetryOnSignal([&] {
        return statx(dir_fd, name, flags, STATX_BASIC_STATS | STATX_BTIME,
                     &extended);
      }) == 0) {
    *stat = FromStatx(extended);
    return 0;
  }
  // EPERM comes from seccomp filters that do not know the call.
  if (errno != ENOSYS && errno != EPERM) return errno;
  struct stat plain;
  if (RetryOnSignal([&] { return fstatat(dir_fd, name, &plain, flags); }) !=
      0) {
    return errno;
  }
  *stat = FromStat(plain);
  return 0;
}

// openat(2). Returns an errno, or 0.
int OpenAt(int dir_fd, absl::string_view name, int flags, UniqueFd* fd) {
  // The system would stop at the NUL and open something else.
  if (absl::StrContains(name, absl::string_view("\0", 1))) return EINVAL;
  const std::string terminated(name);
  *fd = UniqueFd(RetryOnSignal(
      [&] { return openat(dir_fd, terminated.c_str(), kOpenFlags | flags); }));
  return fd->get() < 0 ? errno : 0;
}

class PosixFile : public ReadableFile {
 public:
  PosixFile(UniqueFd fd, const FileStat& stat, std::string path)
      : fd_(std::move(fd)), stat_at_open_(stat), path_(std::move(path)) {}

  const FileStat& StatAtOpen() const override { return stat_at_open_; }

  absl::StatusOr<FileStat> Stat() override {
    FileStat stat;
    if (const int error = StatAt(fd_.get(), "", &stat)) {
      return ErrnoStatus(error, "stat", path_);
    }
    return stat;
  }

  absl::StatusOr<size_t> ReadAt(int64_t offset_bytes,
                                absl::Span<char> buffer) override {
    const ssize_t n = RetryOnSignal([&] {
      return pread(fd_.get(), buffer.data(), buffer.size(), offset_bytes);
    });
    if (n < 0) return ErrnoStatus(errno, "read", path_);
    return static_cast<size_t>(n);
  }

 private:
  const UniqueFd fd_;
  const FileStat stat_at_open_;
  const std::string path_;  // as it was opened, for messages
};

class PosixDirectory : public Directory {
 public:
  PosixDirectory(UniqueFd fd, std::string path)
      : fd_(std::move(fd)), path_(std::move(path)) {}

  absl::Status ForEachEntry(
      absl::FunctionRef<void(const DirEntry&)> visit) override {
    // A duplicate, because closedir(3) closes it. It needs no permission anew,
    // as opening "." would, but shares its place with fd_: hence the rewind.
    UniqueFd copy(fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0));
    if (copy.get() < 0) return ErrnoStatus(errno, "list", path_);
    const std::unique_ptr<DIR, int (*)(DIR*)> dir(fdopendir(copy.get()),
                                                  &closedir);
    if (dir == nullptr) return ErrnoStatus(errno, "list", path_);
    copy.release();
    rewinddir(dir.get());
    while (true) {
      errno = 0;
      const dirent* const entry = readdir(dir.get());
      if (entry == nullptr) {
        if (errno == EINTR) continue;
        if (errno != 0) return ErrnoStatus(errno, "list", path_);
        return absl::OkStatus();
      }
      const absl::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      DirEntry out;
      out.name = name;
      out.inode_hint = entry->d_ino;
      out.type_hint = HintOf(entry->d_type);
      visit(out);
    }
  }

  absl::StatusOr<FileStat> Stat(absl::string_view name) override {
    int error = EINVAL;
    FileStat stat;
    if (name.empty()) {
      error = ENOENT;
    } else if (!absl::StrContains(name, absl::string_view("\0", 1))) {
      // Most names are short, and there may be a million of them.
      absl::FixedArray<char, 256> terminated(name.size() + 1);
      std::copy(name.begin(), name.end(), terminated.begin());
      terminated.back() = '\0';
      error = StatAt(fd_.get(), name == "." ? "" : terminated.data(), &stat);
    }
    if (error != 0) return ErrnoStatus(error, "stat", PathOf(name));
    return stat;
  }

  absl::StatusOr<std::unique_ptr<ReadableFile>> OpenFile(
      absl::string_view name) override {
    UniqueFd fd;
    FileStat stat;
    int error = OpenAt(fd_.get(), name, 0, &fd);
    if (error == 0) error = StatAt(fd.get(), "", &stat);
    if (error != 0) return ErrnoStatus(error, "open", PathOf(name));
    if (stat.type != FileType::kRegular) {
      return absl::FailedPreconditionError(
          absl::StrCat("open ", PathOf(name), ": not a regular file"));
    }
    return std::unique_ptr<ReadableFile>(
        new PosixFile(std::move(fd), stat, PathOf(name)));
  }

  absl::StatusOr<std::unique_ptr<Directory>> OpenDirectory(
      absl::string_view name) override {
    // With a slash at its end the name of a link would be followed.
    absl::string_view bare = name;
    while (bare.size() > 1 && absl::ConsumeSuffix(&bare, "/")) {
    }
    UniqueFd fd;
    if (const int error =
            OpenAt(fd_.get(), bare, O_DIRECTORY | O_NOFOLLOW, &fd)) {
      return ErrnoStatus(error, "open", PathOf(name));
    }
    return std::unique_ptr<Directory>(
        new PosixDirectory(std::move(fd), PathOf(bare)));
  }

  bool StampTellsOfEntries() override {
    struct statfs file_system;
    return fstatfs(fd_.get(), &file_system) == 0 &&
           InotifySeesAllChanges(static_cast<uint64_t>(file_system.f_type));
  }

 private:
  std::string PathOf(absl::string_view name) const {
    return absl::StrCat(path_, absl::EndsWith(path_, "/") ? "" : "/", name);
  }

  const UniqueFd fd_;
  const std::string path_;  // as it was opened, for messages
};

}  // namespace

absl::StatusOr<std::unique_ptr<Directory>> PosixFileSystem::OpenDirectory(
    absl::string_view path) {
  UniqueFd fd;
  if (const int error = OpenAt(AT_FDCWD, path, O_DIRECTORY, &fd)) {
    return ErrnoStatus(error, "open", path);
  }
  return std::unique_ptr<Directory>(
      new PosixDirectory(std::move(fd), std::string(path)));
}

int DefaultMaxOpenFiles() {
  constexpr rlim_t kMost = 1024;
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1;
  return static_cast<int>(
      std::min(std::max<rlim_t>(limit.rlim_cur / 4, 1), kMost));
}

void ReserveDescriptors(int count) {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const auto most = static_cast<int>(
      std::min<rlim_t>(limit.rlim_cur, std::numeric_limits<int>::max()));
  // A descriptor with the highest number; it may be of anything.
  const UniqueFd any(open("/", O_PATH | O_CLOEXEC));
  const UniqueFd highest(
      fcntl(any.get(), F_DUPFD_CLOEXEC, std::min(count, most) - 1));
}

}  // namespace dirwatcher
