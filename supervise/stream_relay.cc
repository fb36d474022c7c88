#include "supervise/stream_relay.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <limits>
#include <system_error>
#include <utility>

#include "env/errno_status.h"
#include "env/nonblocking_output.h"

namespace dirwatcher {
namespace {

constexpr int kPipeBytes = 1024 * 1024;

}  // namespace

absl::StatusOr<RelayPipe> RelayPipe::Create() {
  int fds[2];
  if (pipe2(fds, O_CLOEXEC) != 0) return ErrnoStatus(errno, "create", "pipe");
  RelayPipe pipe;
  pipe.read_end = UniqueFd(fds[0]);
  pipe.write_end = UniqueFd(fds[1]);
  // Of this end only: the command's may block.
  fcntl(fds[0], F_SETFL, O_NONBLOCK);
  // Beyond the user's share (/proc/sys/fs/pipe-user-pages-soft) it stays small.
  fcntl(fds[1], F_SETPIPE_SZ, kPipeBytes);
  return pipe;
}

// One stream: either bytes are pending, and it waits for the output, or it
// waits for input. Used by the relay's thread alone.
class StreamRelay::Channel {
 public:
  explicit Channel(RelayedStream stream)
      : stream_(std::move(stream)), output_(stream_.output_fd) {}

  bool is_open() const { return stream_.input.get() >= 0; }
  bool has_pending() const { return !pending_.empty(); }

  // How many bytes are in the pipe.
  size_t InPipe() const {
    int count = 0;
    return ioctl(stream_.input.get(), FIONREAD, &count) == 0
               ? static_cast<size_t>(count)
               : 0;
  }

  // No more is read than what is there now.
  void Finish() {
    left_ = InPipe();
    CloseIfDone();
  }

  // What poll(2) is to wait for: two entries.
  void AddTo(std::vector<struct pollfd>* fds) const {
    const int input = is_open() && !has_pending() ? stream_.input.get() : -1;
    // That nobody reads a pipe is said unasked; of other kinds (a terminal that
    // was hung up) even without end.
    const bool asks_output = has_pending() || (is_open() && output_.is_pipe());
    fds->push_back({input, POLLIN, 0});
    fds->push_back({asks_output ? output_.poll_fd() : -1,
                    static_cast<short>(has_pending() ? POLLOUT : 0), 0});
  }

  // `output` is what poll(2) said of the second.
  void OnOutput(short output) {
    if (has_pending() && output != 0) {
      Deliver();
    } else if ((output & POLLERR) != 0) {
      Close();
    }
  }

  // Reads once, `limit` bytes at most, and passes them on as far as that goes.
  // Returns how many there were.
  size_t Read(size_t limit) {
    const ssize_t n = read(stream_.input.get(), buffer_.get(),
                           std::min({limit, left_, kBufferBytes}));
    if (n <= 0) {
      const bool may_come = n < 0 && (errno == EINTR || errno == EAGAIN);
      if (!may_come) Close();
      return 0;
    }
    const size_t size = static_cast<size_t>(n);
    left_ -= left_ == kUnlimited ? 0 : size;
    pending_ = absl::string_view(buffer_.get(), size);
    stream_.on_bytes(pending_);
    Deliver();
    return size;
  }

 private:
  static constexpr size_t kUnlimited = std::numeric_limits<size_t>::max();

  void Close() {
    pending_ = absl::string_view();
    stream_.input = UniqueFd();
  }

  void CloseIfDone() {
    if (left_ == 0 && pending_.empty()) Close();
  }

  // Writes what is pending, until the output takes no more now.
  void Deliver() {
    while (!pending_.empty()) {
      const ssize_t n = output_.Write(pending_);
      const int error = n < 0 ? errno : EIO;
      if (n > 0) {
        pending_.remove_prefix(static_cast<size_t>(n));
      } else if (error == EAGAIN) {
        return;
      } else if (error == EPIPE) {
        Close();
      } else if (error != EINTR) {
        if (error != EBADF && !std::exchange(has_lost_, true)) {
          stream_.on_lost(error);
        }
        pending_ = absl::string_view();
      }
    }
    CloseIfDone();
  }

  RelayedStream stream_;  // its input is none when it is done with
  NonBlockingOutput output_;
  const std::unique_ptr<char[]> buffer_{new char[kBufferBytes]};
  absl::string_view pending_;  // of buffer_, still to be written
  size_t left_ = kUnlimited;   // how much is still to be read
  bool has_lost_ = false;      // on_lost was called
};

absl::StatusOr<std::unique_ptr<StreamRelay>> StreamRelay::Start(
    std::vector<RelayedStream> streams) {
  absl::StatusOr<InterruptFlag> finish = InterruptFlag::Create();
  if (!finish.ok()) return finish.status();
  absl::StatusOr<InterruptFlag> stop = InterruptFlag::Create();
  if (!stop.ok()) return stop.status();
  absl::StatusOr<InterruptFlag> done = InterruptFlag::Create();
  if (!done.ok()) return done.status();
  std::unique_ptr<StreamRelay> relay(
      new StreamRelay(std::move(streams), *std::move(finish), *std::move(stop),
                      *std::move(done)));
  try {
    relay->thread_ = std::thread([raw = relay.get()] { raw->Run(); });
  } catch (const std::system_error& error) {
    return ErrnoStatus(error.code().value(), "start", "thread");
  }
  return relay;
}

StreamRelay::StreamRelay(std::vector<RelayedStream> streams,
                         InterruptFlag finish, InterruptFlag stop,
                         InterruptFlag done)
    : finish_(std::move(finish)),
      stop_(std::move(stop)),
      done_(std::move(done)) {
  for (RelayedStream& stream : streams) {
    channels_.push_back(std::make_unique<Channel>(std::move(stream)));
  }
}

StreamRelay::~StreamRelay() {
  Stop();
  if (thread_.joinable()) thread_.join();
}

void StreamRelay::Run() {
  while (Turn()) {
  }
  channels_.clear();
  done_.Raise();
}

bool StreamRelay::Turn() {
  std::vector<struct pollfd> fds = {
      {stop_.fd(), POLLIN, 0}, {is_finishing_ ? -1 : finish_.fd(), POLLIN, 0}};
  bool any_open = false;
  for (const auto& channel : channels_) {
    channel->AddTo(&fds);
    any_open = any_open || channel->is_open();
  }
  if (!any_open) return false;
  if (poll(fds.data(), fds.size(), -1) < 0) return true;
  if (fds[0].revents != 0) return false;
  if (fds[1].revents != 0) {
    is_finishing_ = true;
    for (const auto& channel : channels_) {
      if (channel->is_open()) channel->Finish();
    }
    return true;
  }
  for (size_t i = 0; i < channels_.size(); ++i) {
    Channel& channel = *channels_[i];
    if (channel.is_open()) channel.OnOutput(fds[2 + 2 * i + 1].revents);
    if (fds[2 + 2 * i].revents == 0 || !channel.is_open()) continue;
    // Those before it first: they have come before, as far as one can tell.
    for (size_t before = 0; before < i; ++before) {
      Channel& other = *channels_[before];
      if (!other.is_open()) continue;
      size_t due = other.InPipe();
      while (due > 0 && other.is_open() && !other.has_pending()) {
        const size_t size = other.Read(due);
        if (size == 0) break;
        due -= size;
      }
    }
    channel.Read(kBufferBytes);
  }
  return true;
}

}  // namespace dirwatcher
