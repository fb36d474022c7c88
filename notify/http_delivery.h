// HttpDelivery: one request to a service that takes messages, and what its
// answer means for the message.
//
//   const absl::Duration deadline = http->DeadlineAfter(attempt.timeout);
//   HttpOutcome outcome = http->Send(request, deadline);
//   if (outcome.result.outcome != DeliveryOutcome::kDelivered) {
//     return outcome.result;
//   }
//
// The handlers know what they say; HttpClient (env/http_client.h) how it gets
// there; this one knows the rules that all services share:
//
//   2xx                                  kDelivered
//   408, 429, 5xx                        kTryAgain
//   no connection, a timeout             kTryAgain
//   3xx, other 4xx                       kRefused; nothing is followed
//   a URL that cannot be used, a body
//   that is too long                     kRefused

#ifndef DIRWATCHER_NOTIFY_HTTP_DELIVERY_H_
#define DIRWATCHER_NOTIFY_HTTP_DELIVERY_H_

#include <functional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "env/clock.h"
#include "env/http_client.h"
#include "notify/message_handler.h"

namespace dirwatcher {

struct HttpOutcome {
  // Its reason names host and status, never the rest of the URL, a header or
  // the body: a URL may be a secret, and a body may repeat it.
  DeliveryResult result;
  // The last one. None: there was no answer.
  absl::optional<HttpResponse> response;
};

// Thread-safe.
class HttpDelivery {
 public:
  // Waits for so long. False, at once: the program ends.
  using Wait = std::function<bool(absl::Duration)>;

  // `client` and `clock` must outlive it.
  HttpDelivery(HttpClient* client, Clock* clock, Wait wait)
      : client_(client), clock_(clock), wait_(std::move(wait)) {}

  // When an attempt that begins now is over, as uptime.
  absl::Duration DeadlineAfter(absl::Duration timeout) const {
    return clock_->Uptime() + timeout;
  }
  bool IsOver(absl::Duration deadline) const {
    return clock_->Uptime() >= deadline;
  }

  // Sends `request`, whose `timeout` is set to what is left. A 429 or 503 whose
  // Retry-After is over before `deadline` is waited out, at least a second, and
  // the request sent again; a later one is result.retry_after.
  HttpOutcome Send(HttpRequest request, absl::Duration deadline) const;

 private:
  HttpClient* const client_;  // not owned
  Clock* const clock_;        // not owned
  const Wait wait_;
};

// A service's own words, fit to follow a reason: one line, escaped, at most
// about 200 bytes. REQUIRES: they hold no secret.
std::string WordsForReason(absl::string_view words);

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_HTTP_DELIVERY_H_
