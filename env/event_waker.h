// EventWaker: waits for time, signals and changes of directories at once, on
// libsystemd's sd-event (epoll, signalfd) and inotify.
//
//   BlockSignals({SIGINT, SIGTERM});                  // signals/signal_set.h
//   absl::StatusOr<std::unique_ptr<EventWaker>> waker =
//       EventWaker::Create({SIGINT, SIGTERM});
//   (*waker)->Watch("/var/log", "").IgnoreError();  // inotify, too
//   WakeReasons woken = (*waker)->Wait(absl::Seconds(1));

#ifndef DIRWATCHER_ENV_EVENT_WAKER_H_
#define DIRWATCHER_ENV_EVENT_WAKER_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "env/change_notifier.h"
#include "env/waker.h"

namespace dirwatcher {

// Thread-compatible, but for Wake. A child process must not use its parent's.
//
// Known limits, all of inotify(7): changes through a mapping are told when the
// file is closed, not before; a directory that someone holds open is not told
// removed until it is closed; what lies on file systems that other hosts change
// is refused by Watch.
class EventWaker : public Waker, public ChangeNotifier {
 public:
  // Reads the signals `signals` from now on.
  // REQUIRES: no other reader takes them, unless it is meant to compete.
  //   FAILED_PRECONDITION  one of them is not blocked in this thread
  //   INVALID_ARGUMENT     one of them is none, or twice there
  //   RESOURCE_EXHAUSTED   no descriptor or memory left
  static absl::StatusOr<std::unique_ptr<EventWaker>> Create(
      absl::Span<const int> signals);

  EventWaker(const EventWaker&) = delete;
  EventWaker& operator=(const EventWaker&) = delete;
  ~EventWaker() override;

  // To the microsecond, never shorter than asked. Reports all that was pending;
  // of changes, what InotifyWatches::Read reads.
  WakeReasons Wait(absl::Duration timeout) override;

  void Wake() override;

  absl::Status Watch(absl::string_view path, absl::string_view prefix) override;
  void Unwatch(absl::string_view prefix) override;

  // From now on Wait tells the service manager that the program is alive, at
  // about half of the interval in $WATCHDOG_USEC (sd_event_set_watchdog(3)), so
  // that one that hangs between two waits is restarted. Does nothing where the
  // manager has not asked for it.
  void FeedWatchdog();

  // How often notifications were lost so far.
  int64_t overflow_count() const;

 private:
  class Impl;

  explicit EventWaker(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_EVENT_WAKER_H_
