// SlackHandler: tells a Slack channel, through an incoming webhook.
//
// The text (notify/slack_text.h) goes first, in one post or several.
// Attachments follow, where there is a bot's token (notify/slack_files.h):
// files as they are, folders as ZIP. What cannot be attached costs a line in
// the message and a warning, never the message; where that shows only later, a
// post of its own says so.
//
// Whatever Slack accepts is noted with attempt.save_progress at once, so the
// next attempt goes on behind it.

#ifndef DIRWATCHER_NOTIFY_SLACK_HANDLER_H_
#define DIRWATCHER_NOTIFY_SLACK_HANDLER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "notify/http_delivery.h"
#include "notify/message_handler.h"
#include "notify/slack_files.h"
#include "notify/slack_progress.h"

namespace dirwatcher {

struct SlackSettings {
  std::string webhook_url;  // required; secret
  std::string bot_token;    // secret; empty: no files
  std::string channel;      // required with bot_token: the id, C0123456789
  std::string ca_file;      // PEM; empty: the system's certificates
  std::string api_url = "https://slack.com/api";
};

// A longer file could hardly be sent within the time of an attempt, and would
// be tried for ever. A folder's ZIP counts likewise.
inline constexpr int64_t kSlackMaxFileBytes = int64_t{20} << 20;

// Thread-safe.
class SlackHandler : public MessageHandler {
 public:
  // `http` must outlive it.
  SlackHandler(SlackSettings settings, const HttpDelivery* http);

  DeliveryResult Send(const OutgoingMessage& message,
                      const DeliveryAttempt& attempt) override;

 private:
  SlackProgress Begin(const OutgoingMessage& message) const;
  DeliveryResult Post(const std::string& text, absl::Duration deadline) const;
  DeliveryResult PostParts(const std::vector<std::string>& parts,
                           const DeliveryAttempt& attempt,
                           absl::Duration deadline,
                           SlackProgress* progress) const;
  DeliveryResult ShareFiles(const OutgoingMessage& message,
                            const DeliveryAttempt& attempt,
                            absl::Duration deadline,
                            SlackProgress* progress) const;
  DeliveryResult ShareFile(const OutgoingMessage& message, size_t index,
                           absl::Duration deadline) const;

  const SlackSettings settings_;
  const HttpDelivery* const http_;  // not owned
  const SlackFiles files_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_SLACK_HANDLER_H_
