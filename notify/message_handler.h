// MessageHandler: a way to tell people something: mail, a chat, a web service.
//
//   DeliveryAttempt attempt;
//   attempt.timeout = absl::Seconds(30);
//   DeliveryResult result = handler->Send(message, attempt);
//   if (result.outcome == DeliveryOutcome::kTryAgain) ...   // later
//
// A handler tries once and says what came of it. Keeping the message, trying
// again and giving up are for who calls it (notify/dispatcher.h).

#ifndef DIRWATCHER_NOTIFY_MESSAGE_HANDLER_H_
#define DIRWATCHER_NOTIFY_MESSAGE_HANDLER_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "notify/message.h"

namespace dirwatcher {

struct DeliveryAttempt {
  // For all of it.
  absl::Duration timeout = absl::Seconds(30);
  // What the attempt before it saved last; empty at the first. Only the handler
  // knows what it means.
  std::string progress;
  // Keeps what has been accepted so far, at once and for good, so that no later
  // attempt repeats it. Never empty.
  std::function<void(const std::string& progress)> save_progress =
      [](const std::string&) {};
};

enum class DeliveryOutcome {
  kDelivered,      // accepted; never to be sent again
  kTryAgain,       // not now: no connection, a timeout, a temporary refusal
  kRefused,        // for good: trying again would change nothing
  kNotConfigured,  // a setting is missing or empty; nothing was tried
};

struct DeliveryResult {
  DeliveryOutcome outcome = DeliveryOutcome::kDelivered;
  // Why it was not delivered: one line; names a missing setting. No secrets.
  std::string reason;
  // With kTryAgain: not before this has passed. Zero: nobody said.
  absl::Duration retry_after = absl::ZeroDuration();
  // What went wrong beside, in one line each: a recipient that was refused
  // alone, an attachment that could not be sent.
  std::vector<std::string> warnings;

  static DeliveryResult Delivered() { return {}; }
  static DeliveryResult TryAgain(std::string reason) {
    DeliveryResult result;
    result.outcome = DeliveryOutcome::kTryAgain;
    result.reason = std::move(reason);
    return result;
  }
  static DeliveryResult Refused(std::string reason) {
    DeliveryResult result;
    result.outcome = DeliveryOutcome::kRefused;
    result.reason = std::move(reason);
    return result;
  }
  static DeliveryResult NotConfigured(std::string reason) {
    DeliveryResult result;
    result.outcome = DeliveryOutcome::kNotConfigured;
    result.reason = std::move(reason);
    return result;
  }
};

// Thread-compatible: one attempt at a time.
class MessageHandler {
 public:
  virtual ~MessageHandler() = default;

  // Tries once. Should not throw; who calls it catches what it throws.
  virtual DeliveryResult Send(const OutgoingMessage& message,
                              const DeliveryAttempt& attempt) = 0;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_MESSAGE_HANDLER_H_
