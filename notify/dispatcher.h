// Dispatcher: delivers what waits in a spool.
//
//   Dispatcher dispatcher(DispatchOptions(), &spool, make_handler, &clock,
//                         logger);
//   dispatcher.Deliver(DeliverySelection::MessageFirst(added->message));
//
// Each delivery is tried once, and what comes of it is noted in the spool: it
// is done, or to be tried later, or refused for good.

#ifndef DIRWATCHER_NOTIFY_DISPATCHER_H_
#define DIRWATCHER_NOTIFY_DISPATCHER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "env/clock.h"
#include "logging/logger.h"
#include "notify/back_off.h"
#include "notify/message_handler.h"
#include "notify/spool.h"

namespace dirwatcher {

struct DispatchOptions {
  // For one try at one delivery. Default: 30 s.
  absl::Duration send_timeout = absl::Seconds(30);
  BackOff back_off;
  // From 0 to 1, each time another one; for the jitter. Thread-safe. Empty: the
  // machine's randomness.
  std::function<double()> random;
  // Whether the program ends, so that nothing more is to be begun. Thread-safe.
  // Empty: it does not.
  std::function<bool()> is_ending;
};

// Which deliveries are tried.
struct DeliverySelection {
  enum Others {
    kNone,
    kDue,  // whose time has come, for as long as one try may take
    kAll,  // due or not, but what is held back to be counted
  };

  int64_t first = 0;  // the number of a message that comes first; 0: none
  Others others = kDue;
};

// What became of them.
struct DeliveryCounts {
  int delivered = 0;
  int failed = 0;  // they are tried again
  int refused = 0;
};

// Thread-safe; may be called by several threads and processes at once, which
// then share the work.
class Dispatcher {
 public:
  // How a target is told. A status says why it cannot be: its secret is
  // missing, or the target is written wrongly. `label` is what logs may know of
  // the target, and is set in either case.
  struct Route {
    std::string label;
    absl::StatusOr<std::unique_ptr<MessageHandler>> handler;
  };
  using Router = std::function<Route(const std::string& target)>;

  // `spool`, `clock` and `logger` must outlive it.
  Dispatcher(DispatchOptions options, Spool* spool, Router router, Clock* clock,
             Logger* logger);

  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  // Tries the deliveries, all targets side by side, those of one target one
  // after the other, up to the first that is to be tried again: the next would
  // hardly fare better. Returns when all are over. Logs a WARNING for each that
  // was not made, and for what went wrong beside.
  //   UNAVAILABLE  the spool cannot be read
  absl::StatusOr<DeliveryCounts> Deliver(DeliverySelection selection);

 private:
  // The deliveries to one target, in the order in which they are tried.
  struct Queue {
    std::string target;
    std::vector<int64_t> own;     // of the message that comes first
    std::vector<int64_t> others;  // that waited before
  };

  static std::vector<Queue> Plan(const DeliverySelection& selection,
                                 const std::vector<QueuedDelivery>& list,
                                 absl::Time now);
  DeliveryCounts DeliverQueue(const Queue& queue, absl::Duration give_up);
  // None: it is not to be made, or by somebody else.
  absl::optional<DeliveryOutcome> DeliverOne(int64_t delivery,
                                             const Route& route);
  DeliveryResult Try(int64_t delivery, const ClaimedDelivery& claimed,
                     const Route& route);
  void Note(int64_t delivery, const ClaimedDelivery& claimed,
            const DeliveryResult& result, const std::string& label);
  void Warn(const std::string& label, absl::string_view what);

  const DispatchOptions options_;
  Spool* const spool_;  // not owned
  const Router router_;
  Clock* const clock_;    // not owned
  Logger* const logger_;  // not owned
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_DISPATCHER_H_
