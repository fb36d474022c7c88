// SyslogSink and JournaldSink: records for the log of the system.
//
// Both count what they could not deliver and never stop the process: a service
// that is absent is looked for again with each record.

#ifndef DIRWATCHER_LOGGING_SYSTEM_LOG_SINKS_H_
#define DIRWATCHER_LOGGING_SYSTEM_LOG_SINKS_H_

#include <cstdint>
#include <ctime>
#include <functional>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "logging/datagram_socket.h"
#include "logging/record_sink.h"

namespace dirwatcher {

// The priority of a record in syslog(3) and in the journal: debug 7, info 6,
// warning 4, error 3, critical 2.
int SyslogPriority(LogLevel level);

// Sends each record in a datagram and keeps account. Thread-safe.
class DatagramSink : public RecordSink {
 public:
  // Told, once until one is delivered again, why records are lost; may be
  // empty. Called while the sink is locked: it must not log to it.
  using OnLoss = std::function<void(const absl::Status& why)>;

  void Send(const LogRecord& record) final;
  int64_t lost_records() const final;

 protected:
  DatagramSink(absl::string_view socket_path, DatagramSocket::Large large,
               OnLoss on_loss);

 private:
  virtual void Append(const LogRecord& record, std::string* datagram) = 0;

  const DatagramSocket::Large large_;
  const OnLoss on_loss_;
  mutable std::mutex mutex_;  // guards everything below
  DatagramSocket socket_;
  std::string datagram_;  // reused
  bool is_losing_ = false;
  int64_t lost_records_ = 0;
};

// The protocol of /dev/log: RFC 3164 without the host's name, as syslog(3)
// writes it, in facility "user":
//
//   <12>Jan 31 12:00:00 backup[4711]: Received SIGTERM
//
// What is longer than the kernel lets through, some 200,000 bytes, is lost.
class SyslogSink : public DatagramSink {
 public:
  static constexpr absl::string_view kSocketPath = "/dev/log";

  // `name` is the program's.
  explicit SyslogSink(absl::string_view name, OnLoss on_loss = {},
                      absl::string_view socket_path = kSocketPath);

 private:
  void Append(const LogRecord& record, std::string* datagram) override;

  const std::string name_;
  time_t seconds_ = 0;         // which second date_and_time_ is
  std::string date_and_time_;  // empty = none yet
};

// The journal's native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL), with the
// fields MESSAGE, PRIORITY, SYSLOG_IDENTIFIER, CODE_FILE and CODE_LINE.
class JournaldSink : public DatagramSink {
 public:
  static constexpr absl::string_view kSocketPath =
      "/run/systemd/journal/socket";

  // `name` is the program's.
  explicit JournaldSink(absl::string_view name, OnLoss on_loss = {},
                        absl::string_view socket_path = kSocketPath);

 private:
  void Append(const LogRecord& record, std::string* datagram) override;

  const std::string name_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_LOGGING_SYSTEM_LOG_SINKS_H_
