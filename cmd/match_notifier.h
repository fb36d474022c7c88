// MatchNotifier: what stands behind `dirwatcher --notify`: a sink for events,
// and what tells people of them.

#ifndef DIRWATCHER_CMD_MATCH_NOTIFIER_H_
#define DIRWATCHER_CMD_MATCH_NOTIFIER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dirwatch/event_sink.h"
#include "env/clock.h"
#include "env/interrupt_flag.h"
#include "logging/fd_byte_sink.h"
#include "logging/logger.h"
#include "notify/messenger.h"
#include "notify/target.h"
#include "sinks/match_digest.h"
#include "sinks/message_event_sink.h"

namespace dirwatcher {

struct MatchNotifierOptions {
  std::vector<Target> targets;
  std::string spool_dir;
  DigestOptions digest;
};

// Thread-compatible.
class MatchNotifier {
 public:
  // How long people are still told when the program is to end; what is not told
  // by then waits in the spool.
  static constexpr absl::Duration kGrace = absl::Seconds(5);

  // `clock` and `logger` must outlive it.
  //   INVALID_ARGUMENT  a file that a target names cannot be read
  //   others            no descriptor is left
  static absl::StatusOr<std::unique_ptr<MatchNotifier>> Create(
      const MatchNotifierOptions& options, Clock* clock, Logger* logger);

  MatchNotifier(const MatchNotifier&) = delete;
  MatchNotifier& operator=(const MatchNotifier&) = delete;

  EventSink* sink() { return sink_.get(); }

  // Tells what was found and not told yet, for as long as a try takes, or for
  // kGrace if `is_hurried`. The sink is gone then.
  void End(bool is_hurried);

 private:
  explicit MatchNotifier(InterruptFlag ended);

  absl::Status Start(const MatchNotifierOptions& options, Clock* clock,
                     Logger* logger);

  FdByteSink console_;
  std::unique_ptr<Messenger> messenger_;
  std::vector<std::string> targets_;
  InterruptFlag ended_;  // raised when the sink is gone
  std::unique_ptr<MessageEventSink> sink_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_CMD_MATCH_NOTIFIER_H_
