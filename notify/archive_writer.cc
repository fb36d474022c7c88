#include "notify/archive_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "env/errno_status.h"
#include "text/utf8.h"

namespace dirwatcher {
namespace {

constexpr size_t kChunkBytes = 64 << 10;

}  // namespace

absl::StatusOr<std::unique_ptr<ArchiveWriter>> ArchiveWriter::Create(
    ArchiveFormat format, const std::string& out_path,
    const ArchiveLimits& limits) {
  absl::StatusOr<const ArchiveLibrary*> library = ArchiveLibrary::Load();
  if (!library.ok()) return library.status();
  UniqueFd out(open(out_path.c_str(),
                    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
                    0600));
  if (out.get() < 0) return ErrnoStatus(errno, "create", out_path);
  std::unique_ptr<ArchiveWriter> writer(
      new ArchiveWriter(*library, std::move(out), out_path, limits));
  absl::Status status = writer->SetUp(format);
  if (!status.ok()) return status;
  return writer;
}

ArchiveWriter::ArchiveWriter(const ArchiveLibrary* library, UniqueFd out,
                             std::string out_path, const ArchiveLimits& limits)
    : library_(library),
      out_(std::move(out)),
      out_path_(std::move(out_path)),
      limits_(limits),
      archive_(library->write_new()) {}

ArchiveWriter::~ArchiveWriter() {
  if (archive_ != nullptr) library_->write_free(archive_);
  if (!is_complete_) unlink(out_path_.c_str());
}

absl::Status ArchiveWriter::SetUp(ArchiveFormat format) {
  if (archive_ == nullptr) return absl::InternalError("Out of memory");
  bool ok;
  if (format == ArchiveFormat::kGzip) {
    ok = library_->write_add_filter_gzip(archive_) == ARCHIVE_OK &&
         // A null option is off.
         library_->write_set_filter_option(archive_, "gzip", "timestamp",
                                           nullptr) == ARCHIVE_OK &&
         library_->write_set_format_raw(archive_) == ARCHIVE_OK;
  } else {
    // Without the option, names that are not ASCII would be marked as UTF-8
    // only where the locale is of that encoding.
    ok = library_->write_set_format_zip(archive_) == ARCHIVE_OK &&
         library_->write_set_format_option(archive_, "zip", "hdrcharset",
                                           "UTF-8") == ARCHIVE_OK;
  }
  if (!ok || library_->write_open_fd(archive_, out_.get()) != ARCHIVE_OK) {
    return Error();
  }
  return absl::OkStatus();
}

ArchiveWriter::AddResult ArchiveWriter::AddFile(const std::string& name, int fd,
                                                const struct stat& file_stat) {
  AddResult result;
  result.archive = AddHeader(name, file_stat);
  if (!result.archive.ok()) return result;
  result.archive = CopyContent(fd, file_stat.st_size, &result.read_errno);
  if (result.archive.ok() &&
      library_->write_finish_entry(archive_) != ARCHIVE_OK) {
    result.archive = Error();
  }
  return result;
}

absl::Status ArchiveWriter::AddDirectory(const std::string& name,
                                         const struct stat& file_stat) {
  return AddHeader(name, file_stat);
}

absl::Status ArchiveWriter::Close() {
  if (library_->write_close(archive_) != ARCHIVE_OK) return Error();
  absl::Status status = CheckLimits();
  is_complete_ = status.ok();
  return status;
}

absl::Status ArchiveWriter::AddHeader(const std::string& name,
                                      const struct stat& file_stat) {
  archive_entry* const entry = library_->entry_new();
  if (entry == nullptr) return absl::InternalError("Out of memory");
  const absl::Cleanup free_entry = [&] { library_->entry_free(entry); };
  const bool is_directory = S_ISDIR(file_stat.st_mode);
  library_->entry_update_pathname_utf8(entry, ReplaceInvalidUtf8(name).c_str());
  library_->entry_set_filetype(entry, is_directory ? AE_IFDIR : AE_IFREG);
  library_->entry_set_perm(entry, file_stat.st_mode & 0777);
  library_->entry_set_size(entry, is_directory ? 0 : file_stat.st_size);
  library_->entry_set_mtime(entry, file_stat.st_mtim.tv_sec, 0);
  if (library_->write_header(archive_, entry) != ARCHIVE_OK) return Error();
  return CheckLimits();
}

absl::Status ArchiveWriter::CopyContent(int fd, int64_t size_bytes,
                                        int* read_errno) {
  auto chunk = std::make_unique<std::array<char, kChunkBytes>>();
  int64_t left = size_bytes;
  while (left > 0) {
    const size_t wanted =
        static_cast<size_t>(std::min<int64_t>(left, kChunkBytes));
    const ssize_t count = read(fd, chunk->data(), wanted);
    if (count == 0) break;
    if (count < 0) {
      if (errno == EINTR) continue;
      *read_errno = errno;
      break;
    }
    if (library_->write_data(archive_, chunk->data(),
                             static_cast<size_t>(count)) < 0) {
      return Error();
    }
    left -= count;
    absl::Status status = CheckLimits();
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ArchiveWriter::CheckLimits() {
  if (limits_.should_stop && limits_.should_stop()) {
    return absl::CancelledError("The archive took too long");
  }
  // -1: what leaves the last filter, which is what the file gets.
  if (library_->filter_bytes(archive_, -1) > limits_.max_bytes) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "The archive is longer than ", limits_.max_bytes, " bytes"));
  }
  return absl::OkStatus();
}

absl::Status ArchiveWriter::Error() const {
  const char* const text = library_->error_string(archive_);
  return absl::InternalError(absl::StrCat(
      "write ", out_path_, ": ", text != nullptr ? text : "unknown error"));
}

}  // namespace dirwatcher
