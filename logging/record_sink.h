// RecordSink: where records go: to a line in a file, to syslog, to the journal.

#ifndef DIRWATCHER_LOGGING_RECORD_SINK_H_
#define DIRWATCHER_LOGGING_RECORD_SINK_H_

#include <cstdint>

#include "logging/log_record.h"

namespace dirwatcher {

// Thread-safe. Nothing in an implementation may log. A record that cannot be
// delivered is lost, counted, and never stops the process.
class RecordSink {
 public:
  virtual ~RecordSink() = default;

  // Delivers the record at once, and before it those that wait.
  virtual void Send(const LogRecord& record) = 0;

  // The same, but it may wait until Flush or until a later record is sent.
  virtual void SendSoon(const LogRecord& record) { Send(record); }

  // Delivers what waits.
  virtual void Flush() {}

  // How many records were lost since the sink was made.
  virtual int64_t lost_records() const = 0;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_LOGGING_RECORD_SINK_H_
