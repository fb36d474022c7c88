#include "env/http_response_reader.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace dirwatcher {

void HttpResponseReader::AddHeaderLine(absl::string_view line) {
  if (!in_headers_) {
    // What follows an interim response begins like the first; trailers do not.
    in_headers_ = absl::StartsWith(line, "HTTP/");
    if (in_headers_) response_.headers.clear();
    return;
  }
  line = absl::StripAsciiWhitespace(line);
  if (line.empty()) {
    in_headers_ = false;
    return;
  }
  const size_t colon = line.find(':');
  if (colon == absl::string_view::npos) return;
  response_.headers.emplace_back(
      std::string(line.substr(0, colon)),
      std::string(absl::StripAsciiWhitespace(line.substr(colon + 1))));
}

bool HttpResponseReader::AddBody(absl::string_view piece) {
  const auto left =
      max_body_bytes_ - static_cast<int64_t>(response_.body.size());
  if (static_cast<int64_t>(piece.size()) > left) {
    is_too_long_ = true;
    return false;
  }
  response_.body.append(piece.data(), piece.size());
  return true;
}

}  // namespace dirwatcher
