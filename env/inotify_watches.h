// InotifyWatches: directories observed through one inotify(7) instance; the
// part of EventWaker that knows inotify.
//
// It has its own descriptor instead of sd_event_add_inotify(3), which reads one
// event per turn of the loop and has to be asked watch by watch: a burst is
// read here in a few calls, and an overflow is seen once.

#ifndef DIRWATCHER_ENV_INOTIFY_WATCHES_H_
#define DIRWATCHER_ENV_INOTIFY_WATCHES_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "env/change_notifier.h"
#include "env/unique_fd.h"

namespace dirwatcher {

// Whether inotify tells of every change on a file system of that kind (f_type
// of statfs(2)). Not where other hosts or a server process may change it (NFS,
// SMB, FUSE, 9p, Ceph, ...), nor where files are made up as they are read
// (/proc).
bool InotifySeesAllChanges(uint64_t f_type);

// Thread-compatible.
class InotifyWatches : public ChangeNotifier {
 public:
  //   RESOURCE_EXHAUSTED  no instance or descriptor left
  static absl::StatusOr<std::unique_ptr<InotifyWatches>> Create();

  absl::Status Watch(absl::string_view path, absl::string_view prefix) override;
  void Unwatch(absl::string_view prefix) override;

  // Readable (poll(2)) when something changed.
  int fd() const { return fd_.get(); }

  // What changed until now; never waits. Reads until nothing is left, but at
  // most 64 MiB, so that a busy writer cannot keep it for ever: the rest comes
  // with the next call.
  ChangeHints Read();

  // How often the kernel's queue overflowed (IN_Q_OVERFLOW).
  int64_t overflow_count() const { return overflow_count_; }

 private:
  explicit InotifyWatches(UniqueFd fd) : fd_(std::move(fd)) {}
  // `buffer` holds whole events.
  void Decode(absl::string_view buffer, ChangeHints* hints);
  void Forget(const std::string& prefix);

  const UniqueFd fd_;
  // Two paths may lead to one directory, which the kernel gives one watch.
  std::map<int, std::set<std::string>> prefixes_by_watch_;
  std::map<std::string, int> watch_by_prefix_;  // the inverse
  int64_t overflow_count_ = 0;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_INOTIFY_WATCHES_H_
