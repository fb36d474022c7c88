// LineSink: writes records as lines to a ByteSink, and keeps account of those
// that could not be written.
//
//   LogRecord --> LineSink, RecordFormat --> RotatingFile or FdByteSink

#ifndef DIRWATCHER_LOGGING_LINE_SINK_H_
#define DIRWATCHER_LOGGING_LINE_SINK_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "logging/byte_sink.h"
#include "logging/record_format.h"
#include "logging/record_sink.h"

namespace dirwatcher {

// Records that can wait are put together and written in large pieces.
//
// A record that cannot be written is lost. The first one that is lost is said
// on `complaints`; once writing works again, a WARNING in the log itself says
// how many were lost. A record of which only a part was written is lost too,
// and the next one begins on a new line.
//
// Thread-safe.
class LineSink : public RecordSink {
 public:
  // `out` must outlive this. So must `complaints`, which may be null: then
  // nobody is told while it lasts.
  // About `batch_bytes` of records are put together at most; 0 = none.
  LineSink(std::unique_ptr<RecordFormat> format, ByteSink* out,
           ByteSink* complaints = nullptr,
           size_t batch_bytes = size_t{64} << 10);
  // Flushes.
  ~LineSink() override;

  void Send(const LogRecord& record) override;
  void SendSoon(const LogRecord& record) override;
  void Flush() override;
  int64_t lost_records() const override;

 private:
  // All of these REQUIRE mutex_ to be held.
  void FlushBatch();
  // Writes whole records and returns how many of them are lost.
  int64_t WriteRecords(const std::string& records);
  // A record of the sink's own, at the time of the last other one.
  std::string OwnRecord(LogLevel level, int line, absl::string_view text);

  const std::unique_ptr<RecordFormat> format_;
  ByteSink* const out_;
  ByteSink* const complaints_;
  const size_t batch_bytes_;

  mutable std::mutex mutex_;  // guards everything below, *format_ and *out_
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

#endif  // DIRWATCHER_LOGGING_LINE_SINK_H_
