// ActionEventSink: has actions performed for events: "match" for each line that
// is found, "added" and "removed" for files.
//
// The watcher does not wait for them: they are put into a queue. Where that is
// full, an event has no action, and a warning says how many had none.

#ifndef DIRWATCHER_SINKS_ACTION_EVENT_SINK_H_
#define DIRWATCHER_SINKS_ACTION_EVENT_SINK_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "dirwatch/event.h"
#include "dirwatch/event_sink.h"
#include "logging/logger.h"
#include "signals/action.h"
#include "signals/action_runner.h"
#include "signals/job_queue.h"

namespace dirwatcher {

// Thread-compatible.
//
// An argument of an action may have {event}, {file}, {line}, {text} and {magic}
// in it; programs find the same in DIRWATCHER_EVENT, DIRWATCHER_FILE, and so
// on. What an event has not is empty. NULs, which neither can hold, are U+FFFD
// there.
class ActionEventSink : public EventSink {
 public:
  // Called when the queue has no room: may wait for some. True: try again.
  using OnFull = std::function<bool()>;

  // All must outlive this, and the jobs. `on_full` may be empty.
  ActionEventSink(ActionRunner* runner, JobQueue* queue, Logger* logger,
                  OnFull on_full = {})
      : runner_(*runner),
        queue_(*queue),
        logger_(logger),
        on_full_(std::move(on_full)) {}

  void OnEvent(const Event& event) override;

  // Says how many events had no action since the last call.
  void Flush() override;

  // How many had none so far.
  int64_t dropped_count() const { return dropped_count_; }

 private:
  void Perform(absl::string_view trigger, absl::string_view file, int64_t line,
               absl::string_view text, absl::string_view magic);

  ActionRunner& runner_;
  JobQueue& queue_;
  Logger* const logger_;
  const OnFull on_full_;
  int64_t dropped_count_ = 0;
  int64_t untold_ = 0;        // of those
  std::string first_untold_;  // what the first of those was
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SINKS_ACTION_EVENT_SINK_H_
