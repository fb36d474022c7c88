// JsonEventSink: writes events as JSON Lines, for programs.
//
//   {"time":"2023-01-31T12:00:00.000001Z","event":"added","file":"app.log"}
//
// docs/events.md describes every kind and every key, docs/events.schema.json
// says the same to a validator.

#ifndef DIRWATCHER_SINKS_JSON_EVENT_SINK_H_
#define DIRWATCHER_SINKS_JSON_EVENT_SINK_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "dirwatch/event.h"
#include "dirwatch/event_sink.h"
#include "env/clock.h"
#include "logging/byte_sink.h"
#include "logging/logger.h"
#include "sinks/rfc3339_formatter.h"

namespace dirwatcher {

// Collects events and writes them when Flush is called, or earlier when 64 KiB
// have come together.
//
// An output that takes nothing more (a pipe without a reader, a full disk) is
// no reason to stop: it is said once, as an ERROR, and until it works again
// events are dropped and counted; then a WARNING says how many they were. What
// is written is always made of whole lines: a line that got out only in part is
// completed before anything else.
//
// Memory: 64 KiB, and one event in JSON at most twice. Thread-compatible.
class JsonEventSink : public EventSink {
 public:
  // All three must outlive this. `clock` gives the events their time, `out`
  // takes the lines, `logger` hears of trouble with `out`.
  JsonEventSink(Clock* clock, ByteSink* out, Logger* logger);

  // Tries once to write what is left; nobody is told if that fails, so call
  // Flush before.
  ~JsonEventSink() override;

  void OnEvent(const Event& event) override;
  void Flush() override;

  // How many events were dropped so far.
  int64_t dropped_events() const { return dropped_events_; }

 private:
  // Writes the buffer, and empties it whether that works or not, but for the
  // rest of a line that has begun to go out.
  void WriteBuffer();

  Clock* const clock_;
  ByteSink* const out_;
  Logger* const logger_;

  Rfc3339Formatter time_formatter_;

  // Lines that are still to be written. The first of them may be the rest of
  // one that is out in part.
  std::string buffer_;
  // How many bytes that rest has.
  size_t rest_bytes_ = 0;
  int64_t buffered_events_ = 0;  // the rest is not counted

  bool failing_ = false;  // the last write failed, and it was said
  int64_t dropped_events_ = 0;
  int64_t untold_drops_ = 0;  // of those, how many nobody was told of yet
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SINKS_JSON_EVENT_SINK_H_
