#include "logging/system_log_sinks.h"

#include <syslog.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"

namespace dirwatcher {
namespace {

// As English as RFC 3164 4.1.2 wants them, whatever the locale.
constexpr absl::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr",
                                         "May", "Jun", "Jul", "Aug",
                                         "Sep", "Oct", "Nov", "Dec"};

// A field of the journal's protocol. A value with line feeds goes with its
// length, as 64 bits in little endian.
void AppendField(absl::string_view name, absl::string_view value,
                 std::string* out) {
  if (value.find('\n') == absl::string_view::npos) {
    absl::StrAppend(out, name, "=", value, "\n");
    return;
  }
  absl::StrAppend(out, name, "\n");
  for (int shift = 0; shift < 64; shift += 8) {
    out->push_back(
        static_cast<char>(static_cast<uint64_t>(value.size()) >> shift & 0xFF));
  }
  absl::StrAppend(out, value, "\n");
}

}  // namespace

int SyslogPriority(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return LOG_DEBUG;
    case LogLevel::kInfo:
      return LOG_INFO;
    case LogLevel::kWarning:
      return LOG_WARNING;
    case LogLevel::kError:
      return LOG_ERR;
    case LogLevel::kCritical:
    case LogLevel::kOff:
      return LOG_CRIT;
  }
  return LOG_CRIT;
}

DatagramSink::DatagramSink(absl::string_view socket_path,
                           DatagramSocket::Large large, OnLoss on_loss)
    : large_(large), on_loss_(std::move(on_loss)), socket_(socket_path) {}

void DatagramSink::Send(const LogRecord& record) {
  const std::lock_guard<std::mutex> lock(mutex_);
  datagram_.clear();
  Append(record, &datagram_);
  const absl::Status status = socket_.Send(datagram_, large_);
  if (!status.ok()) {
    ++lost_records_;
    if (!is_losing_ && on_loss_) on_loss_(status);
  }
  is_losing_ = !status.ok();
}

int64_t DatagramSink::lost_records() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return lost_records_;
}

SyslogSink::SyslogSink(absl::string_view name, OnLoss on_loss,
                       absl::string_view socket_path)
    : DatagramSink(socket_path, DatagramSocket::Large::kRefuse,
                   std::move(on_loss)),
      name_(name) {}

void SyslogSink::Append(const LogRecord& record, std::string* datagram) {
  const time_t seconds = absl::ToTimeT(record.time);
  if (seconds != seconds_ || date_and_time_.empty()) {
    std::tm local = {};
    localtime_r(&seconds, &local);
    date_and_time_ = absl::StrFormat("%s %2d %02d:%02d:%02d",
                                     kMonths[local.tm_mon], local.tm_mday,
                                     local.tm_hour, local.tm_min, local.tm_sec);
    seconds_ = seconds;
  }
  absl::StrAppend(datagram, "<", LOG_USER | SyslogPriority(record.level), ">",
                  date_and_time_, " ", name_);
  absl::StrAppend(datagram, "[", getpid(), "]: ", record.text);
}

JournaldSink::JournaldSink(absl::string_view name, OnLoss on_loss,
                           absl::string_view socket_path)
    : DatagramSink(socket_path, DatagramSocket::Large::kSendFile,
                   std::move(on_loss)),
      name_(name) {}

void JournaldSink::Append(const LogRecord& record, std::string* datagram) {
  AppendField("MESSAGE", record.text, datagram);
  AppendField("PRIORITY", absl::StrCat(SyslogPriority(record.level)), datagram);
  AppendField("SYSLOG_IDENTIFIER", name_, datagram);
  AppendField("CODE_FILE", record.file, datagram);
  AppendField("CODE_LINE", absl::StrCat(record.line), datagram);
}

}  // namespace dirwatcher
