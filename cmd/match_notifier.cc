#include "cmd/match_notifier.h"

#include <unistd.h>

#include <thread>
#include <utility>

#include "cmd/version.h"
#include "notify/repeats.h"

namespace dirwatcher {

absl::StatusOr<std::unique_ptr<MatchNotifier>> MatchNotifier::Create(
    const MatchNotifierOptions& options, Clock* clock, Logger* logger) {
  absl::StatusOr<InterruptFlag> ended = InterruptFlag::Create();
  if (!ended.ok()) return ended.status();
  std::unique_ptr<MatchNotifier> notifier(new MatchNotifier(*std::move(ended)));
  if (absl::Status s = notifier->Start(options, clock, logger); !s.ok()) {
    return s;
  }
  return notifier;
}

MatchNotifier::MatchNotifier(InterruptFlag ended)
    : console_(STDERR_FILENO, "standard error"), ended_(std::move(ended)) {}

absl::Status MatchNotifier::Start(const MatchNotifierOptions& options,
                                  Clock* clock, Logger* logger) {
  Messenger::Options messenger;
  messenger.spool_dir = options.spool_dir;
  messenger.name = "dirwatcher";
  messenger.version = kVersion;
  auto created = Messenger::Create(messenger, clock, logger, &console_);
  if (!created.ok()) return created.status();
  messenger_ = *std::move(created);
  auto targets = messenger_->CheckTargets(options.targets);
  if (!targets.ok()) return targets.status();
  targets_ = *std::move(targets);

  MessageEventSink::Sender sender;
  sender.send = [this](const MessageDetails& details) {
    messenger_->Send(details, targets_, RepeatRule());
  };
  sender.send_due = [this] { messenger_->SendDue(); };
  sink_ = std::make_unique<MessageEventSink>(options.digest, sender, clock);
  return absl::OkStatus();
}

void MatchNotifier::End(bool is_hurried) {
  std::thread hurry;
  if (is_hurried) {
    hurry = std::thread([this] {
      if (ended_.WaitFor(kGrace)) messenger_->Interrupt();
    });
  }
  sink_.reset();
  ended_.Raise();
  if (hurry.joinable()) hurry.join();
}

}  // namespace dirwatcher
