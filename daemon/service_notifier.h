// ServiceNotifier: tells the service manager how the program does, by the
// protocol of sd_notify(3).
//
//   SystemdNotifier notifier;
//   notifier.Ready();
//   notifier.Status("12 files, 3 matches");
//   notifier.Stopping();

#ifndef DIRWATCHER_DAEMON_SERVICE_NOTIFIER_H_
#define DIRWATCHER_DAEMON_SERVICE_NOTIFIER_H_

#include "absl/strings/string_view.h"

namespace dirwatcher {

// Thread-safe.
class ServiceNotifier {
 public:
  virtual ~ServiceNotifier() = default;

  // The program is set up, or has been reloaded.
  virtual void Ready() = 0;

  // It begins to reload its configuration; Ready follows.
  virtual void Reloading() = 0;

  // It begins to end.
  virtual void Stopping() = 0;

  // What it is doing, in one line, for `systemctl status`.
  virtual void Status(absl::string_view line) = 0;
};

// Sends datagrams to the socket that $NOTIFY_SOCKET names, in the file system
// or abstract (@). Does nothing without it. What cannot be sent is lost: nobody
// could be told.
//
// The watchdog is the event loop's: EventWaker::FeedWatchdog.
class SystemdNotifier : public ServiceNotifier {
 public:
  void Ready() override;
  void Reloading() override;
  void Stopping() override;
  void Status(absl::string_view line) override;
};

// Tells nobody.
class NullNotifier : public ServiceNotifier {
 public:
  void Ready() override {}
  void Reloading() override {}
  void Stopping() override {}
  void Status(absl::string_view /*line*/) override {}
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DAEMON_SERVICE_NOTIFIER_H_
