// Ping: tells a dead man's switch that a job begins or has ended.

#ifndef DIRWATCHER_SUPERVISE_PING_H_
#define DIRWATCHER_SUPERVISE_PING_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "env/http_client.h"

namespace dirwatcher {

// `url` with another part at the end of its path: "start", or an exit code. A
// query stays behind the path.
std::string PingUrl(absl::string_view url, absl::string_view part);

// Gets the URL. Every status below 400 is success.
//   UNAVAILABLE  the service answered with another one
//   others       those of HttpClient::Send
absl::Status Ping(HttpClient* client, const std::string& url,
                  absl::Duration timeout);

}  // namespace dirwatcher

#endif  // DIRWATCHER_SUPERVISE_PING_H_
