// ArchiveLibrary: libarchive, loaded when it is first needed.
//
// Loading it takes longer than all else that a program does at its start, and
// most runs send nothing. So it is not linked but opened.
//
//   absl::StatusOr<const ArchiveLibrary*> library = ArchiveLibrary::Load();
//   if (!library.ok()) return library.status();
//   archive* writer = (*library)->write_new();

#ifndef DIRWATCHER_NOTIFY_ARCHIVE_LIBRARY_H_
#define DIRWATCHER_NOTIFY_ARCHIVE_LIBRARY_H_

#include <archive.h>
#include <archive_entry.h>

#include "absl/status/statusor.h"

namespace dirwatcher {

// The functions that we use, named as in archive.h and archive_entry.h but for
// "archive_". None is null.
struct ArchiveLibrary {
  decltype(&::archive_error_string) error_string;
  decltype(&::archive_filter_bytes) filter_bytes;
  decltype(&::archive_write_new) write_new;
  decltype(&::archive_write_free) write_free;
  decltype(&::archive_write_close) write_close;
  decltype(&::archive_write_open_fd) write_open_fd;
  decltype(&::archive_write_add_filter_gzip) write_add_filter_gzip;
  decltype(&::archive_write_set_filter_option) write_set_filter_option;
  decltype(&::archive_write_set_format_raw) write_set_format_raw;
  decltype(&::archive_write_set_format_zip) write_set_format_zip;
  decltype(&::archive_write_set_format_option) write_set_format_option;
  decltype(&::archive_write_header) write_header;
  decltype(&::archive_write_data) write_data;
  decltype(&::archive_write_finish_entry) write_finish_entry;
  decltype(&::archive_entry_new) entry_new;
  decltype(&::archive_entry_free) entry_free;
  decltype(&::archive_entry_update_pathname_utf8) entry_update_pathname_utf8;
  decltype(&::archive_entry_set_filetype) entry_set_filetype;
  decltype(&::archive_entry_set_perm) entry_set_perm;
  decltype(&::archive_entry_set_size) entry_set_size;
  decltype(&::archive_entry_set_mtime) entry_set_mtime;

  // Opens the library, at the first call; thread-safe. It stays open.
  //   FAILED_PRECONDITION  it is not installed, or lacks a function; the
  //                        message names the package that has it
  static absl::StatusOr<const ArchiveLibrary*> Load();

  // The same for a file of this name, anew each time.
  static absl::StatusOr<ArchiveLibrary> Open(const char* file);
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_ARCHIVE_LIBRARY_H_
