#include "env/inotify_watches.h"

#include <linux/magic.h>
#include <sys/inotify.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "env/errno_status.h"

namespace dirwatcher {
namespace {

// IN_CLOSE_WRITE: for what was written through a mapping, which IN_MODIFY does
// not tell of. IN_ATTRIB: a file may have become readable. IN_EXCL_UNLINK: no
// events for files that are still written to after they were removed. Nothing
// that reading causes: this process would wake itself.
constexpr uint32_t kMask = IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB |
                           IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE |
                           IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR |
                           IN_EXCL_UNLINK;
constexpr size_t kBufferBytes = 64 * 1024;
constexpr size_t kMaxEventBytes = sizeof(inotify_event) + NAME_MAX + 1;
// A busy directory may have more and more; what is left is read the next time.
constexpr int kMaxReads = 1024;

// Those of statfs(2) that <linux/magic.h> does not have, or not everywhere.
constexpr uint64_t kAcfsMagic = 0x61636673;
constexpr uint64_t kBeeGfsMagic = 0x19830326;
constexpr uint64_t kGfs2Magic = 0x01161970;
constexpr uint64_t kGpfsMagic = 0x47504653;
constexpr uint64_t kLustreMagic = 0x0BD00BD0;
constexpr uint64_t kNcpMagic = 0x564c;
constexpr uint64_t kNfsdMagic = 0x6e667364;
constexpr uint64_t kOcfs2Magic = 0x7461636f;
constexpr uint64_t kOrangeFsMagic = 0x20030528;
constexpr uint64_t kPanFsMagic = 0xAAD7AAEA;
constexpr uint64_t kParallelsMagic = 0x7C7C6673;
constexpr uint64_t kVboxMagic = 0x786F4256;
constexpr uint64_t kVmhgfsMagic = 0xBACBACBC;
constexpr uint64_t kCifsMagic = 0xFF534D42;
constexpr uint64_t kSmb2Magic = 0xFE534D42;
constexpr uint64_t kKafsMagic = 0x6B414653;
constexpr uint64_t kCephMagic = 0x00C36400;

void SortEachOnce(std::vector<std::string>* names) {
  std::sort(names->begin(), names->end());
  names->erase(std::unique(names->begin(), names->end()), names->end());
}

}  // namespace

bool InotifySeesAllChanges(uint64_t f_type) {
  switch (f_type & 0xFFFFFFFF) {  // sign-extended where f_type is a signed int
    case AFS_SUPER_MAGIC:
    case CODA_SUPER_MAGIC:
    case FUSE_SUPER_MAGIC:
    case NFS_SUPER_MAGIC:
    case PROC_SUPER_MAGIC:
    case SMB_SUPER_MAGIC:
    case SYSFS_MAGIC:
    case V9FS_MAGIC:
    case kAcfsMagic:
    case kBeeGfsMagic:
    case kCephMagic:
    case kCifsMagic:
    case kGfs2Magic:
    case kGpfsMagic:
    case kKafsMagic:
    case kLustreMagic:
    case kNcpMagic:
    case kNfsdMagic:
    case kOcfs2Magic:
    case kOrangeFsMagic:
    case kPanFsMagic:
    case kParallelsMagic:
    case kSmb2Magic:
    case kVboxMagic:
    case kVmhgfsMagic:
      return false;
    default:
      return true;
  }
}

absl::StatusOr<std::unique_ptr<InotifyWatches>> InotifyWatches::Create() {
  UniqueFd fd(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (fd.get() < 0) return ErrnoStatus(errno, "observe", "directories");
  return std::unique_ptr<InotifyWatches>(new InotifyWatches(std::move(fd)));
}

absl::Status InotifyWatches::Watch(absl::string_view path,
                                   absl::string_view prefix) {
  const std::string terminated(path);
  struct statfs file_system;
  while (statfs(terminated.c_str(), &file_system) != 0) {
    if (errno != EINTR) return ErrnoStatus(errno, "observe", path);
  }
  if (!InotifySeesAllChanges(file_system.f_type)) {
    return absl::UnimplementedError(
        absl::StrCat("observe ", path,
                     ": this kind of file system does not tell of every "
                     "change"));
  }
  const int watch = inotify_add_watch(fd_.get(), terminated.c_str(), kMask);
  if (watch < 0) return ErrnoStatus(errno, "observe", path);
  const std::string key(prefix);
  // Entered before the old one goes: they may be the same.
  prefixes_by_watch_[watch].insert(key);
  const auto old = watch_by_prefix_.find(key);
  if (old != watch_by_prefix_.end() && old->second != watch) Forget(key);
  watch_by_prefix_[key] = watch;
  return absl::OkStatus();
}

void InotifyWatches::Unwatch(absl::string_view prefix) {
  auto it = watch_by_prefix_.lower_bound(std::string(prefix));
  while (it != watch_by_prefix_.end() && absl::StartsWith(it->first, prefix)) {
    const std::string key = it->first;
    ++it;
    Forget(key);
  }
}

// Events that are on their way for a watch that is gone find no prefix. The
// kernel does not give its number to another watch until it has counted round.
void InotifyWatches::Forget(const std::string& prefix) {
  const auto by_prefix = watch_by_prefix_.find(prefix);
  const auto by_watch = prefixes_by_watch_.find(by_prefix->second);
  by_watch->second.erase(prefix);
  if (by_watch->second.empty()) {
    inotify_rm_watch(fd_.get(), by_watch->first);
    prefixes_by_watch_.erase(by_watch);
  }
  watch_by_prefix_.erase(by_prefix);
}

ChangeHints InotifyWatches::Read() {
  ChangeHints hints;
  size_t sorted = 0;  // names
  alignas(inotify_event) char buffer[kBufferBytes];
  for (int reads = 0; reads < kMaxReads;) {
    const ssize_t n = read(fd_.get(), buffer, sizeof(buffer));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;  // EAGAIN: nothing is left
    Decode(absl::string_view(buffer, n), &hints);
    // Not all of a storm is kept, and not all of it is sorted each time.
    if (hints.names.size() > 2 * sorted + 1000) {
      SortEachOnce(&hints.names);
      sorted = hints.names.size();
    }
    // Another event would have found room.
    if (n <= static_cast<ssize_t>(sizeof(buffer) - kMaxEventBytes)) break;
    ++reads;
  }
  SortEachOnce(&hints.names);
  return hints;
}

void InotifyWatches::Decode(absl::string_view buffer, ChangeHints* hints) {
  while (buffer.size() >= sizeof(inotify_event)) {
    inotify_event event;
    std::memcpy(&event, buffer.data(), sizeof(event));
    buffer.remove_prefix(sizeof(event));
    // The name is padded with NULs.
    const absl::string_view padded = buffer.substr(0, event.len);
    const absl::string_view name = padded.substr(0, padded.find('\0'));
    buffer.remove_prefix(padded.size());
    if ((event.mask & IN_Q_OVERFLOW) != 0) {
      hints->overflow = true;
      ++overflow_count_;
      continue;
    }
    const auto watched = prefixes_by_watch_.find(event.wd);
    if (watched == prefixes_by_watch_.end()) continue;
    // Without a name it is about the directory itself: it was moved, removed,
    // unmounted, or its permissions changed.
    if (name.empty()) {
      hints->directories_changed = true;
    } else {
      if ((event.mask & IN_ISDIR) != 0) hints->subdirectories_changed = true;
      for (const std::string& prefix : watched->second) {
        hints->names.push_back(absl::StrCat(prefix, name));
      }
    }
    if ((event.mask & IN_IGNORED) != 0) {  // the kernel has removed it
      for (const std::string& prefix : watched->second) {
        watch_by_prefix_.erase(prefix);
      }
      prefixes_by_watch_.erase(watched);
    }
  }
}

}  // namespace dirwatcher
