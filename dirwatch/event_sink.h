// EventSink: where events go. Implement it to embed the watcher.
//
//   class CountingSink : public EventSink {
//    public:
//     void OnEvent(const Event& event) override {
//       if (absl::holds_alternative<LineMatched>(event)) ++matches_;
//     }
//    private:
//     int64_t matches_ = 0;
//   };

#ifndef DIRWATCHER_DIRWATCH_EVENT_SINK_H_
#define DIRWATCHER_DIRWATCH_EVENT_SINK_H_

#include "dirwatch/event.h"

namespace dirwatcher {

// Receives events in the order in which they are to be told. Called from the
// thread that polls, one call at a time.
class EventSink {
 public:
  virtual ~EventSink() = default;

  // `event` and the strings in it are valid during the call only. Must not call
  // back into the watcher. There is no way to refuse an event: a sink that
  // cannot pass it on deals with that itself.
  virtual void OnEvent(const Event& event) = 0;

  // Everything of one poll has been delivered; buffered output should go out.
  virtual void Flush() {}
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_EVENT_SINK_H_
