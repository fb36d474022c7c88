// FakeHttpClient: answers requests as a test says, and remembers them.
// Testonly.
//
//   FakeHttpClient client([](const HttpRequest& request) {
//     HttpResponse response;
//     response.status = 404;
//     return response;
//   });

#ifndef DIRWATCHER_ENV_FAKE_HTTP_CLIENT_H_
#define DIRWATCHER_ENV_FAKE_HTTP_CLIENT_H_

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "env/http_client.h"

namespace dirwatcher {

// Thread-safe if the answer is; it may be asked for in several threads at once.
class FakeHttpClient : public HttpClient {
 public:
  using Answer =
      std::function<absl::StatusOr<HttpResponse>(const HttpRequest& request)>;

  explicit FakeHttpClient(Answer answer) : answer_(std::move(answer)) {}

  absl::StatusOr<HttpResponse> Send(const HttpRequest& request) override {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      requests_.push_back(request);
    }
    return answer_(request);
  }

  // In the order in which they came.
  std::vector<HttpRequest> requests() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return requests_;
  }

 private:
  const Answer answer_;
  mutable std::mutex mutex_;
  std::vector<HttpRequest> requests_;  // guarded by mutex_
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_FAKE_HTTP_CLIENT_H_
