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
#include "absl/time/time.h"
#include "logging/byte_sink.h"
#include "logging/log_prefix.h"

namespace dirwatcher {

// Records that can wait are put together and written in large pieces.
//
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
  // About `batch_bytes` of records are put together at most; 0 = none.
  explicit GlogSink(ByteSink* out, ByteSink* complaints = nullptr,
                    size_t batch_bytes = size_t{64} << 10);
  // Flushes.
  ~GlogSink() override;

  // Writes at once. Called by glog, which holds a lock meanwhile: nothing in
  // here may log.
  using google::LogSink::send;
  void send(google::LogSeverity severity, const char* full_filename,
            const char* base_filename, int line,
            const google::LogMessageTime& time, const char* message,
            size_t message_len) override;

  // The same for a record that did not pass through glog, and which may
  // therefore be longer than 30,000 bytes (glog's kMaxLogMessageLen). It may
  // wait until Flush, or until a later record is written.
  void SendSoon(google::LogSeverity severity, absl::string_view base_filename,
                int line, absl::Time time, absl::string_view message);

  // Writes what waits.
  void Flush();

  // How many records were lost since the sink was made.
  int64_t lost_records() const;

 private:
  // All of these REQUIRE mutex_ to be held.
  // Appends a record to `*records`.
  void Append(google::LogSeverity severity, absl::string_view base_filename,
              int line, absl::Time time, absl::string_view message,
              std::string* records);
  void FlushBatch();
  // Writes whole records and returns how many of them are lost.
  int64_t WriteRecords(const std::string& records);
  // A record of the sink's own, at the time of the last other one.
  std::string OwnRecord(google::LogSeverity severity, int line,
                        absl::string_view message);

  ByteSink* const out_;
  ByteSink* const complaints_;
  const size_t batch_bytes_;

  mutable std::mutex mutex_;  // guards everything below, and *out_
  LogPrefix prefix_;
  absl::Time last_time_ = absl::UnixEpoch();
  std::string batch_;  // whole records that wait
  int64_t lost_records_ = 0;
  // Those that the log does not know of yet, and why the first one was lost.
  int64_t untold_losses_ = 0;
  std::string loss_reason_;
  // What was written last does not end with a line feed.
  bool line_is_torn_ = false;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_LOGGING_GLOG_SINK_H_
