// CurlLibrary: libcurl, loaded when it is first needed.
//
// It brings some thirty other libraries along, which take longer to load than
// all else that a program does at its start; and most runs send nothing. So it
// is not linked but opened.
//
//   absl::StatusOr<const CurlLibrary*> curl = CurlLibrary::Load();
//   if (!curl.ok()) return curl.status();
//   CurlEasy easy(*curl);                              // env/curl_handles.h

#ifndef DIRWATCHER_ENV_CURL_LIBRARY_H_
#define DIRWATCHER_ENV_CURL_LIBRARY_H_

#include <curl/curl.h>

#include "absl/status/statusor.h"

namespace dirwatcher {

// The functions that we use, named as in curl.h but for "curl_". None is null.
struct CurlLibrary {
  decltype(&::curl_global_init) global_init;
  decltype(&::curl_easy_init) easy_init;
  decltype(&::curl_easy_setopt) easy_setopt;
  decltype(&::curl_easy_getinfo) easy_getinfo;
  decltype(&::curl_easy_cleanup) easy_cleanup;
  decltype(&::curl_easy_strerror) easy_strerror;
  decltype(&::curl_multi_init) multi_init;
  decltype(&::curl_multi_add_handle) multi_add_handle;
  decltype(&::curl_multi_remove_handle) multi_remove_handle;
  decltype(&::curl_multi_perform) multi_perform;
  decltype(&::curl_multi_poll) multi_poll;
  decltype(&::curl_multi_info_read) multi_info_read;
  decltype(&::curl_multi_cleanup) multi_cleanup;
  decltype(&::curl_slist_append) slist_append;
  decltype(&::curl_slist_free_all) slist_free_all;
  decltype(&::curl_mime_init) mime_init;
  decltype(&::curl_mime_free) mime_free;
  decltype(&::curl_mime_addpart) mime_addpart;
  decltype(&::curl_mime_data) mime_data;
  decltype(&::curl_mime_filedata) mime_filedata;
  decltype(&::curl_mime_filename) mime_filename;
  decltype(&::curl_mime_type) mime_type;
  decltype(&::curl_mime_encoder) mime_encoder;
  decltype(&::curl_mime_headers) mime_headers;
  decltype(&::curl_mime_subparts) mime_subparts;
  decltype(&::curl_url) url;
  decltype(&::curl_url_set) url_set;
  decltype(&::curl_url_get) url_get;
  decltype(&::curl_url_cleanup) url_cleanup;
  decltype(&::curl_free) free;

  // Opens the library and initialises it, at the first call; thread-safe. It
  // stays open.
  //   FAILED_PRECONDITION  it is not installed, lacks a function or cannot be
  //                        initialised; the message names the package that has
  //                        it
  static absl::StatusOr<const CurlLibrary*> Load();

  // The same for a file of this name, anew each time.
  static absl::StatusOr<CurlLibrary> Open(const char* file);
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_CURL_LIBRARY_H_
