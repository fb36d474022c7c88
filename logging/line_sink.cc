#include "logging/line_sink.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "logging/escape.h"

namespace dirwatcher {

LineSink::LineSink(std::unique_ptr<RecordFormat> format, ByteSink* out,
                   ByteSink* complaints, size_t batch_bytes)
    : format_(std::move(format)),
      out_(out),
      complaints_(complaints),
      batch_bytes_(batch_bytes) {}

LineSink::~LineSink() { Flush(); }

void LineSink::Send(const LogRecord& record) {
  const std::lock_guard<std::mutex> lock(mutex_);
  last_time_ = record.time;
  format_->Append(record, &batch_);
  FlushBatch();
}

void LineSink::SendSoon(const LogRecord& record) {
  const std::lock_guard<std::mutex> lock(mutex_);
  last_time_ = record.time;
  format_->Append(record, &batch_);
  if (batch_.size() >= batch_bytes_) FlushBatch();
}

void LineSink::Flush() {
  const std::lock_guard<std::mutex> lock(mutex_);
  FlushBatch();
}

std::string LineSink::OwnRecord(LogLevel level, int line,
                                absl::string_view text) {
  std::string result;
  format_->Append({level, last_time_, "line_sink.cc", line, text}, &result);
  return result;
}

void LineSink::FlushBatch() {
  if (batch_.empty()) return;
  if (untold_losses_ > 0) {
    const int64_t told = untold_losses_;
    const std::string notice =
        absl::StrCat(told, told == 1 ? " record was" : " records were",
                     " lost: ", loss_reason_);
    if (WriteRecords(OwnRecord(LogLevel::kWarning, __LINE__, notice)) == 0) {
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
      OwnRecord(LogLevel::kError, __LINE__,
                absl::StrCat("Cannot log: ", loss_reason_,
                             "; records are lost until it works again")));
}

int64_t LineSink::WriteRecords(const std::string& records) {
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

int64_t LineSink::lost_records() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return lost_records_;
}

}  // namespace dirwatcher
