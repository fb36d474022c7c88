// TeeEventSink: hands every event to several sinks, one after the other.

#ifndef DIRWATCHER_SINKS_TEE_EVENT_SINK_H_
#define DIRWATCHER_SINKS_TEE_EVENT_SINK_H_

#include <utility>
#include <vector>

#include "dirwatch/event.h"
#include "dirwatch/event_sink.h"

namespace dirwatcher {

// As safe with threads as its sinks.
class TeeEventSink : public EventSink {
 public:
  // The sinks, in the order in which each event and each flush reaches them;
  // may be none. They must outlive this.
  explicit TeeEventSink(std::vector<EventSink*> sinks)
      : sinks_(std::move(sinks)) {}

  void OnEvent(const Event& event) override {
    for (EventSink* const sink : sinks_) sink->OnEvent(event);
  }

  void Flush() override {
    for (EventSink* const sink : sinks_) sink->Flush();
  }

 private:
  const std::vector<EventSink*> sinks_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SINKS_TEE_EVENT_SINK_H_
