// Outbox: keeps messages, and sees to it that they reach everybody.
//
//   Outbox outbox(options, router, &clock, logger);
//   MessageDetails details{"Backup failed", "No space left on device", {}};
//   outbox.Send(details, {"mailto://mx?from=a@x&to=b@x"}, RepeatRule());
//
// A message is in the spool before the first try; what cannot be delivered now
// stays there for the next Send or Flush, of this process or another one.

#ifndef DIRWATCHER_NOTIFY_OUTBOX_H_
#define DIRWATCHER_NOTIFY_OUTBOX_H_

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "env/clock.h"
#include "logging/logger.h"
#include "notify/dispatcher.h"
#include "notify/message.h"
#include "notify/repeats.h"
#include "notify/spool.h"

namespace dirwatcher {

struct OutboxOptions {
  // Where messages wait; made if it is not there. If it cannot be used a
  // WARNING says so, and messages are sent without being kept.
  std::string spool_dir;
  // Sign every message: "NAME version: VERSION".
  std::string name = "unknown client";
  std::string version = "not specified";
  // Waits; false: not for all of it, as the program ends. Thread-safe. Needed
  // for RepeatRule::group_wait only.
  std::function<bool(absl::Duration)> wait;
  DispatchOptions dispatch;
};

// Thread-safe.
class Outbox {
 public:
  // `clock` and `logger` must outlive it.
  Outbox(OutboxOptions options, Dispatcher::Router router, Clock* clock,
         Logger* logger);

  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  // Keeps the message for all targets and tries each, and then what else is
  // due. Returns when all tries are over, after RepeatRule::group_wait if this
  // is the message that collects others. What goes wrong is logged.
  void Send(const MessageDetails& details,
            absl::Span<const std::string> targets, const RepeatRule& rule);

  // Tries what is due.
  void SendDue();

  // Tries everything that waits, due or not. Returns how many deliveries are
  // left that are not held back.
  //   UNAVAILABLE and others  the spool cannot be used
  absl::StatusOr<int> Flush();

  // What waits. The errors are those of Flush.
  absl::StatusOr<std::vector<QueuedDelivery>> List();

 private:
  void SendThrough(Spool* spool, const SpooledMessage& added);
  // Opens it the first time that it can be opened.
  absl::StatusOr<Spool*> OpenSpool();
  void LogError(const absl::Status& status);

  const OutboxOptions options_;
  const Dispatcher::Router router_;
  Clock* const clock_;            // not owned
  Logger* const logger_;          // not owned
  std::mutex mutex_;              // guards spool_
  std::unique_ptr<Spool> spool_;  // null: not opened yet
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_OUTBOX_H_
