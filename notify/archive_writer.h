// ArchiveWriter: writes one archive into a file, entry by entry.
//
//   absl::StatusOr<std::unique_ptr<ArchiveWriter>> writer =
//       ArchiveWriter::Create(ArchiveFormat::kZip, "/tmp/x.zip", limits);
//   absl::Status status = (*writer)->AddFile("name", fd, file_stat);
//   if (status.ok()) status = (*writer)->Close();
//
// notify/archive.h decides what goes into it; this knows libarchive.

#ifndef DIRWATCHER_NOTIFY_ARCHIVE_WRITER_H_
#define DIRWATCHER_NOTIFY_ARCHIVE_WRITER_H_

#include <sys/stat.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "env/unique_fd.h"
#include "notify/archive_library.h"
#include "notify/archive_limits.h"

namespace dirwatcher {

enum class ArchiveFormat {
  kGzip,  // holds one file, without its name
  kZip,
};

// Thread-compatible. An archive that was not closed, or failed, is removed.
class ArchiveWriter {
 public:
  // `limits` must outlive it. Errors as in notify/archive.h.
  static absl::StatusOr<std::unique_ptr<ArchiveWriter>> Create(
      ArchiveFormat format, const std::string& out_path,
      const ArchiveLimits& limits);

  ArchiveWriter(const ArchiveWriter&) = delete;
  ArchiveWriter& operator=(const ArchiveWriter&) = delete;
  ~ArchiveWriter();

  // Adds what `fd` yields, at most file_stat.st_size bytes.
  struct AddResult {
    // Not OK: the archive cannot be completed.
    absl::Status archive;
    // Not 0: errno of a read that failed. The entry ends there, and the archive
    // is as good as before.
    int read_errno = 0;
  };
  AddResult AddFile(const std::string& name, int fd,
                    const struct stat& file_stat);

  // REQUIRES: `name` ends with a slash.
  absl::Status AddDirectory(const std::string& name,
                            const struct stat& file_stat);

  // Writes what is left; the archive is complete if that is OK.
  absl::Status Close();

 private:
  ArchiveWriter(const ArchiveLibrary* library, UniqueFd out,
                std::string out_path, const ArchiveLimits& limits);

  absl::Status SetUp(ArchiveFormat format);
  absl::Status AddHeader(const std::string& name, const struct stat& file_stat);
  absl::Status CopyContent(int fd, int64_t size_bytes, int* read_errno);
  absl::Status CheckLimits();
  absl::Status Error() const;

  const ArchiveLibrary* const library_;
  const UniqueFd out_;
  const std::string out_path_;
  const ArchiveLimits& limits_;
  archive* const archive_;  // null: out of memory
  bool is_complete_ = false;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_ARCHIVE_WRITER_H_
