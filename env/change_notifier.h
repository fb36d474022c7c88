// ChangeNotifier and ChangeHints: being told that something changed.
//
// A notifier is told which directories to observe; what it observes comes out
// of Waker::Wait (env/waker.h) as ChangeHints and is handed to
// DirectoryWatcher::PollChanged. Hints say where to look sooner. They may be
// late, doubled, reordered or missing; nothing that is reported depends on
// them.

#ifndef DIRWATCHER_ENV_CHANGE_NOTIFIER_H_
#define DIRWATCHER_ENV_CHANGE_NOTIFIER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace dirwatcher {

// What changed since the last time it was asked.
struct ChangeHints {
  // Names that were touched, relative to the watched tree's root ("a.log",
  // "sub/b.log"); sorted, each once.
  std::vector<std::string> names;
  // Notifications were lost (IN_Q_OVERFLOW): anything may have changed.
  bool overflow = false;
  // A watched directory was itself moved, deleted or unmounted: it has to be
  // looked up and listed again.
  bool directories_changed = false;
  // A directory appeared, vanished or changed in a watched one. Its name is
  // among `names`, too, as a file may have had it.
  bool subdirectories_changed = false;

  bool empty() const {
    return names.empty() && !overflow && !directories_changed &&
           !subdirectories_changed;
  }
};

// Observes directories. Thread-compatible: used from the thread that waits.
class ChangeNotifier {
 public:
  virtual ~ChangeNotifier() = default;

  // Observes the directory `path` from now on; its names come out as `prefix` +
  // name ("" for the root, "sub/" below). Observing a prefix again, with the
  // same or another path, replaces the former watch.
  //   RESOURCE_EXHAUSTED  out of watches or instances (inotify(7),
  //   ENOSPC/EMFILE) UNIMPLEMENTED       the file system does not report
  //   changes that other
  //                       hosts make (NFS, SMB, FUSE, ...)
  //   NOT_FOUND, PERMISSION_DENIED, FAILED_PRECONDITION  as FileSystem says
  virtual absl::Status Watch(absl::string_view path,
                             absl::string_view prefix) = 0;

  // Stops observing `prefix` and all that lies below it; "" means everything.
  virtual void Unwatch(absl::string_view prefix) = 0;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_CHANGE_NOTIFIER_H_
