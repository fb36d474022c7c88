// LogEventSink: tells events in words, one line each, for people.
//
//   Found "ERROR" in app.log:17: 12:00:01 ERROR disk full
//
// Names, text and reasons are escaped (logging/escape.h), so whatever stands in
// a file or in its name, an event stays one line. docs/events.md lists the
// texts and their levels.

#ifndef DIRWATCHER_SINKS_LOG_EVENT_SINK_H_
#define DIRWATCHER_SINKS_LOG_EVENT_SINK_H_

#include <string>

#include "dirwatch/event.h"
#include "dirwatch/event_sink.h"
#include "logging/logger.h"

namespace dirwatcher {

// Thread-compatible. Records may wait until Flush.
class LogEventSink : public EventSink {
 public:
  // `logger` must outlive this.
  explicit LogEventSink(Logger* logger) : logger_(logger) {}

  void OnEvent(const Event& event) override;
  void Flush() override;

 private:
  Logger* const logger_;
  std::string scratch_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SINKS_LOG_EVENT_SINK_H_
