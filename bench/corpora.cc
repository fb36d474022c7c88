#include "bench/corpora.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace dirwatcher {
namespace {

namespace fs = std::filesystem;

constexpr double kTextBytes = 2147483648.0;
constexpr double kNewlinesBytes = 500e6;
constexpr double kOneLineBytes = 1e9;
constexpr double kSmallFiles = 10'000;
constexpr int64_t kSmallFileBytes = 100 << 10;
constexpr double kMillion = 1e6;
constexpr absl::string_view kFreshPrefix = "fresh_";
constexpr int64_t kPieceBytes = 1 << 20;

absl::string_view NameOf(CorpusKind kind) {
  switch (kind) {
    case CorpusKind::kRare:
      return "rare";
    case CorpusKind::kMany:
      return "many";
    case CorpusKind::kNearMisses:
      return "near_misses";
    case CorpusKind::kNewlines:
      return "newlines";
    case CorpusKind::kOneLine:
      return "one_line";
  }
  return "";
}

// Runs `make` in a process of its own, so that the memory that it takes is not
// counted as that of the programs that are started afterwards.
absl::Status InChild(absl::string_view what,
                     absl::FunctionRef<absl::Status()> make) {
  absl::FPrintF(stderr, "compare: making %s\n", what);
  const pid_t pid = fork();
  if (pid < 0) return absl::ErrnoToStatus(errno, "fork");
  if (pid == 0) {
    const absl::Status status = make();
    if (!status.ok()) absl::FPrintF(stderr, "compare: %s\n", status.message());
    _exit(status.ok() ? 0 : 1);
  }
  int status = 0;
  if (waitpid(pid, &status, 0) == pid && status == 0) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("could not make ", what));
}

absl::Status MakeDirectory(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return absl::ErrnoToStatus(error.value(), "make " + path);
  return absl::OkStatus();
}

absl::Status RemoveAll(const std::string& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) return absl::ErrnoToStatus(error.value(), "remove " + path);
  return absl::OkStatus();
}

absl::Status MakeFile(const std::string& path, int64_t size_bytes,
                      CorpusGenerator* generator) {
  std::FILE* const file = std::fopen(path.c_str(), "w");
  if (file == nullptr) return absl::ErrnoToStatus(errno, "make " + path);
  bool good = true;
  std::string piece;
  for (int64_t left = size_bytes; left > 0 && good;) {
    piece.clear();
    generator->Append(std::min(left, kPieceBytes), &piece);
    good = std::fwrite(piece.data(), 1, piece.size(), file) == piece.size();
    left -= static_cast<int64_t>(piece.size());
  }
  if (std::fclose(file) == 0 && good) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, "write " + path);
}

// Makes a directory of many files unless a file beside it says that it was
// made, and how.
absl::StatusOr<std::string> MakeOnce(
    const std::string& path, const std::string& how,
    absl::FunctionRef<absl::Status()> make_files) {
  const std::string marker = path + ".made";
  std::ostringstream made;
  made << std::ifstream(marker).rdbuf();
  if (made.str() == how && fs::is_directory(path)) return path;
  const absl::Status status = InChild(path, [&]() -> absl::Status {
    fs::remove(marker);
    if (absl::Status s = RemoveAll(path); !s.ok()) return s;
    if (absl::Status s = MakeDirectory(path); !s.ok()) return s;
    if (absl::Status s = make_files(); !s.ok()) return s;
    std::ofstream(marker) << how;
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return path;
}

absl::Status MakeEmptyFile(const std::string& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return absl::ErrnoToStatus(errno, "make " + path);
  close(fd);
  return absl::OkStatus();
}

}  // namespace

int64_t Corpora::Scaled(double size) const {
  return std::max(int64_t{1}, static_cast<int64_t>(size * scale_));
}

absl::StatusOr<std::string> Corpora::Text(CorpusKind kind) const {
  const int64_t size = Scaled(kind == CorpusKind::kNewlines  ? kNewlinesBytes
                              : kind == CorpusKind::kOneLine ? kOneLineBytes
                                                             : kTextBytes);
  const std::string dir = absl::StrCat(dir_, "/", NameOf(kind));
  const std::string path = dir + "/a.txt";
  struct stat stat = {};
  if (::stat(path.c_str(), &stat) == 0 && stat.st_size == size) return dir;
  const absl::Status status = InChild(dir, [&]() -> absl::Status {
    if (absl::Status s = MakeDirectory(dir); !s.ok()) return s;
    CorpusGenerator generator(kind);
    const std::string unfinished = dir + "/unfinished";
    if (absl::Status s = MakeFile(unfinished, size, &generator); !s.ok()) {
      return s;
    }
    if (std::rename(unfinished.c_str(), path.c_str()) == 0) {
      return absl::OkStatus();
    }
    return absl::ErrnoToStatus(errno, "rename to " + path);
  });
  if (!status.ok()) return status;
  return dir;
}

absl::StatusOr<std::string> Corpora::SmallFiles() const {
  const std::string dir = dir_ + "/small_files";
  const int64_t files = Scaled(kSmallFiles);
  return MakeOnce(dir, absl::StrCat(files, " of ", kSmallFileBytes), [&] {
    absl::Status status;
    CorpusGenerator generator(CorpusKind::kRare);
    for (int64_t i = 0; i < files && status.ok(); ++i) {
      status = MakeFile(absl::StrFormat("%s/service-%05d.txt", dir, i),
                        kSmallFileBytes, &generator);
    }
    return status;
  });
}

int64_t Corpora::MillionScaled() const { return Scaled(kMillion); }

absl::StatusOr<std::string> Corpora::Million() const {
  const std::string dir = dir_ + "/million";
  const int64_t files = MillionScaled();
  return MakeOnce(dir, absl::StrCat(files), [&] {
    absl::Status status;
    for (int64_t i = 0; i < files && status.ok(); ++i) {
      status = MakeEmptyFile(absl::StrFormat("%s/service-%08d.txt", dir, i));
    }
    return status;
  });
}

absl::StatusOr<std::string> Corpora::Newer() const {
  const std::string path = dir_ + "/newer";
  if (absl::Status s = MakeDirectory(dir_); !s.ok()) return s;
  if (absl::Status s = MakeEmptyFile(path); !s.ok()) return s;
  const struct timespec times[2] = {{4'000'000'000, 0}, {4'000'000'000, 0}};
  if (utimensat(AT_FDCWD, path.c_str(), times, 0) != 0) {
    return absl::ErrnoToStatus(errno, "set the time of " + path);
  }
  return path;
}

absl::StatusOr<std::string> Corpora::Fresh(absl::string_view name,
                                           int files) const {
  const std::string dir = absl::StrCat(dir_, "/", kFreshPrefix, name);
  if (absl::Status s = RemoveAll(dir); !s.ok()) return s;
  if (absl::Status s = MakeDirectory(dir); !s.ok()) return s;
  for (int i = 0; i < files; ++i) {
    const std::string path = absl::StrFormat("%s/app-%04d.txt", dir, i);
    if (absl::Status s = MakeEmptyFile(path); !s.ok()) return s;
  }
  return dir;
}

absl::Status Corpora::RemoveFresh() const {
  if (!fs::is_directory(dir_)) return absl::OkStatus();
  for (const fs::directory_entry& entry : fs::directory_iterator(dir_)) {
    if (!absl::StartsWith(entry.path().filename().string(), kFreshPrefix)) {
      continue;
    }
    if (absl::Status s = RemoveAll(entry.path().string()); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status Corpora::Clean() const {
  // Not all of the directory: it may be one that the user has for more.
  for (const absl::string_view name :
       {"rare", "many", "near_misses", "newlines", "one_line", "small_files",
        "small_files.made", "million", "million.made", "newer"}) {
    if (absl::Status s = RemoveAll(absl::StrCat(dir_, "/", name)); !s.ok()) {
      return s;
    }
  }
  if (absl::Status s = RemoveFresh(); !s.ok()) return s;
  rmdir(dir_.c_str());
  return absl::OkStatus();
}

}  // namespace dirwatcher
