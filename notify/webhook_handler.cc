#include "notify/webhook_handler.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "logging/escape.h"
#include "nlohmann/json.hpp"
#include "notify/signed_text.h"
#include "text/utf8.h"

namespace dirwatcher {

DeliveryResult WebhookHandler::Send(const OutgoingMessage& message,
                                    const DeliveryAttempt& attempt) {
  if (settings_.url.empty()) {
    return DeliveryResult::NotConfigured("The setting url is missing");
  }
  const nlohmann::ordered_json body = {
      {"subject", ReplaceInvalidUtf8(message.subject)},
      {"message", ReplaceInvalidUtf8(SignedText(message))},
      {"host", ReplaceInvalidUtf8(message.host)},
      {"time", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", message.time,
                                absl::UTCTimeZone())}};
  HttpRequest request;
  request.method = "POST";
  request.url = settings_.url;
  request.headers = {{"Content-Type", "application/json"}};
  request.body = body.dump();
  request.ca_file = settings_.ca_file;
  DeliveryResult result =
      http_->Send(request, http_->DeadlineAfter(attempt.timeout)).result;
  if (result.outcome != DeliveryOutcome::kDelivered) return result;
  for (const Attachment& attachment : message.attachments) {
    result.warnings.push_back(
        absl::StrCat("Attachment \"", EscapeForLog(attachment.name),
                     "\" was not sent: webhooks take none"));
  }
  return result;
}

}  // namespace dirwatcher
