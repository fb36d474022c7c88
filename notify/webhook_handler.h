// WebhookHandler: posts messages as JSON to a URL of anybody's choice.
//
//   POST URL
//   Content-Type: application/json
//
//   {"subject": ..., "message": ..., "host": ..., "time": ...}
//
// "message" is the text, an empty line and the signature; "time" is when it was
// written, as RFC 3339 has it, in UTC. What is not valid UTF-8 becomes U+FFFD.
// Attachments are not sent: each costs a warning once the rest is delivered.

#ifndef DIRWATCHER_NOTIFY_WEBHOOK_HANDLER_H_
#define DIRWATCHER_NOTIFY_WEBHOOK_HANDLER_H_

#include <string>
#include <utility>

#include "notify/http_delivery.h"
#include "notify/message_handler.h"

namespace dirwatcher {

struct WebhookSettings {
  std::string url;      // required; may be secret, and no result repeats it
  std::string ca_file;  // PEM; empty: the system's certificates
};

// Thread-safe.
class WebhookHandler : public MessageHandler {
 public:
  // `http` must outlive it.
  WebhookHandler(WebhookSettings settings, const HttpDelivery* http)
      : settings_(std::move(settings)), http_(http) {}

  // Every 2xx is a delivery; see notify/http_delivery.h for the rest.
  DeliveryResult Send(const OutgoingMessage& message,
                      const DeliveryAttempt& attempt) override;

 private:
  const WebhookSettings settings_;
  const HttpDelivery* const http_;  // not owned
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_WEBHOOK_HANDLER_H_
