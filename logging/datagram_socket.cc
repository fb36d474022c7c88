#include "logging/datagram_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "env/system_clock.h"

namespace dirwatcher {
namespace {

// Room for messages that are longer than anybody writes by hand.
constexpr int kSendBufferBytes = 8 << 20;

bool IsGone(int error) {
  return error == ECONNREFUSED || error == ENOTCONN || error == ECONNRESET ||
         error == EDESTADDRREQ || error == EPIPE;
}

}  // namespace

absl::Status DatagramSocket::Connect() {
  struct sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path_.size() >= sizeof(address.sun_path)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path_, ": too long for the path of a socket"));
  }
  memcpy(address.sun_path, path_.data(), path_.size());
  UniqueFd fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd.get() < 0) return absl::ErrnoToStatus(errno, "make a socket");
  // The kernel gives what it may.
  setsockopt(fd.get(), SOL_SOCKET, SO_SNDBUF, &kSendBufferBytes,
             sizeof(kSendBufferBytes));
  if (connect(fd.get(), reinterpret_cast<struct sockaddr*>(&address),
              sizeof(address)) != 0) {
    const int error = IsGone(errno) ? ENOENT : errno;
    return absl::ErrnoToStatus(error, absl::StrCat("connect to ", path_));
  }
  fd_ = std::move(fd);
  return absl::OkStatus();
}

bool DatagramSocket::TrySend(absl::string_view bytes) const {
  return send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) >= 0;
}

bool DatagramSocket::TrySendFile(absl::string_view bytes) const {
  const UniqueFd file(
      memfd_create("log record", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (file.get() < 0) return false;
  for (absl::string_view rest = bytes; !rest.empty();) {
    const ssize_t n = write(file.get(), rest.data(), rest.size());
    if (n < 0) return false;
    rest.remove_prefix(static_cast<size_t>(n));
  }
  if (fcntl(file.get(), F_ADD_SEALS,
            F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0) {
    return false;
  }
  alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  struct msghdr message = {};
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  struct cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  const int fd = file.get();
  memcpy(CMSG_DATA(header), &fd, sizeof(fd));
  return sendmsg(fd_.get(), &message, MSG_NOSIGNAL) >= 0;
}

absl::Status DatagramSocket::Send(absl::string_view bytes, Large large) {
  SystemClock clock;
  const absl::Duration deadline = clock.Uptime() + kPatience;
  bool is_file = false;
  for (bool again = true;;) {
    if (fd_.get() < 0) {
      const absl::Status connected = Connect();
      if (!connected.ok()) return connected;
    }
    if (is_file ? TrySendFile(bytes) : TrySend(bytes)) break;
    const int error = errno;
    if (error == EINTR) continue;
    if (IsGone(error) && again) {
      fd_ = UniqueFd();
      again = false;
    } else if (error == EAGAIN && !stalled_ && clock.Uptime() < deadline) {
      // Another process may take the room that there is: so it is tried again.
      struct pollfd writable = {fd_.get(), POLLOUT, 0};
      poll(&writable, 1,
           static_cast<int>(absl::ToInt64Milliseconds(
               absl::Ceil(deadline - clock.Uptime(), absl::Milliseconds(1)))));
    } else if (error == EAGAIN) {
      stalled_ = true;
      return absl::DeadlineExceededError(
          absl::StrCat("write to ", path_, ": nobody reads"));
    } else if ((error == EMSGSIZE || error == ENOBUFS) && !is_file &&
               large == Large::kSendFile) {
      is_file = true;
    } else if (error == EMSGSIZE) {
      return absl::ResourceExhaustedError(
          absl::StrCat("write to ", path_, ": ", bytes.size(),
                       " bytes are too long for a message"));
    } else {
      return absl::ErrnoToStatus(error, absl::StrCat("write to ", path_));
    }
  }
  stalled_ = false;
  return absl::OkStatus();
}

}  // namespace dirwatcher
