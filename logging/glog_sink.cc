#include "logging/glog_sink.h"

#include "absl/strings/str_cat.h"
#include "logging/escape.h"

namespace dirwatcher {
namespace {

std::string Record(google::LogSeverity severity, const char* base_filename,
                   int line, const google::LogMessageTime& time,
                   absl::string_view message) {
  std::string record = google::LogSink::ToString(
      severity, base_filename, line, time, message.data(), message.size());
  record.push_back('\n');
  return record;
}

}  // namespace

GlogSink::GlogSink(ByteSink* out, ByteSink* complaints)
    : out_(out), complaints_(complaints) {}

void GlogSink::send(google::LogSeverity severity, const char* /*full_filename*/,
                    const char* base_filename, int line,
                    const google::LogMessageTime& time, const char* message,
                    size_t message_len) {
  SendWhole(severity, base_filename, line, time,
            absl::string_view(message, message_len));
}

void GlogSink::SendWhole(google::LogSeverity severity,
                         const char* base_filename, int line,
                         const google::LogMessageTime& time,
                         absl::string_view message) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (untold_losses_ > 0) {
    const int64_t told = untold_losses_;
    const std::string notice =
        absl::StrCat(told, told == 1 ? " record was" : " records were",
                     " lost: ", loss_reason_);
    if (WriteRecord(Record(google::GLOG_WARNING, "glog_sink.cc", __LINE__, time,
                           notice))) {
      untold_losses_ = 0;
    }
  }
  if (untold_losses_ == 0 &&
      WriteRecord(Record(severity, base_filename, line, time, message))) {
    return;
  }
  ++lost_records_;
  if (++untold_losses_ > 1 || complaints_ == nullptr) return;
  complaints_->Write(
      Record(google::GLOG_ERROR, "glog_sink.cc", __LINE__, time,
             absl::StrCat("Cannot log: ", loss_reason_,
                          "; records are lost until it works again")));
}

bool GlogSink::WriteRecord(const std::string& record) {
  const WriteResult result =
      out_->Write(line_is_torn_ ? "\n" + record : record);
  if (result.written_bytes > 0) line_is_torn_ = !result.status.ok();
  if (result.status.ok()) return true;
  if (untold_losses_ == 0) {
    loss_reason_ = EscapeForLog(absl::string_view(
        result.status.message().data(), result.status.message().size()));
  }
  return false;
}

int64_t GlogSink::lost_records() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return lost_records_;
}

}  // namespace dirwatcher
