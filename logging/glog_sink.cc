#include "logging/glog_sink.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "logging/escape.h"

namespace dirwatcher {

GlogSink::GlogSink(ByteSink* out, ByteSink* complaints, size_t batch_bytes)
    : out_(out), complaints_(complaints), batch_bytes_(batch_bytes) {}

GlogSink::~GlogSink() { Flush(); }

void GlogSink::send(google::LogSeverity severity, const char* /*full_filename*/,
                    const char* base_filename, int line,
                    const google::LogMessageTime& time, const char* message,
                    size_t message_len) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Append(severity, base_filename, line,
         absl::FromTimeT(time.timestamp()) + absl::Microseconds(time.usec()),
         absl::string_view(message, message_len), &batch_);
  FlushBatch();
}

void GlogSink::SendSoon(google::LogSeverity severity,
                        absl::string_view base_filename, int line,
                        absl::Time time, absl::string_view message) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Append(severity, base_filename, line, time, message, &batch_);
  if (batch_.size() >= batch_bytes_) FlushBatch();
}

void GlogSink::Flush() {
  const std::lock_guard<std::mutex> lock(mutex_);
  FlushBatch();
}

void GlogSink::Append(google::LogSeverity severity,
                      absl::string_view base_filename, int line,
                      absl::Time time, absl::string_view message,
                      std::string* records) {
  last_time_ = time;
  prefix_.Append(google::LogSeverityNames[severity][0], time, base_filename,
                 line, records);
  records->append(message.data(), message.size());
  records->push_back('\n');
}

std::string GlogSink::OwnRecord(google::LogSeverity severity, int line,
                                absl::string_view message) {
  std::string record;
  Append(severity, "glog_sink.cc", line, last_time_, message, &record);
  return record;
}

void GlogSink::FlushBatch() {
  if (batch_.empty()) return;
  if (untold_losses_ > 0) {
    const int64_t told = untold_losses_;
    const std::string notice =
        absl::StrCat(told, told == 1 ? " record was" : " records were",
                     " lost: ", loss_reason_);
    if (WriteRecords(OwnRecord(google::GLOG_WARNING, __LINE__, notice)) == 0) {
      untold_losses_ = 0;
    }
  }
  const int64_t lost = untold_losses_ == 0
                           ? WriteRecords(batch_)
                           : std::count(batch_.begin(), batch_.end(), '\n');
  batch_.clear();
  const bool is_news = lost > 0 && untold_losses_ == 0;
  lost_records_ += lost;
  untold_losses_ += lost;
  if (!is_news || complaints_ == nullptr) return;
  complaints_->Write(
      OwnRecord(google::GLOG_ERROR, __LINE__,
                absl::StrCat("Cannot log: ", loss_reason_,
                             "; records are lost until it works again")));
}

int64_t GlogSink::WriteRecords(const std::string& records) {
  const std::string bytes = line_is_torn_ ? "\n" + records : records;
  const WriteResult result = out_->Write(bytes);
  const size_t written = std::min(result.written_bytes, bytes.size());
  if (written > 0) line_is_torn_ = bytes[written - 1] != '\n';
  if (result.status.ok()) return 0;
  if (untold_losses_ == 0) {
    loss_reason_ = EscapeForLog(absl::string_view(
        result.status.message().data(), result.status.message().size()));
  }
  // The first of them may be out in part; the line feed before it is none.
  const size_t first = std::max<size_t>(written, bytes.size() - records.size());
  return std::count(bytes.begin() + static_cast<ptrdiff_t>(first), bytes.end(),
                    '\n');
}

int64_t GlogSink::lost_records() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return lost_records_;
}

}  // namespace dirwatcher
