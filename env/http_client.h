// HttpClient: requests over HTTP and HTTPS.
//
//   HttpRequest request;
//   request.method = "POST";
//   request.url = "https://example.com/hook";
//   request.headers = {{"Content-Type", "application/json"}};
//   request.body = "{}";
//   absl::StatusOr<HttpResponse> response = client->Send(request);
//   if (response.ok() && response->status == 200) ...
//
// CurlHttpClient is the real one; FakeHttpClient answers from a script.

#ifndef DIRWATCHER_ENV_HTTP_CLIENT_H_
#define DIRWATCHER_ENV_HTTP_CLIENT_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"

namespace dirwatcher {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // http or https, percent-encoded
  HttpHeaders headers;
  std::string body;
  // The body is this file instead, if not empty; it is read as it is sent.
  std::string body_path;
  // For all of it, from the first look-up of a name to the last byte.
  absl::Duration timeout = absl::Seconds(30);
  // PEM bundle in place of the system's certificates; empty = the system's.
  std::string ca_file;
  // What a response may have for a body; a longer one is an error.
  int64_t max_response_bytes = int64_t{1} << 20;
};

struct HttpResponse {
  int status = 0;       // 200..599
  HttpHeaders headers;  // of this response, not of an interim one
  std::string body;

  // The first header of this name, whatever its case.
  absl::optional<absl::string_view> Header(absl::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (absl::EqualsIgnoreCase(key, name)) return absl::string_view(value);
    }
    return absl::nullopt;
  }
};

// Thread-safe.
class HttpClient {
 public:
  virtual ~HttpClient() = default;

  // Sends the request and reads the response, whatever its status: 404 is a
  // response, not an error. Redirections are not followed. Certificates and the
  // names in them are verified.
  //   INVALID_ARGUMENT    the URL cannot be used, or is not of http or https
  //   DEADLINE_EXCEEDED   `timeout` has passed
  //   CANCELLED           the client was told to stop
  //   RESOURCE_EXHAUSTED  the response's body is too long
  //   UNAVAILABLE         there is no connection, or it broke: names, TLS,
  //                       certificates
  //   others              body_path cannot be read
  // Messages name the host, but neither the path nor the headers, which may be
  // secret.
  virtual absl::StatusOr<HttpResponse> Send(const HttpRequest& request) = 0;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_HTTP_CLIENT_H_
