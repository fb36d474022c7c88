// CurlHttpClient: HTTP and HTTPS over libcurl.
//
// It obeys the environment's http_proxy, https_proxy, all_proxy and no_proxy,
// as curl(1) describes them.

#ifndef DIRWATCHER_ENV_CURL_HTTP_CLIENT_H_
#define DIRWATCHER_ENV_CURL_HTTP_CLIENT_H_

#include "absl/status/statusor.h"
#include "env/http_client.h"
#include "env/interrupt_flag.h"

namespace dirwatcher {

// Thread-safe. Every request has a connection of its own.
class CurlHttpClient : public HttpClient {
 public:
  // When `interrupt` is raised requests end at once, and no new ones begin. It
  // may be null; otherwise it must outlive this.
  explicit CurlHttpClient(const InterruptFlag* interrupt)
      : interrupt_(interrupt) {}

  // Beside what HttpClient says:
  //   INVALID_ARGUMENT     the method or a header is not of HTTP's grammar
  //                        (RFC 9110, 5.5 and 5.6.2)
  //   FAILED_PRECONDITION  libcurl is not installed; body_path is not a regular
  //                        file, or became shorter as it was sent
  //   others               body_path cannot be opened: see env/errno_status.h
  absl::StatusOr<HttpResponse> Send(const HttpRequest& request) override;

 private:
  const InterruptFlag* const interrupt_;  // not owned
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_CURL_HTTP_CLIENT_H_
