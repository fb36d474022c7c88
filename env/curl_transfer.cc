#include "env/curl_transfer.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"

namespace dirwatcher {
namespace {

class Multi {
 public:
  explicit Multi(const CurlEasy& easy)
      : curl_(easy.curl()), handle_(curl_.multi_init()), easy_(easy.get()) {
    if (handle_ == nullptr) return;
    is_added_ = curl_.multi_add_handle(handle_, easy_) == CURLM_OK;
  }
  ~Multi() {
    // Ends the transfer if it still runs.
    if (is_added_) curl_.multi_remove_handle(handle_, easy_);
    if (handle_ != nullptr) curl_.multi_cleanup(handle_);
  }

  Multi(const Multi&) = delete;
  Multi& operator=(const Multi&) = delete;

  // Runs it to its end; CURLE_ABORTED_BY_CALLBACK, too, when the flag is
  // raised.
  CURLcode Run(const InterruptFlag* interrupt) {
    if (!is_added_) return CURLE_OUT_OF_MEMORY;
    for (;;) {
      if (interrupt != nullptr && interrupt->raised()) {
        return CURLE_ABORTED_BY_CALLBACK;
      }
      int running = 0;
      if (curl_.multi_perform(handle_, &running) != CURLM_OK) break;
      if (running == 0) return Result();
      struct curl_waitfd raised = {-1, CURL_WAIT_POLLIN, 0};
      unsigned int extra = 0;
      if (interrupt != nullptr) {
        raised.fd = interrupt->fd();
        extra = 1;
      }
      // It knows the transfer's own time-outs and returns for them.
      if (curl_.multi_poll(handle_, &raised, extra, 10'000, nullptr) !=
          CURLM_OK) {
        break;
      }
    }
    return CURLE_OUT_OF_MEMORY;
  }

 private:
  CURLcode Result() const {
    int left = 0;
    while (const CURLMsg* message = curl_.multi_info_read(handle_, &left)) {
      if (message->msg == CURLMSG_DONE) return message->data.result;
    }
    return CURLE_OUT_OF_MEMORY;
  }

  const CurlLibrary& curl_;
  CURLM* const handle_;
  CURL* const easy_;
  bool is_added_ = false;
};

// Whether what libcurl says in full about this error is about the connection
// alone. With other errors it could repeat what was sent or received.
bool IsAboutConnection(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
      return true;
    default:
      return false;
  }
}

absl::StatusCode CodeFor(CURLcode code) {
  switch (code) {
    case CURLE_OK:
      return absl::StatusCode::kOk;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return absl::StatusCode::kInvalidArgument;
    case CURLE_OPERATION_TIMEDOUT:
      return absl::StatusCode::kDeadlineExceeded;
    case CURLE_ABORTED_BY_CALLBACK:
    case CURLE_WRITE_ERROR:
    case CURLE_READ_ERROR:
      return absl::StatusCode::kAborted;
    case CURLE_LOGIN_DENIED:
      return absl::StatusCode::kUnauthenticated;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

}  // namespace

absl::Status PerformCurl(CurlEasy* easy, absl::string_view peer,
                         absl::Duration timeout, const std::string& ca_file,
                         const InterruptFlag* interrupt) {
  // 0 would mean for ever; what is more than ten days is as good as that.
  const int64_t timeout_ms = std::min<int64_t>(
      absl::ToInt64Milliseconds(timeout), int64_t{1'000'000'000});
  if (timeout_ms <= 0) {
    return absl::DeadlineExceededError(
        absl::StrCat(peer, ": there is no time left"));
  }
  char words[CURL_ERROR_SIZE] = "";
  easy->Set(CURLOPT_ERRORBUFFER, words);
  easy->Set(CURLOPT_NOSIGNAL, 1L);
  easy->Set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout_ms));
  // A look-up of a name cannot be broken off, but left alone.
  easy->Set(CURLOPT_QUICK_EXIT, 1L);
  easy->Set(CURLOPT_FORBID_REUSE, 1L);
  easy->Set(CURLOPT_SSL_VERIFYPEER, 1L);
  easy->Set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!ca_file.empty()) {
    easy->Set(CURLOPT_CAINFO, ca_file);
    // In place of the system's, not beside them.
    easy->Set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
  CURLcode code = easy->error();
  if (code == CURLE_OK) code = Multi(*easy).Run(interrupt);
  // Whatever Set says by now: the handle outlives the buffer.
  easy->curl().easy_setopt(easy->get(), CURLOPT_ERRORBUFFER, nullptr);
  if (code == CURLE_OK) return absl::OkStatus();
  if (interrupt != nullptr && interrupt->raised() &&
      code == CURLE_ABORTED_BY_CALLBACK) {
    return absl::CancelledError(absl::StrCat(peer, ": interrupted"));
  }
  const bool in_full = IsAboutConnection(code) && words[0] != '\0';
  return absl::Status(
      CodeFor(code),
      absl::StrCat(peer, ": ",
                   in_full ? words : easy->curl().easy_strerror(code)));
}

}  // namespace dirwatcher
