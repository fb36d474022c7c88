// GlogSink: carries glog's records to a ByteSink, one line each, and keeps
// account of those that could not be written.
//
//   LOG(INFO) --> glog --> GlogSink --> RotatingFile or FdByteSink
//
// This header includes glog's, which defines macros and flags for everybody: it
// is for logging/ only.

#ifndef DIRWATCHER_LOGGING_GLOG_SINK_H_
#define DIRWATCHER_LOGGING_GLOG_SINK_H_

#include <glog/logging.h>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>

#include "absl/strings/string_view.h"
#include "logging/byte_sink.h"

namespace dirwatcher {

// A record that cannot be written is lost, and never stops the process. The
// first one that is lost is said on `complaints`; once writing works again, a
// WARNING in the log itself says how many were lost. A record of which only a
// part was written is lost too, and the next one begins on a new line.
//
// Thread-safe.
class GlogSink : public google::LogSink {
 public:
  // `out` must outlive this. So must `complaints`, which may be null: then
  // nobody is told while it lasts.
  explicit GlogSink(ByteSink* out, ByteSink* complaints = nullptr);

  // Called by glog, which holds a lock meanwhile: nothing in here may log.
  using google::LogSink::send;
  void send(google::LogSeverity severity, const char* full_filename,
            const char* base_filename, int line,
            const google::LogMessageTime& time, const char* message,
            size_t message_len) override;

  // The same for a record of any length: glog itself cuts them after 30,000
  // bytes (google::LogMessage::kMaxLogMessageLen).
  void SendWhole(google::LogSeverity severity, const char* base_filename,
                 int line, const google::LogMessageTime& time,
                 absl::string_view message);

  // How many records were lost since the sink was made.
  int64_t lost_records() const;

 private:
  // Writes one record; false if it is lost. REQUIRES: mutex_ is held.
  bool WriteRecord(const std::string& record);

  ByteSink* const out_;
  ByteSink* const complaints_;

  mutable std::mutex mutex_;  // guards everything below, and *out_
  int64_t lost_records_ = 0;
  // Those that the log does not know of yet, and why the first one was lost.
  int64_t untold_losses_ = 0;
  std::string loss_reason_;
  // What was written last does not end with a line feed.
  bool line_is_torn_ = false;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_LOGGING_GLOG_SINK_H_
