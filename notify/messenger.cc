#include "notify/messenger.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "notify/console_handler.h"
#include "notify/email_handler.h"
#include "notify/sendgrid_handler.h"
#include "notify/slack_handler.h"
#include "notify/webhook_handler.h"

namespace dirwatcher {
namespace {

// What the secret of a target is, for people.
absl::string_view SecretName(const Target& target) {
  switch (target.kind) {
    case TargetKind::kMail:
      return target.user.empty() ? "" : "password";
    case TargetKind::kSlack:
      return "webhook_url";
    case TargetKind::kSendGrid:
      return "api_key";
    case TargetKind::kWebhook:
    case TargetKind::kConsole:
      break;
  }
  return "";
}

// The secret that `target` cannot do without; empty if it needs none.
//   INVALID_ARGUMENT     its file cannot be read
//   FAILED_PRECONDITION  it is not set
absl::StatusOr<std::string> RequiredSecret(
    const Target& target, const EnvironmentLookup& environment) {
  const absl::string_view name = SecretName(target);
  if (name.empty()) return "";
  absl::StatusOr<std::string> secret = ReadSecret(target.secret, environment);
  if (secret.ok() && secret->empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(name, " is not set: ", DescribeSource(target.secret),
                     " is missing or empty"));
  }
  return secret;
}

// The token of a bot, without which Slack gets no files.
absl::StatusOr<std::string> OptionalToken(
    const Target& target, const EnvironmentLookup& environment) {
  if (target.kind != TargetKind::kSlack) return "";
  return ReadSecret(target.token, environment);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Messenger>> Messenger::Create(
    Options options, Clock* clock, Logger* logger, ByteSink* console) {
  absl::StatusOr<InterruptFlag> interrupt = InterruptFlag::Create();
  if (!interrupt.ok()) return interrupt.status();
  return std::unique_ptr<Messenger>(new Messenger(
      std::move(options), *std::move(interrupt), clock, logger, console));
}

Messenger::Messenger(Options options, InterruptFlag interrupt, Clock* clock,
                     Logger* logger, ByteSink* console)
    : options_(std::move(options)),
      clock_(clock),
      logger_(logger),
      console_(console),
      interrupt_(std::move(interrupt)),
      http_(&interrupt_),
      smtp_(&interrupt_),
      delivery_(&http_, clock,
                [this](absl::Duration duration) {
                  return interrupt_.WaitFor(duration);
                }),
      outbox_(
          [this] {
            OutboxOptions outbox;
            outbox.spool_dir = options_.spool_dir;
            outbox.name = options_.name;
            outbox.version = options_.version;
            outbox.wait = [this](absl::Duration duration) {
              return interrupt_.WaitFor(duration);
            };
            outbox.dispatch.send_timeout = options_.send_timeout;
            outbox.dispatch.is_ending = [this] { return interrupt_.raised(); };
            return outbox;
          }(),
          [this](const std::string& target) { return RouteTo(target); }, clock,
          logger) {}

absl::StatusOr<std::vector<std::string>> Messenger::CheckTargets(
    absl::Span<const Target> targets) {
  std::vector<std::string> usable;
  for (const Target& target : targets) {
    absl::Status status = RequiredSecret(target, options_.environment).status();
    if (absl::IsFailedPrecondition(status)) {
      logger_->Log(LogLevel::kWarning,
                   absl::StrCat("Notification to ", target.label,
                                " is not possible: ", status.message()));
      continue;
    }
    status.Update(OptionalToken(target, options_.environment).status());
    if (!target.ca_file.empty() && access(target.ca_file.c_str(), R_OK) != 0) {
      status.Update(absl::InvalidArgumentError(absl::StrCat(
          "cannot read ", target.ca_file, ": ", std::strerror(errno))));
    }
    if (!status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("target \"", target.label, "\": ", status.message()));
    }
    usable.push_back(target.text);
  }
  return usable;
}

Dispatcher::Route Messenger::RouteTo(const std::string& text) {
  const absl::StatusOr<Target> target = ParseTarget(text);
  // Who put it into the spool had understood it; another version, perhaps.
  if (!target.ok()) return {"an unknown target", target.status()};
  return {target->label, MakeHandler(*target)};
}

absl::StatusOr<std::unique_ptr<MessageHandler>> Messenger::MakeHandler(
    const Target& target) {
  absl::StatusOr<std::string> secret =
      RequiredSecret(target, options_.environment);
  if (!secret.ok()) return secret.status();
  absl::StatusOr<std::string> token =
      OptionalToken(target, options_.environment);
  if (!token.ok()) return token.status();
  switch (target.kind) {
    case TargetKind::kMail: {
      EmailSettings settings;
      settings.smtp_server = target.host;
      settings.smtp_port = target.port;
      settings.from_address = target.from_address;
      settings.to_addresses = target.to_addresses;
      settings.prefix = target.prefix;
      settings.user = target.user;
      settings.password = *std::move(secret);
      settings.tls = target.tls;
      settings.ca_file = target.ca_file;
      return std::make_unique<EmailHandler>(std::move(settings), &smtp_, clock_,
                                            &interrupt_);
    }
    case TargetKind::kSlack: {
      SlackSettings settings;
      settings.webhook_url = *std::move(secret);
      settings.bot_token = *std::move(token);
      settings.channel = target.channel;
      settings.ca_file = target.ca_file;
      if (!target.endpoint.empty()) settings.api_url = target.endpoint;
      return std::make_unique<SlackHandler>(std::move(settings), &delivery_);
    }
    case TargetKind::kSendGrid: {
      SendGridSettings settings;
      settings.api_key = *std::move(secret);
      settings.from_address = target.from_address;
      settings.to_addresses = target.to_addresses;
      settings.prefix = target.prefix;
      settings.ca_file = target.ca_file;
      const std::string endpoint =
          target.endpoint.empty()
              ? options_.environment("SENDGRID_ENDPOINT").value_or("")
              : target.endpoint;
      if (!endpoint.empty()) settings.endpoint = endpoint;
      return std::make_unique<SendGridHandler>(std::move(settings), &delivery_);
    }
    case TargetKind::kWebhook: {
      WebhookSettings settings;
      settings.url = target.text;
      return std::make_unique<WebhookHandler>(std::move(settings), &delivery_);
    }
    case TargetKind::kConsole:
      break;
  }
  return std::make_unique<ConsoleHandler>(console_);
}

bool Messenger::HasSpool() const {
  return access((options_.spool_dir + "/queue.db").c_str(), F_OK) == 0;
}

void Messenger::SendDue() {
  if (HasSpool()) outbox_.SendDue();
}

absl::StatusOr<int> Messenger::Flush() {
  if (!HasSpool()) return 0;
  return outbox_.Flush();
}

absl::StatusOr<std::vector<QueuedDelivery>> Messenger::List() {
  if (!HasSpool()) return std::vector<QueuedDelivery>();
  return outbox_.List();
}

}  // namespace dirwatcher
