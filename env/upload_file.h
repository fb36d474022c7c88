// UploadFile: a file whose content is sent while it is read.

#ifndef DIRWATCHER_ENV_UPLOAD_FILE_H_
#define DIRWATCHER_ENV_UPLOAD_FILE_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "env/unique_fd.h"

namespace dirwatcher {

// A regular file that is read from wherever libcurl asks. Thread-compatible.
class UploadFile {
 public:
  // Never blocks, whatever `path` is.
  //   FAILED_PRECONDITION  it is not a regular file
  //   others               see env/errno_status.h
  static absl::StatusOr<UploadFile> Open(const std::string& path);

  // As it was when it was opened; what it grows by is not sent.
  int64_t size_bytes() const { return size_bytes_; }

  // Copies what comes next, at most `size` bytes; returns how many, 0 at the
  // end, -1 if that cannot be: see status().
  ssize_t Read(char* buffer, size_t size);

  void Seek(int64_t offset) { offset_ = offset; }

  // What Read failed with. FAILED_PRECONDITION: the file is shorter now.
  const absl::Status& status() const { return status_; }

 private:
  UploadFile(std::string path, UniqueFd fd, int64_t size_bytes)
      : path_(std::move(path)), fd_(std::move(fd)), size_bytes_(size_bytes) {}

  std::string path_;
  UniqueFd fd_;
  int64_t size_bytes_;
  int64_t offset_ = 0;
  absl::Status status_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_UPLOAD_FILE_H_
