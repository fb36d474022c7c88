// ScriptedHttpClient: answers requests in the order in which it was told to,
// and remembers them. Testonly.

#ifndef DIRWATCHER_NOTIFY_TESTING_SCRIPTED_HTTP_CLIENT_H_
#define DIRWATCHER_NOTIFY_TESTING_SCRIPTED_HTTP_CLIENT_H_

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "env/http_client.h"

namespace dirwatcher {

// Thread-compatible. Once nothing is left of its script, it answers 200 "ok".
class ScriptedHttpClient : public HttpClient {
 public:
  void Answer(int status, std::string body = "", HttpHeaders headers = {}) {
    HttpResponse response;
    response.status = status;
    response.headers = std::move(headers);
    response.body = std::move(body);
    script_.emplace_back(std::move(response));
  }
  void Fail(absl::Status status) { script_.emplace_back(std::move(status)); }

  absl::StatusOr<HttpResponse> Send(const HttpRequest& request) override {
    requests.push_back(request);
    if (script_.empty()) Answer(200, "ok");
    absl::StatusOr<HttpResponse> next = std::move(script_.front());
    script_.pop_front();
    return next;
  }

  std::vector<HttpRequest> requests;

 private:
  std::deque<absl::StatusOr<HttpResponse>> script_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_TESTING_SCRIPTED_HTTP_CLIENT_H_
