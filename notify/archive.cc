#include "notify/archive.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "env/errno_status.h"
#include "env/unique_fd.h"
#include "logging/escape.h"
#include "notify/archive_writer.h"

namespace dirwatcher {
namespace {

constexpr int kMaxDepth = 64;
constexpr size_t kMaxReported = 20;

// Does not wait for a FIFO's writer, and does not become its terminal's owner.
constexpr int kOpenFlags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

struct OpenFile {
  UniqueFd fd;
  struct stat stat;
};

absl::StatusOr<OpenFile> OpenRegular(const std::string& path) {
  OpenFile file;
  // Opening a device may move it, so it is looked at first; and again after, as
  // it may have been replaced.
  if (stat(path.c_str(), &file.stat) != 0) {
    return ErrnoStatus(errno, "stat", path);
  }
  if (S_ISREG(file.stat.st_mode)) {
    file.fd = UniqueFd(open(path.c_str(), kOpenFlags));
    if (file.fd.get() < 0) return ErrnoStatus(errno, "open", path);
    if (fstat(file.fd.get(), &file.stat) != 0) {
      return ErrnoStatus(errno, "stat", path);
    }
  }
  if (!S_ISREG(file.stat.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat("open ", path, ": Not a regular file"));
  }
  return file;
}

absl::Status ArchiveFile(ArchiveFormat format, const std::string& path,
                         const std::string& name_inside,
                         const std::string& out_path,
                         const ArchiveLimits& limits) {
  absl::StatusOr<OpenFile> file = OpenRegular(path);
  if (!file.ok()) return file.status();
  absl::StatusOr<std::unique_ptr<ArchiveWriter>> writer =
      ArchiveWriter::Create(format, out_path, limits);
  if (!writer.ok()) return writer.status();
  const ArchiveWriter::AddResult added =
      (*writer)->AddFile(name_inside, file->fd.get(), file->stat);
  if (!added.archive.ok()) return added.archive;
  if (added.read_errno != 0) {
    return ErrnoStatus(added.read_errno, "read", path);
  }
  return (*writer)->Close();
}

// Puts a folder into an archive.
class DirectoryWalk {
 public:
  explicit DirectoryWalk(ArchiveWriter* writer) : writer_(writer) {}

  // `name` is what the archive has for it, with a slash at the end.
  absl::Status Add(UniqueFd directory, const std::string& name, int depth) {
    struct stat directory_stat;
    if (fstat(directory.get(), &directory_stat) != 0) {
      LeaveOut(name, errno);
      return absl::OkStatus();
    }
    absl::Status status = writer_->AddDirectory(name, directory_stat);
    if (!status.ok()) return status;
    absl::StatusOr<std::vector<std::string>> children =
        List(directory.get(), name);
    if (!children.ok()) return absl::OkStatus();
    for (const std::string& child : *children) {
      status = AddChild(directory.get(), child, name, depth);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  std::vector<std::string> TakeLeftOut() {
    if (num_left_out_ > kMaxReported) {
      left_out_.push_back(
          absl::StrCat("and ", num_left_out_ - kMaxReported, " more"));
    }
    return std::move(left_out_);
  }

 private:
  void LeaveOut(const std::string& name, int error_number) {
    if (++num_left_out_ > kMaxReported) return;
    left_out_.push_back(
        EscapeForLog(ErrnoStatus(error_number, "read", name).message()));
  }

  // In the order of their names, so that archives of the same are alike.
  absl::StatusOr<std::vector<std::string>> List(int directory,
                                                const std::string& name) {
    // Its own position, as fdopendir takes the descriptor over.
    UniqueFd copy(openat(directory, ".", kOpenFlags | O_DIRECTORY));
    DIR* const stream = copy.get() < 0 ? nullptr : fdopendir(copy.get());
    if (stream == nullptr) {
      LeaveOut(name, errno);
      return absl::UnavailableError("unreadable");
    }
    copy.release();
    const absl::Cleanup close_stream = [&] { closedir(stream); };
    std::vector<std::string> names;
    for (;;) {
      errno = 0;
      const dirent* const entry = readdir(stream);
      if (entry == nullptr) break;
      const std::string child = entry->d_name;
      if (child != "." && child != "..") names.push_back(child);
    }
    if (errno != 0) LeaveOut(name, errno);
    std::sort(names.begin(), names.end());
    return names;
  }

  absl::Status AddChild(int directory, const std::string& child,
                        const std::string& parent_name, int depth) {
    const std::string name = absl::StrCat(parent_name, child);
    struct stat child_stat;
    if (fstatat(directory, child.c_str(), &child_stat, AT_SYMLINK_NOFOLLOW) !=
        0) {
      // What is gone meanwhile was not there.
      if (errno != ENOENT) LeaveOut(name, errno);
      return absl::OkStatus();
    }
    const bool is_directory = S_ISDIR(child_stat.st_mode);
    if (!is_directory && !S_ISREG(child_stat.st_mode)) return absl::OkStatus();
    if (is_directory && depth == kMaxDepth) {
      LeaveOut(name, ENAMETOOLONG);
      return absl::OkStatus();
    }
    UniqueFd fd(
        openat(directory, child.c_str(),
               kOpenFlags | O_NOFOLLOW | (is_directory ? O_DIRECTORY : 0)));
    if (fd.get() < 0) {
      if (errno != ENOENT) LeaveOut(name, errno);
      return absl::OkStatus();
    }
    if (is_directory) {
      return Add(std::move(fd), absl::StrCat(name, "/"), depth + 1);
    }
    if (fstat(fd.get(), &child_stat) != 0 || !S_ISREG(child_stat.st_mode)) {
      return absl::OkStatus();
    }
    const ArchiveWriter::AddResult added =
        writer_->AddFile(name, fd.get(), child_stat);
    if (added.read_errno != 0) LeaveOut(name, added.read_errno);
    return added.archive;
  }

  ArchiveWriter* const writer_;  // not owned
  size_t num_left_out_ = 0;
  std::vector<std::string> left_out_;  // the first kMaxReported
};

}  // namespace

absl::Status GzipFile(const std::string& path, const std::string& out_path,
                      const ArchiveLimits& limits) {
  // The raw format demands a name, and stores none.
  return ArchiveFile(ArchiveFormat::kGzip, path, "data", out_path, limits);
}

absl::Status ZipFile(const std::string& path, const std::string& name_inside,
                     const std::string& out_path, const ArchiveLimits& limits) {
  return ArchiveFile(ArchiveFormat::kZip, path, name_inside, out_path, limits);
}

absl::StatusOr<std::vector<std::string>> ZipDirectory(
    const std::string& path, const std::string& name_inside,
    const std::string& out_path, const ArchiveLimits& limits) {
  UniqueFd directory(open(path.c_str(), kOpenFlags | O_DIRECTORY));
  if (directory.get() < 0) return ErrnoStatus(errno, "open", path);
  absl::StatusOr<std::unique_ptr<ArchiveWriter>> writer =
      ArchiveWriter::Create(ArchiveFormat::kZip, out_path, limits);
  if (!writer.ok()) return writer.status();
  DirectoryWalk walk(writer->get());
  absl::Status status =
      walk.Add(std::move(directory), absl::StrCat(name_inside, "/"), 1);
  if (status.ok()) status = (*writer)->Close();
  if (!status.ok()) return status;
  return walk.TakeLeftOut();
}

}  // namespace dirwatcher
