// Messenger: everything that it takes to tell people something, put together:
// targets, their secrets, the clients that speak to servers, and the spool.
//
//   Messenger::Options options;
//   options.spool_dir = "/var/spool/backup";
//   auto messenger = Messenger::Create(options, &clock, logger, &console);
//   (*messenger)->Send(details, {"mailto://mx?from=a@x&to=b@x"}, RepeatRule());

#ifndef DIRWATCHER_NOTIFY_MESSENGER_H_
#define DIRWATCHER_NOTIFY_MESSENGER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "env/clock.h"
#include "env/curl_http_client.h"
#include "env/http_client.h"
#include "env/interrupt_flag.h"
#include "logging/byte_sink.h"
#include "logging/logger.h"
#include "notify/curl_smtp_client.h"
#include "notify/dispatcher.h"
#include "notify/http_delivery.h"
#include "notify/message.h"
#include "notify/message_handler.h"
#include "notify/outbox.h"
#include "notify/repeats.h"
#include "notify/secret.h"
#include "notify/spool.h"
#include "notify/target.h"

namespace dirwatcher {

// Thread-safe.
class Messenger {
 public:
  struct Options {
    std::string spool_dir;  // see OutboxOptions
    // Sign every message: "NAME version: VERSION".
    std::string name = "unknown client";
    std::string version = "not specified";
    absl::Duration send_timeout = absl::Seconds(30);  // for one try
    EnvironmentLookup environment = ProcessEnvironment();
  };

  // `clock`, `logger` and `console`, where targets "console:" are told, must
  // outlive it.
  //   RESOURCE_EXHAUSTED  no descriptor is left
  static absl::StatusOr<std::unique_ptr<Messenger>> Create(Options options,
                                                           Clock* clock,
                                                           Logger* logger,
                                                           ByteSink* console);

  Messenger(const Messenger&) = delete;
  Messenger& operator=(const Messenger&) = delete;

  // Which of the targets can be told, as far as that can be known before. A
  // secret that is missing or empty costs its target, and a WARNING that names
  // the setting.
  //   INVALID_ARGUMENT  a file that a target names cannot be read
  absl::StatusOr<std::vector<std::string>> CheckTargets(
      absl::Span<const Target> targets);

  // Keeps the message and tries to send it, and then what else is due: see
  // Outbox::Send.
  void Send(const MessageDetails& details,
            absl::Span<const std::string> targets, const RepeatRule& rule) {
    outbox_.Send(details, targets, rule);
  }
  // Tries what is due, if there is a spool.
  void SendDue();
  // See Outbox; without a spool nothing waits.
  absl::StatusOr<int> Flush();
  absl::StatusOr<std::vector<QueuedDelivery>> List();

  // For requests that are no messages; interrupted with those.
  HttpClient* http() { return &http_; }

  // Ends what is under way, at once and for good: messages stay in the spool.
  void Interrupt() { interrupt_.Raise(); }

 private:
  Messenger(Options options, InterruptFlag interrupt, Clock* clock,
            Logger* logger, ByteSink* console);

  bool HasSpool() const;
  Dispatcher::Route RouteTo(const std::string& text);
  // Null: a secret is not set.
  absl::StatusOr<std::unique_ptr<MessageHandler>> MakeHandler(
      const Target& target);

  const Options options_;
  Clock* const clock_;       // not owned
  Logger* const logger_;     // not owned
  ByteSink* const console_;  // not owned
  InterruptFlag interrupt_;
  CurlHttpClient http_;
  CurlSmtpClient smtp_;
  HttpDelivery delivery_;
  Outbox outbox_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_MESSENGER_H_
