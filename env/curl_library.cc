#include "env/curl_library.h"

#include <dlfcn.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace dirwatcher {
namespace {

absl::Status Unusable(const char* file, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat(
      "Cannot load ", file, ", which the package libcurl4 installs: ", why));
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

absl::StatusOr<CurlLibrary> CurlLibrary::Open(const char* file) {
  void* const handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return Unusable(file, dlerror());
  Symbols symbols(handle);
  CurlLibrary library;
  symbols.Find("curl_global_init", &library.global_init);
  symbols.Find("curl_easy_init", &library.easy_init);
  symbols.Find("curl_easy_setopt", &library.easy_setopt);
  symbols.Find("curl_easy_getinfo", &library.easy_getinfo);
  symbols.Find("curl_easy_cleanup", &library.easy_cleanup);
  symbols.Find("curl_easy_strerror", &library.easy_strerror);
  symbols.Find("curl_multi_init", &library.multi_init);
  symbols.Find("curl_multi_add_handle", &library.multi_add_handle);
  symbols.Find("curl_multi_remove_handle", &library.multi_remove_handle);
  symbols.Find("curl_multi_perform", &library.multi_perform);
  symbols.Find("curl_multi_poll", &library.multi_poll);
  symbols.Find("curl_multi_info_read", &library.multi_info_read);
  symbols.Find("curl_multi_cleanup", &library.multi_cleanup);
  symbols.Find("curl_slist_append", &library.slist_append);
  symbols.Find("curl_slist_free_all", &library.slist_free_all);
  symbols.Find("curl_mime_init", &library.mime_init);
  symbols.Find("curl_mime_free", &library.mime_free);
  symbols.Find("curl_mime_addpart", &library.mime_addpart);
  symbols.Find("curl_mime_data", &library.mime_data);
  symbols.Find("curl_mime_filedata", &library.mime_filedata);
  symbols.Find("curl_mime_filename", &library.mime_filename);
  symbols.Find("curl_mime_type", &library.mime_type);
  symbols.Find("curl_mime_encoder", &library.mime_encoder);
  symbols.Find("curl_mime_headers", &library.mime_headers);
  symbols.Find("curl_mime_subparts", &library.mime_subparts);
  symbols.Find("curl_url", &library.url);
  symbols.Find("curl_url_set", &library.url_set);
  symbols.Find("curl_url_get", &library.url_get);
  symbols.Find("curl_url_cleanup", &library.url_cleanup);
  symbols.Find("curl_free", &library.free);
  if (!symbols.missing().empty()) {
    dlclose(handle);
    return Unusable(file, absl::StrCat("it has no ", symbols.missing()));
  }
  if (library.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return Unusable(file, "it cannot be initialised");
  }
  return library;
}

absl::StatusOr<const CurlLibrary*> CurlLibrary::Load() {
  // Never destroyed: other threads may use it while the program ends.
  static const auto* const library =
      new absl::StatusOr<CurlLibrary>(Open("libcurl.so.4"));
  if (!library->ok()) return library->status();
  return &**library;
}

}  // namespace dirwatcher
