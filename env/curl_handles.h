// What owns libcurl's objects and frees them.
//
// All are thread-compatible, and borrow the library, which never goes away
// (env/curl_library.h).

#ifndef DIRWATCHER_ENV_CURL_HANDLES_H_
#define DIRWATCHER_ENV_CURL_HANDLES_H_

#include <string>
#include <type_traits>
#include <utility>

#include "env/curl_library.h"

namespace dirwatcher {

// A list of strings, as headers and recipients are given to libcurl.
class CurlList {
 public:
  explicit CurlList(const CurlLibrary* curl) : curl_(curl) {}
  ~CurlList() { curl_->slist_free_all(list_); }

  CurlList(const CurlList&) = delete;
  CurlList& operator=(const CurlList&) = delete;

  // False: there is no memory. REQUIRES: no NUL in `item`.
  bool Append(const std::string& item) {
    curl_slist* const longer = curl_->slist_append(list_, item.c_str());
    if (longer == nullptr) return false;
    list_ = longer;
    return true;
  }

  curl_slist* get() const { return list_; }
  curl_slist* release() { return std::exchange(list_, nullptr); }

 private:
  const CurlLibrary* const curl_;
  curl_slist* list_ = nullptr;
};

// One transfer. What is set must outlive it, but for strings, which are copied.
class CurlEasy {
 public:
  explicit CurlEasy(const CurlLibrary* curl)
      : curl_(curl), handle_(curl->easy_init()) {
    if (handle_ == nullptr) error_ = CURLE_OUT_OF_MEMORY;
  }
  ~CurlEasy() { curl_->easy_cleanup(handle_); }

  CurlEasy(const CurlEasy&) = delete;
  CurlEasy& operator=(const CurlEasy&) = delete;

  // Sets an option. Numbers are long or curl_off_t, as curl_easy_setopt(3) says
  // of each: the compiler cannot check what it passes on.
  template <typename Value>
  void Set(CURLoption option, Value value) {
    static_assert(!std::is_integral<Value>::value ||
                      std::is_same<Value, long>::value ||
                      std::is_same<Value, curl_off_t>::value,
                  "neither long nor curl_off_t");
    if (error_ != CURLE_OK) return;
    error_ = curl_->easy_setopt(handle_, option, value);
  }
  void Set(CURLoption option, const std::string& value) {
    Set(option, value.c_str());
  }

  // The first error of Set: nothing may be sent then, as the option could be
  // one that demands encryption.
  CURLcode error() const { return error_; }

  CURL* get() const { return handle_; }
  const CurlLibrary& curl() const { return *curl_; }

 private:
  const CurlLibrary* const curl_;
  CURL* const handle_;
  CURLcode error_ = CURLE_OK;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_CURL_HANDLES_H_
