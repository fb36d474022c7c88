// HttpResponseReader: puts a response together from the pieces that libcurl
// hands over. Pure.

#ifndef DIRWATCHER_ENV_HTTP_RESPONSE_READER_H_
#define DIRWATCHER_ENV_HTTP_RESPONSE_READER_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "env/http_client.h"

namespace dirwatcher {

// Thread-compatible.
class HttpResponseReader {
 public:
  // A longer body is refused.
  explicit HttpResponseReader(int64_t max_body_bytes)
      : max_body_bytes_(max_body_bytes) {}

  // Takes a line before the body, or of the trailers behind it, with its line
  // end. Those of interim responses (100 to 199) and trailers are dropped.
  void AddHeaderLine(absl::string_view line);

  // Takes a piece of the body. False: it would be too long now.
  bool AddBody(absl::string_view piece);

  bool is_too_long() const { return is_too_long_; }
  HttpResponse& response() { return response_; }

 private:
  const int64_t max_body_bytes_;
  HttpResponse response_;    // its body has at most max_body_bytes_
  bool in_headers_ = false;  // after a status line, before the empty line
  bool is_too_long_ = false;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_HTTP_RESPONSE_READER_H_
