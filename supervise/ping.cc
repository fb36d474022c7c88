#include "supervise/ping.h"

#include <algorithm>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace dirwatcher {

std::string PingUrl(absl::string_view url, absl::string_view part) {
  const size_t query = std::min(url.find('?'), url.size());
  absl::string_view path = url.substr(0, query);
  if (absl::EndsWith(path, "/")) path.remove_suffix(1);
  return absl::StrCat(path, "/", part, url.substr(query));
}

absl::Status Ping(HttpClient* client, const std::string& url,
                  absl::Duration timeout) {
  HttpRequest request;
  request.url = url;
  request.timeout = timeout;
  const absl::StatusOr<HttpResponse> response = client->Send(request);
  if (!response.ok()) return response.status();
  if (response->status < 400) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("the service answered with status ", response->status));
}

}  // namespace dirwatcher
