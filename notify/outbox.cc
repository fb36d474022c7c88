#include "notify/outbox.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "logging/escape.h"
#include "logging/log_level.h"
#include "notify/outgoing.h"

namespace dirwatcher {

Outbox::Outbox(OutboxOptions options, Dispatcher::Router router, Clock* clock,
               Logger* logger)
    : options_(std::move(options)),
      router_(std::move(router)),
      clock_(clock),
      logger_(logger) {}

absl::StatusOr<Spool*> Outbox::OpenSpool() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (spool_ == nullptr) {
    absl::StatusOr<std::unique_ptr<Spool>> spool =
        Spool::Open(options_.spool_dir, clock_->Now());
    if (!spool.ok()) return spool.status();
    spool_ = *std::move(spool);
  }
  return spool_.get();
}

void Outbox::Send(const MessageDetails& details,
                  absl::Span<const std::string> targets,
                  const RepeatRule& rule) {
  const absl::Time now = clock_->Now();
  const OutgoingMessage message =
      WriteMessage(details, Signature(options_.name, options_.version), now);
  absl::Status kept;
  if (const absl::StatusOr<Spool*> spool = OpenSpool(); !spool.ok()) {
    kept = spool.status();
  } else {
    const absl::StatusOr<SpooledMessage> added =
        (*spool)->Add(message, targets, rule, now);
    if (added.ok()) return SendThrough(*spool, *added);
    kept = added.status();
  }
  logger_->Log(
      LogLevel::kWarning,
      absl::StrCat("Cannot keep the message in the spool ",
                   EscapeForLog(options_.spool_dir), ": ",
                   EscapeForLog(kept.message()), "; sending it all the same"));
  absl::StatusOr<std::unique_ptr<Spool>> memory = Spool::OpenInMemory();
  if (memory.ok()) {
    const absl::StatusOr<SpooledMessage> added =
        (*memory)->Add(message, targets, rule, now);
    if (added.ok()) return SendThrough(memory->get(), *added);
    kept = added.status();
  }
  logger_->Log(LogLevel::kError, absl::StrCat("Cannot send the message: ",
                                              EscapeForLog(kept.message())));
}

void Outbox::SendThrough(Spool* spool, const SpooledMessage& added) {
  DeliverySelection selection;
  switch (added.decision.kind) {
    case RepeatDecision::kSend:
      selection.first = added.message;
      break;
    case RepeatDecision::kCollect:
      // If the wait is cut short whoever comes next sends it.
      if (options_.wait(added.decision.until - clock_->Now())) {
        LogError(spool->Release(added.message, clock_->Now()));
        selection.first = added.message;
      }
      break;
    case RepeatDecision::kJoin:
    case RepeatDecision::kCount:
      logger_->Log(LogLevel::kInfo, "One of several alike: it is counted");
      break;
  }
  Dispatcher dispatcher(options_.dispatch, spool, router_, clock_, logger_);
  LogError(dispatcher.Deliver(selection).status());
}

void Outbox::SendDue() {
  const absl::StatusOr<Spool*> spool = OpenSpool();
  if (!spool.ok()) return LogError(spool.status());
  Dispatcher dispatcher(options_.dispatch, *spool, router_, clock_, logger_);
  LogError(dispatcher.Deliver(DeliverySelection()).status());
}

absl::StatusOr<int> Outbox::Flush() {
  const absl::StatusOr<Spool*> spool = OpenSpool();
  if (!spool.ok()) return spool.status();
  Dispatcher dispatcher(options_.dispatch, *spool, router_, clock_, logger_);
  DeliverySelection selection;
  selection.others = DeliverySelection::kAll;
  const absl::StatusOr<DeliveryCounts> counts = dispatcher.Deliver(selection);
  if (!counts.ok()) return counts.status();
  const absl::StatusOr<std::vector<QueuedDelivery>> list = (*spool)->List();
  if (!list.ok()) return list.status();
  int left = 0;
  for (const QueuedDelivery& each : *list) {
    left += each.state == DeliveryState::kReady;
  }
  return left;
}

absl::StatusOr<std::vector<QueuedDelivery>> Outbox::List() {
  const absl::StatusOr<Spool*> spool = OpenSpool();
  if (!spool.ok()) return spool.status();
  return (*spool)->List();
}

void Outbox::LogError(const absl::Status& status) {
  if (status.ok()) return;
  logger_->Log(LogLevel::kError,
               absl::StrCat("Spool ", EscapeForLog(options_.spool_dir), ": ",
                            EscapeForLog(status.message())));
}

}  // namespace dirwatcher
