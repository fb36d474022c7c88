#include "env/event_waker.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "env/errno_status.h"
#include "env/inotify_watches.h"
#include "env/unique_fd.h"

namespace dirwatcher {
namespace {

constexpr uint64_t kForEver = std::numeric_limits<uint64_t>::max();

// As sd_event_run(3) wants it, rounded up.
uint64_t Microseconds(absl::Duration timeout) {
  if (timeout <= absl::ZeroDuration()) return 0;
  const int64_t us =
      absl::ToInt64Microseconds(absl::Ceil(timeout, absl::Microseconds(1)));
  // What saturates (292,000 years) need not end.
  return us == std::numeric_limits<int64_t>::max() ? kForEver : us;
}

}  // namespace

// Keeps a place in memory, which sd-event's callbacks are given.
class EventWaker::Impl {
 public:
  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    sd_event_source_unref(inotify_source_);  // which holds the loop
    sd_event_unref(event_);                  // and with it the signals
  }

  absl::Status SetUp(absl::Span<const int> signals) {
    int result = sd_event_new(&event_);
    if (result < 0) return ErrnoStatus(-result, "create", "event loop");
    wake_fd_ = UniqueFd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (wake_fd_.get() < 0) return ErrnoStatus(errno, "create", "eventfd");
    result = sd_event_add_io(event_, nullptr, wake_fd_.get(), EPOLLIN, &OnWake,
                             this);
    if (result < 0) return ErrnoStatus(-result, "wait for", "eventfd");
    for (const int number : signals) {
      result = sd_event_add_signal(event_, nullptr, number, &OnSignal, this);
      const std::string what = absl::StrCat("signal ", number);
      if (result == -EBUSY && !IsBlocked(number)) {
        return absl::FailedPreconditionError(
            absl::StrCat(what, " is not blocked"));
      }
      if (result == -EBUSY || result == -EINVAL) {
        return absl::InvalidArgumentError(
            absl::StrCat("cannot wait for ", what));
      }
      if (result < 0) return ErrnoStatus(-result, "wait for", what);
    }
    return absl::OkStatus();
  }

  WakeReasons Wait(absl::Duration timeout) {
    // A turn of the loop serves one source: turn until nothing is left. What
    // inotify has comes last, and a busy directory has more again at once.
    has_read_inotify_ = false;
    uint64_t wait_us = Microseconds(timeout);
    while (sd_event_run(event_, wait_us) > 0 && !has_read_inotify_) wait_us = 0;
    return std::exchange(woken_, WakeReasons());
  }

  void Wake() const {
    const uint64_t one = 1;
    (void)!write(wake_fd_.get(), &one, sizeof(one));
  }

  void FeedWatchdog() { sd_event_set_watchdog(event_, 1); }

  absl::Status Watch(absl::string_view path, absl::string_view prefix) {
    if (inotify_ == nullptr) {
      auto inotify = InotifyWatches::Create();
      if (!inotify.ok()) return inotify.status();
      const int result =
          sd_event_add_io(event_, &inotify_source_, (*inotify)->fd(), EPOLLIN,
                          &OnInotify, this);
      if (result < 0) return ErrnoStatus(-result, "observe", path);
      // Signals come first.
      sd_event_source_set_priority(inotify_source_, SD_EVENT_PRIORITY_IDLE);
      inotify_ = *std::move(inotify);
    }
    return inotify_->Watch(path, prefix);
  }

  InotifyWatches* inotify() const { return inotify_.get(); }

 private:
  static bool IsBlocked(int number) {
    sigset_t blocked;
    pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
    return sigismember(&blocked, number) == 1;
  }

  static int OnSignal(sd_event_source*, const signalfd_siginfo* info,
                      void* self) {
    ReceivedSignal signal;
    signal.number = static_cast<int>(info->ssi_signo);
    signal.sender_pid = static_cast<pid_t>(info->ssi_pid);
    static_cast<Impl*>(self)->woken_.signals.push_back(signal);
    return 0;
  }

  static int OnWake(sd_event_source*, int fd, uint32_t, void* self) {
    uint64_t count;
    (void)!read(fd, &count, sizeof(count));
    static_cast<Impl*>(self)->woken_.woken = true;
    return 0;
  }

  static int OnInotify(sd_event_source*, int, uint32_t, void* self) {
    Impl& impl = *static_cast<Impl*>(self);
    impl.has_read_inotify_ = true;
    impl.woken_.changes = impl.inotify_->Read();
    return 0;
  }

  UniqueFd wake_fd_;  // eventfd(2)
  sd_event* event_ = nullptr;
  sd_event_source* inotify_source_ = nullptr;  // owned
  std::unique_ptr<InotifyWatches> inotify_;  // null until something is watched
  bool has_read_inotify_ = false;            // in this Wait
  WakeReasons woken_;                        // what this Wait has found so far
};

absl::StatusOr<std::unique_ptr<EventWaker>> EventWaker::Create(
    absl::Span<const int> signals) {
  auto impl = std::make_unique<Impl>();
  const absl::Status status = impl->SetUp(signals);
  if (!status.ok()) return status;
  return std::unique_ptr<EventWaker>(new EventWaker(std::move(impl)));
}

EventWaker::EventWaker(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

EventWaker::~EventWaker() = default;

WakeReasons EventWaker::Wait(absl::Duration timeout) {
  return impl_->Wait(timeout);
}

void EventWaker::Wake() { impl_->Wake(); }

void EventWaker::FeedWatchdog() { impl_->FeedWatchdog(); }

absl::Status EventWaker::Watch(absl::string_view path,
                               absl::string_view prefix) {
  return impl_->Watch(path, prefix);
}

void EventWaker::Unwatch(absl::string_view prefix) {
  if (impl_->inotify() != nullptr) impl_->inotify()->Unwatch(prefix);
}

int64_t EventWaker::overflow_count() const {
  return impl_->inotify() == nullptr ? 0 : impl_->inotify()->overflow_count();
}

}  // namespace dirwatcher
