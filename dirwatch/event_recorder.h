// EventRecorder: an EventSink that writes down what it is told, one short line
// an event. Testonly.

#ifndef DIRWATCHER_DIRWATCH_EVENT_RECORDER_H_
#define DIRWATCHER_DIRWATCH_EVENT_RECORDER_H_

#include <string>
#include <vector>

#include "dirwatch/event_sink.h"

namespace dirwatcher {

// "added a.log", "a.log:3@17 the text", "removed a.log", "gap a.log 5..? why",
// ...
class EventRecorder : public EventSink {
 public:
  void OnEvent(const Event& event) override;
  void Flush() override { ++flushes_; }

  // What was told since the last call.
  std::vector<std::string> Take();

  int flushes() const { return flushes_; }

 private:
  std::vector<std::string> told_;
  int flushes_ = 0;
};

// The line for one event.
std::string DescribeEvent(const Event& event);

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_EVENT_RECORDER_H_
