#include "notify/archive_library.h"

#include <dlfcn.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace dirwatcher {
namespace {

absl::Status Unusable(const char* file, absl::string_view why) {
  return absl::FailedPreconditionError(
      absl::StrCat("Cannot load ", file,
                   ", which the package libarchive13 installs: ", why));
}

// Looks functions up, and keeps the name of the first that is not there.
class Symbols {
 public:
  explicit Symbols(void* library) : library_(library) {}

  template <typename Function>
  void Find(const char* name, Function* function) {
    *function = reinterpret_cast<Function>(dlsym(library_, name));
    if (*function == nullptr && missing_.empty()) missing_ = name;
  }

  const std::string& missing() const { return missing_; }

 private:
  void* const library_;
  std::string missing_;
};

}  // namespace

absl::StatusOr<ArchiveLibrary> ArchiveLibrary::Open(const char* file) {
  void* const handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return Unusable(file, dlerror());
  Symbols symbols(handle);
  ArchiveLibrary library;
  symbols.Find("archive_error_string", &library.error_string);
  symbols.Find("archive_filter_bytes", &library.filter_bytes);
  symbols.Find("archive_write_new", &library.write_new);
  symbols.Find("archive_write_free", &library.write_free);
  symbols.Find("archive_write_close", &library.write_close);
  symbols.Find("archive_write_open_fd", &library.write_open_fd);
  symbols.Find("archive_write_add_filter_gzip", &library.write_add_filter_gzip);
  symbols.Find("archive_write_set_filter_option",
               &library.write_set_filter_option);
  symbols.Find("archive_write_set_format_raw", &library.write_set_format_raw);
  symbols.Find("archive_write_set_format_zip", &library.write_set_format_zip);
  symbols.Find("archive_write_set_format_option",
               &library.write_set_format_option);
  symbols.Find("archive_write_header", &library.write_header);
  symbols.Find("archive_write_data", &library.write_data);
  symbols.Find("archive_write_finish_entry", &library.write_finish_entry);
  symbols.Find("archive_entry_new", &library.entry_new);
  symbols.Find("archive_entry_free", &library.entry_free);
  symbols.Find("archive_entry_update_pathname_utf8",
               &library.entry_update_pathname_utf8);
  symbols.Find("archive_entry_set_filetype", &library.entry_set_filetype);
  symbols.Find("archive_entry_set_perm", &library.entry_set_perm);
  symbols.Find("archive_entry_set_size", &library.entry_set_size);
  symbols.Find("archive_entry_set_mtime", &library.entry_set_mtime);
  if (!symbols.missing().empty()) {
    dlclose(handle);
    return Unusable(file, absl::StrCat("it has no ", symbols.missing()));
  }
  return library;
}

absl::StatusOr<const ArchiveLibrary*> ArchiveLibrary::Load() {
  // Never destroyed: other threads may use it while the program ends.
  static const auto* const library =
      new absl::StatusOr<ArchiveLibrary>(Open("libarchive.so.13"));
  if (!library->ok()) return library->status();
  return &**library;
}

}  // namespace dirwatcher
