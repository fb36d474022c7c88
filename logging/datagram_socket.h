// DatagramSocket: sends datagrams to a service of this machine that may be
// absent, restarted or slow: syslogd, the journal.

#ifndef DIRWATCHER_LOGGING_DATAGRAM_SOCKET_H_
#define DIRWATCHER_LOGGING_DATAGRAM_SOCKET_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "env/unique_fd.h"

namespace dirwatcher {

// Thread-compatible.
class DatagramSocket {
 public:
  // How long a service that does not read may delay a datagram. After a wait
  // that was in vain nothing waits until the service reads again.
  static constexpr absl::Duration kPatience = absl::Seconds(1);

  // `path` is that of a Unix socket, unix(7). It need not be there yet.
  explicit DatagramSocket(absl::string_view path) : path_(path) {}

  // What becomes of datagrams that are larger than the kernel lets through.
  enum class Large {
    kRefuse,    // they are RESOURCE_EXHAUSTED
    kSendFile,  // they go as a sealed memory file, of which the descriptor is
                // sent with an empty datagram
  };

  // Sends one datagram. A service that was restarted is found again.
  //   NOT_FOUND           no service is there
  //   DEADLINE_EXCEEDED   it does not read
  //   others              what sendmsg(2) says
  absl::Status Send(absl::string_view bytes, Large large = Large::kRefuse);

 private:
  absl::Status Connect();
  // Both set errno.
  bool TrySend(absl::string_view bytes) const;
  bool TrySendFile(absl::string_view bytes) const;

  const std::string path_;
  UniqueFd fd_;  // connected, or none
  bool stalled_ = false;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_LOGGING_DATAGRAM_SOCKET_H_
