#include "env/fake_file_system.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "env/errno_status.h"

namespace dirwatcher {
namespace fake_file_system_internal {

constexpr uint64_t kDevice = 1;
constexpr int64_t kPageBytes = 4096;
constexpr size_t kMaxNameBytes = 255;  // NAME_MAX
constexpr int kMaxLinksFollowed = 40;  // path_resolution(7)

[[noreturn]] void Die(absl::string_view message) {
  std::fprintf(stderr, "FakeFileSystem: %s\n", std::string(message).c_str());
  std::abort();
}

// Bytes in pages; a page that was never written costs nothing.
class SparseBytes {
 public:
  int64_t size() const { return size_; }

  void Write(int64_t offset, absl::string_view bytes) {
    if (bytes.empty()) return;
    size_ = std::max(size_, offset + static_cast<int64_t>(bytes.size()));
    while (!bytes.empty()) {
      const size_t at = offset % kPageBytes;
      const size_t n = std::min<size_t>(bytes.size(), kPageBytes - at);
      std::string& page = pages_[offset / kPageBytes];
      if (page.size() < at + n) page.resize(at + n, '\0');
      std::memcpy(&page[at], bytes.data(), n);
      offset += n;
      bytes.remove_prefix(n);
    }
  }

  void Resize(int64_t size) {
    size_ = size;
    pages_.erase(pages_.lower_bound((size + kPageBytes - 1) / kPageBytes),
                 pages_.end());
    const auto last = pages_.find(size / kPageBytes);
    const size_t rest = size % kPageBytes;
    if (last != pages_.end() && last->second.size() > rest) {
      last->second.resize(rest);
    }
  }

  size_t Read(int64_t offset, absl::Span<char> buffer) const {
    if (offset >= size_) return 0;
    const size_t total = std::min<int64_t>(buffer.size(), size_ - offset);
    std::memset(buffer.data(), 0, total);
    for (size_t done = 0; done < total;) {
      const size_t at = (offset + done) % kPageBytes;
      const size_t n = std::min<size_t>(total - done, kPageBytes - at);
      const auto page = pages_.find((offset + done) / kPageBytes);
      if (page != pages_.end() && page->second.size() > at) {
        std::memcpy(buffer.data() + done, page->second.data() + at,
                    std::min(n, page->second.size() - at));
      }
      done += n;
    }
    return total;
  }

 private:
  int64_t size_ = 0;
  std::map<int64_t, std::string> pages_;  // bytes beyond a page's end are NUL
};

struct Inode {
  struct Entry {
    uint64_t cookie;  // the place in listings, unique in the disk
    Inode* inode = nullptr;
  };

  FileId id;
  FileType type = FileType::kRegular;
  absl::Time mtime;
  absl::Time ctime;
  bool readable = true;
  int links = 0;       // names; a directory has one or none
  size_t handles = 0;  // opened through the FileSystem interface
  size_t writers = 0;
  SparseBytes bytes;   // kRegular
  std::string target;  // kSymlink

  // kDirectory
  Inode* parent = nullptr;
  std::map<std::string, Entry, std::less<>> entries;
  std::map<uint64_t, std::string> order;  // cookie -> name, same as `entries`
};

// Where a path leads: `inode` is null if `dir` has no entry `name`. `name` is
// "." if the path ends at a directory by other means than an entry.
struct Found {
  Inode* dir = nullptr;
  std::string name;
  Inode* inode = nullptr;
};

enum class LastLink { kFollow, kKeep };

// The state of the file system. Functions that return an int return an errno or
// 0. Thread-compatible: callers hold `mu`, and so do those who touch an inode.
class Disk {
 public:
  explicit Disk(const FakeFileSystemOptions& options)
      : options_(options), now_(options.start_time) {
    root_ = NewInode(FileType::kDirectory);
    root_->parent = root_;
    root_->links = 1;
  }

  Inode* root() const { return root_; }

  bool is_remote() const { return options_.is_remote; }
  absl::Time now() const { return now_; }
  void Advance(absl::Duration d) { now_ += d; }

  FileStat StatOf(const Inode& inode) const {
    FileStat stat;
    stat.id = inode.id;
    stat.type = inode.type;
    stat.size_bytes =
        inode.type == FileType::kDirectory ? kPageBytes : inode.bytes.size();
    stat.mtime = inode.mtime;
    stat.ctime = inode.ctime;
    return stat;
  }

  int Walk(Inode* start, absl::string_view path, LastLink last_link,
           Found* found) const {
    if (path.empty()) return ENOENT;
    if (absl::StrContains(path, absl::string_view("\0", 1))) return EINVAL;
    std::deque<std::string> parts;
    const auto prepend = [&parts](absl::string_view more) {
      const std::vector<std::string> split =
          absl::StrSplit(more, '/', absl::SkipEmpty());
      parts.insert(parts.begin(), split.begin(), split.end());
    };
    prepend(path);
    Inode* at = path[0] == '/' ? root_ : start;
    bool must_be_directory = absl::EndsWith(path, "/");
    int links_followed = 0;
    *found = {at, ".", at};
    while (!parts.empty()) {
      const std::string part = parts.front();
      parts.pop_front();
      if (at->type != FileType::kDirectory) return ENOTDIR;
      if (!at->readable) return EACCES;
      if (part.size() > kMaxNameBytes) return ENAMETOOLONG;
      if (part == "." || part == "..") {
        if (part == "..") at = at->parent;
        *found = {at, ".", at};
        continue;
      }
      const auto entry = at->entries.find(part);
      if (entry == at->entries.end()) {
        *found = {at, part, nullptr};
        return parts.empty() ? 0 : ENOENT;
      }
      Inode* const inode = entry->second.inode;
      if (inode->type == FileType::kSymlink &&
          (!parts.empty() || must_be_directory ||
           last_link == LastLink::kFollow)) {
        if (++links_followed > kMaxLinksFollowed) return ELOOP;
        if (parts.empty() && absl::EndsWith(inode->target, "/")) {
          must_be_directory = true;
        }
        prepend(inode->target);
        if (inode->target[0] == '/') at = root_;
        *found = {at, ".", at};
        continue;
      }
      *found = {at, part, inode};
      at = inode;
    }
    if (must_be_directory && at->type != FileType::kDirectory) return ENOTDIR;
    return 0;
  }

  // As Walk, and something has to be there.
  int WalkToInode(Inode* start, absl::string_view path, LastLink last_link,
                  Inode** inode) const {
    Found found;
    if (const int error = Walk(start, path, last_link, &found)) return error;
    *inode = found.inode;
    return found.inode == nullptr ? ENOENT : 0;
  }

  Inode* NewInode(FileType type) {
    uint64_t number;
    if (free_numbers_.empty()) {
      number = ++last_number_;
    } else {
      number = *free_numbers_.begin();
      free_numbers_.erase(free_numbers_.begin());
    }
    auto inode = std::make_unique<Inode>();
    inode->id.device = kDevice;
    inode->id.inode = number;
    if (options_.record_birth_times) {
      inode->id.birth_ns = absl::ToUnixNanos(now_);
    }
    inode->type = type;
    inode->mtime = inode->ctime = now_;
    return (inodes_[number] = std::move(inode)).get();
  }

  // Gives `inode` the name at `place`. REQUIRES: the name is free.
  void AddEntry(const Found& place, Inode* inode) {
    const uint64_t cookie = NextCookie();
    place.dir->entries[place.name] = {cookie, inode};
    place.dir->order[cookie] = place.name;
    ++inode->links;
    inode->ctime = now_;
    if (inode->type == FileType::kDirectory) inode->parent = place.dir;
    Touch(place.dir);
  }

  // Takes the name at `place` away, and the inode with its last name.
  void RemoveEntry(const Found& place) {
    const auto entry = place.dir->entries.find(place.name);
    place.dir->order.erase(entry->second.cookie);
    place.dir->entries.erase(entry);
    Touch(place.dir);
    DropLink(place.inode);
  }

  // Puts `inode` under the name at `place` in the stead of what stands there.
  // As in real file systems the name keeps its place in listings.
  void ReplaceEntry(const Found& place, Inode* inode) {
    place.dir->entries.find(place.name)->second.inode = inode;
    ++inode->links;
    inode->ctime = now_;
    if (inode->type == FileType::kDirectory) inode->parent = place.dir;
    Touch(place.dir);
    DropLink(place.inode);
  }

  void Swap(const Found& a, const Found& b) {
    a.dir->entries.find(a.name)->second.inode = b.inode;
    b.dir->entries.find(b.name)->second.inode = a.inode;
    if (a.inode->type == FileType::kDirectory) a.inode->parent = b.dir;
    if (b.inode->type == FileType::kDirectory) b.inode->parent = a.dir;
    a.inode->ctime = b.inode->ctime = now_;
    Touch(a.dir);
    Touch(b.dir);
  }

  // Whether `inode` is `dir` or lies above it.
  static bool IsSameOrAbove(const Inode* inode, const Inode* dir) {
    while (dir != inode && dir->parent != dir) dir = dir->parent;
    return dir == inode;
  }

  void RemoveAllBelow(Inode* dir) {
    while (!dir->entries.empty()) {
      const Found place = {dir, dir->entries.begin()->first,
                           dir->entries.begin()->second.inode};
      if (place.inode->type == FileType::kDirectory) {
        RemoveAllBelow(place.inode);
      }
      RemoveEntry(place);
    }
  }

  // Finds or creates the regular file at `path`, for writing.
  int OpenForWriting(absl::string_view path, Inode** inode) {
    Found found;
    if (const int error = Walk(root_, path, LastLink::kFollow, &found)) {
      return error;
    }
    if (found.inode == nullptr) {
      if (absl::EndsWith(path, "/")) return EISDIR;
      found.inode = NewInode(FileType::kRegular);
      AddEntry(found, found.inode);
    }
    if (found.inode->type == FileType::kDirectory) return EISDIR;
    if (found.inode->type != FileType::kRegular) return ENXIO;
    *inode = found.inode;
    return 0;
  }

  void WriteBytes(Inode* inode, int64_t offset, absl::string_view bytes) {
    if (bytes.empty()) return;  // write(2) of nothing stamps nothing
    inode->bytes.Write(offset, bytes);
    Touch(inode);
  }

  void Resize(Inode* inode, int64_t size) {
    inode->bytes.Resize(size);
    Touch(inode);
  }

  void Touch(Inode* inode) { inode->mtime = inode->ctime = now_; }

  int OpenHandle(Inode* inode) {
    if (!inode->readable) return EACCES;
    if (handle_count_ >= options_.max_open_handles) return EMFILE;
    ++inode->handles;
    ++handle_count_;
    peak_handle_count_ = std::max(peak_handle_count_, handle_count_);
    return 0;
  }
  void CloseHandle(Inode* inode) {
    --inode->handles;
    --handle_count_;
    FreeIfUnused(inode);
  }
  void OpenWriter(Inode* inode) { ++inode->writers; }
  void CloseWriter(Inode* inode) {
    --inode->writers;
    FreeIfUnused(inode);
  }

  size_t handle_count() const { return handle_count_; }
  size_t handle_count(const FileId& id) const {
    const auto it = inodes_.find(id.inode);
    return it == inodes_.end() || it->second->id != id ? 0
                                                       : it->second->handles;
  }
  size_t peak_handle_count() const { return peak_handle_count_; }

  mutable std::mutex mu;

 private:
  // splitmix64 is a bijection, so that every cookie comes once.
  uint64_t NextCookie() {
    uint64_t z = options_.listing_seed + ++cookies_ * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  void DropLink(Inode* inode) {
    --inode->links;
    inode->ctime = now_;
    if (inode->type == FileType::kDirectory && inode->links == 0) {
      inode->parent = inode;  // its old parent may be gone before it is
    }
    FreeIfUnused(inode);
  }

  void FreeIfUnused(Inode* inode) {
    if (inode->links > 0 || inode->handles > 0 || inode->writers > 0) return;
    const uint64_t number = inode->id.inode;
    inodes_.erase(number);
    free_numbers_.insert(number);
  }

  const FakeFileSystemOptions options_;
  absl::Time now_;
  Inode* root_;  // never freed
  std::map<uint64_t, std::unique_ptr<Inode>> inodes_;
  std::set<uint64_t> free_numbers_;  // below last_number_
  uint64_t last_number_ = 0;
  uint64_t cookies_ = 0;  // given out so far
  size_t handle_count_ = 0;
  size_t peak_handle_count_ = 0;
};

namespace {

class FakeReadableFile : public ReadableFile {
 public:
  // Takes over a handle that is open already. REQUIRES: the disk is locked.
  FakeReadableFile(std::shared_ptr<Disk> disk, Inode* inode)
      : disk_(std::move(disk)),
        inode_(inode),
        stat_at_open_(disk_->StatOf(*inode)) {}
  ~FakeReadableFile() override {
    const std::lock_guard<std::mutex> lock(disk_->mu);
    disk_->CloseHandle(inode_);
  }

  const FileStat& StatAtOpen() const override { return stat_at_open_; }

  absl::StatusOr<FileStat> Stat() override {
    const std::lock_guard<std::mutex> lock(disk_->mu);
    return disk_->StatOf(*inode_);
  }

  absl::StatusOr<size_t> ReadAt(int64_t offset_bytes,
                                absl::Span<char> buffer) override {
    const std::lock_guard<std::mutex> lock(disk_->mu);
    return inode_->bytes.Read(offset_bytes, buffer);
  }

 private:
  const std::shared_ptr<Disk> disk_;
  Inode* const inode_;
  const FileStat stat_at_open_;
};

class FakeDirectory : public Directory {
 public:
  // Takes over a handle that is open already.
  FakeDirectory(std::shared_ptr<Disk> disk, Inode* inode, std::string path)
      : disk_(std::move(disk)), inode_(inode), path_(std::move(path)) {}
  ~FakeDirectory() override {
    const std::lock_guard<std::mutex> lock(disk_->mu);
    disk_->CloseHandle(inode_);
  }

  absl::Status ForEachEntry(
      absl::FunctionRef<void(const DirEntry&)> visit) override {
    absl::optional<uint64_t> last;
    while (true) {
      std::string name;
      DirEntry entry;
      {
        // Not held during `visit`, which may change the directory.
        const std::lock_guard<std::mutex> lock(disk_->mu);
        const auto next = last.has_value() ? inode_->order.upper_bound(*last)
                                           : inode_->order.begin();
        if (next == inode_->order.end()) return absl::OkStatus();
        last = next->first;
        name = next->second;
        const Inode* const inode = inode_->entries.find(name)->second.inode;
        entry.inode_hint = inode->id.inode;
        entry.type_hint = inode->type;
      }
      entry.name = name;
      visit(entry);
    }
  }

  absl::StatusOr<FileStat> Stat(absl::string_view name) override {
    const std::lock_guard<std::mutex> lock(disk_->mu);
    if (name == ".") return disk_->StatOf(*inode_);
    Inode* inode = nullptr;
    if (const int error =
            disk_->WalkToInode(inode_, name, LastLink::kFollow, &inode)) {
      return ErrnoStatus(error, "stat", PathOf(name));
    }
    return disk_->StatOf(*inode);
  }

  absl::StatusOr<std::unique_ptr<ReadableFile>> OpenFile(
      absl::string_view name) override {
    const std::lock_guard<std::mutex> lock(disk_->mu);
    Inode* inode = nullptr;
    int error = disk_->WalkToInode(inode_, name, LastLink::kFollow, &inode);
    if (error == 0 && !inode->readable) error = EACCES;
    if (error != 0) return ErrnoStatus(error, "open", PathOf(name));
    if (inode->type != FileType::kRegular) {
      return absl::FailedPreconditionError(
          absl::StrCat("open ", PathOf(name), ": not a regular file"));
    }
    error = disk_->OpenHandle(inode);
    if (error != 0) return ErrnoStatus(error, "open", PathOf(name));
    return std::unique_ptr<ReadableFile>(new FakeReadableFile(disk_, inode));
  }

  absl::StatusOr<std::unique_ptr<Directory>> OpenDirectory(
      absl::string_view name) override {
    while (name.size() > 1 && absl::ConsumeSuffix(&name, "/")) {
    }
    const std::lock_guard<std::mutex> lock(disk_->mu);
    Inode* inode = nullptr;
    int error = disk_->WalkToInode(inode_, name, LastLink::kKeep, &inode);
    if (error == 0 && inode->type != FileType::kDirectory) error = ENOTDIR;
    if (error == 0) error = disk_->OpenHandle(inode);
    if (error != 0) return ErrnoStatus(error, "open", PathOf(name));
    return std::unique_ptr<Directory>(
        new FakeDirectory(disk_, inode, PathOf(name)));
  }

  bool StampTellsOfEntries() override { return !disk_->is_remote(); }

 private:
  std::string PathOf(absl::string_view name) const {
    return absl::StrCat(path_, absl::EndsWith(path_, "/") ? "" : "/", name);
  }

  const std::shared_ptr<Disk> disk_;
  Inode* const inode_;
  const std::string path_;  // as it was opened, for messages
};

}  // namespace
}  // namespace fake_file_system_internal

using fake_file_system_internal::Die;
using fake_file_system_internal::Disk;
using fake_file_system_internal::FakeDirectory;
using fake_file_system_internal::Found;
using fake_file_system_internal::Inode;
using fake_file_system_internal::LastLink;

namespace {

absl::Status Result(int error, absl::string_view operation,
                    absl::string_view path) {
  return error == 0 ? absl::OkStatus() : ErrnoStatus(error, operation, path);
}

}  // namespace

FakeOutcome::~FakeOutcome() {
  if (!looked_at_ && !status_.ok()) Die(status_.ToString());
}

FakeWriter::FakeWriter(std::shared_ptr<Disk> disk, Inode* inode, Mode mode)
    : disk_(std::move(disk)), inode_(inode), mode_(mode) {}

FakeWriter::FakeWriter(FakeWriter&& other) noexcept
    : disk_(std::move(other.disk_)),
      inode_(other.inode_),
      mode_(other.mode_),
      offset_bytes_(other.offset_bytes_) {}

FakeWriter& FakeWriter::operator=(FakeWriter&& other) noexcept {
  if (this == &other) return *this;
  Close();
  disk_ = std::move(other.disk_);
  inode_ = other.inode_;
  mode_ = other.mode_;
  offset_bytes_ = other.offset_bytes_;
  return *this;
}

FakeWriter::~FakeWriter() { Close(); }

void FakeWriter::Close() {
  if (disk_ == nullptr) return;
  {
    const std::lock_guard<std::mutex> lock(disk_->mu);
    disk_->CloseWriter(inode_);
  }
  disk_ = nullptr;
}

void FakeWriter::Write(absl::string_view bytes) {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  if (mode_ == kAppend) offset_bytes_ = inode_->bytes.size();
  disk_->WriteBytes(inode_, offset_bytes_, bytes);
  offset_bytes_ += bytes.size();
}

void FakeWriter::Seek(int64_t offset_bytes) { offset_bytes_ = offset_bytes; }

void FakeWriter::Truncate(int64_t size_bytes) {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  disk_->Resize(inode_, size_bytes);
}

FileId FakeWriter::id() const { return inode_->id; }

FakeFileSystem::FakeFileSystem(const FakeFileSystemOptions& options)
    : disk_(std::make_shared<Disk>(options)) {}

FakeFileSystem::~FakeFileSystem() = default;

absl::StatusOr<std::unique_ptr<Directory>> FakeFileSystem::OpenDirectory(
    absl::string_view path) {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  Inode* inode = nullptr;
  int error =
      disk_->WalkToInode(disk_->root(), path, LastLink::kFollow, &inode);
  if (error == 0 && inode->type != FileType::kDirectory) error = ENOTDIR;
  if (error == 0) error = disk_->OpenHandle(inode);
  if (error != 0) return ErrnoStatus(error, "open", path);
  return std::unique_ptr<Directory>(
      new FakeDirectory(disk_, inode, std::string(path)));
}

FakeOutcome FakeFileSystem::CreateDirectory(absl::string_view path) {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  const std::vector<absl::string_view> parts =
      absl::StrSplit(path, '/', absl::SkipEmpty());
  std::string prefix;
  for (const absl::string_view part : parts) {
    absl::StrAppend(&prefix, "/", part);
    Found found;
    int error = disk_->Walk(disk_->root(), prefix, LastLink::kFollow, &found);
    if (error == 0 && found.inode == nullptr) {
      disk_->AddEntry(found, disk_->NewInode(FileType::kDirectory));
    } else if (error == 0 && found.inode->type != FileType::kDirectory) {
      error = ENOTDIR;
    }
    if (error != 0) return ErrnoStatus(error, "mkdir", path);
  }
  return absl::OkStatus();
}

FakeOutcome FakeFileSystem::Write(absl::string_view path,
                                  absl::string_view content) {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  Inode* inode = nullptr;
  const int error = disk_->OpenForWriting(path, &inode);
  if (error == 0) {
    disk_->Resize(inode, 0);
    disk_->WriteBytes(inode, 0, content);
  }
  return Result(error, "write", path);
}

FakeOutcome FakeFileSystem::Append(absl::string_view path,
                                   absl::string_view bytes) {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  Inode* inode = nullptr;
  const int error = disk_->OpenForWriting(path, &inode);
  if (error == 0) disk_->WriteBytes(inode, inode->bytes.size(), bytes);
  return Result(error, "append", path);
}

FakeOutcome FakeFileSystem::WriteAt(absl::string_view path,
                                    int64_t offset_bytes,
                                    absl::string_view bytes) {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  Inode* inode = nullptr;
  const int error = disk_->OpenForWriting(path, &inode);
  if (error == 0) disk_->WriteBytes(inode, offset_bytes, bytes);
  return Result(error, "write", path);
}

FakeOutcome FakeFileSystem::Truncate(absl::string_view path,
                                     int64_t size_bytes) {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  Inode* inode = nullptr;
  int error =
      disk_->WalkToInode(disk_->root(), path, LastLink::kFollow, &inode);
  if (error == 0 && inode->type != FileType::kRegular) error = EISDIR;
  if (error == 0) disk_->Resize(inode, size_bytes);
  return Result(error, "truncate", path);
}

FakeOutcome FakeFileSystem::Rename(absl::string_view from,
                                   absl::string_view to) {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  Found source;
  Found target;
  int error = disk_->Walk(disk_->root(), from, LastLink::kKeep, &source);
  if (error == 0 && source.inode == nullptr) error = ENOENT;
  if (error == 0) {
    error = disk_->Walk(disk_->root(), to, LastLink::kKeep, &target);
  }
  if (error != 0) {
    return ErrnoStatus(error, "rename", absl::StrCat(from, " to ", to));
  }
  const bool directory = source.inode->type == FileType::kDirectory;
  if (source.inode == target.inode) return absl::OkStatus();  // as in POSIX
  if (source.name == "." || target.name == ".") {
    error = EBUSY;
  } else if (directory && Disk::IsSameOrAbove(source.inode, target.dir)) {
    error = EINVAL;
  } else if (target.inode != nullptr) {
    const bool target_directory = target.inode->type == FileType::kDirectory;
    if (directory != target_directory) {
      error = directory ? ENOTDIR : EISDIR;
    } else if (!target.inode->entries.empty()) {
      error = ENOTEMPTY;
    }
  }
  if (error != 0) {
    return ErrnoStatus(error, "rename", absl::StrCat(from, " to ", to));
  }
  if (target.inode == nullptr) {
    disk_->AddEntry(target, source.inode);
  } else {
    disk_->ReplaceEntry(target, source.inode);
  }
  disk_->RemoveEntry(source);
  return absl::OkStatus();
}

FakeOutcome FakeFileSystem::Exchange(absl::string_view a, absl::string_view b) {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  Found first;
  Found second;
  int error = disk_->Walk(disk_->root(), a, LastLink::kKeep, &first);
  if (error == 0) {
    error = disk_->Walk(disk_->root(), b, LastLink::kKeep, &second);
  }
  if (error == 0 && (first.inode == nullptr || second.inode == nullptr)) {
    error = ENOENT;
  } else if (error == 0 && (first.name == "." || second.name == ".")) {
    error = EBUSY;
  } else if (error == 0 && first.inode != second.inode &&
             (Disk::IsSameOrAbove(first.inode, second.dir) ||
              Disk::IsSameOrAbove(second.inode, first.dir))) {
    error = EINVAL;
  }
  if (error != 0) {
    return ErrnoStatus(error, "exchange", absl::StrCat(a, " and ", b));
  }
  if (first.inode != second.inode) disk_->Swap(first, second);
  return absl::OkStatus();
}

FakeOutcome FakeFileSystem::Link(absl::string_view from, absl::string_view to) {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  Inode* inode = nullptr;
  Found target;
  int error = disk_->WalkToInode(disk_->root(), from, LastLink::kKeep, &inode);
  if (error == 0 && inode->type == FileType::kDirectory) error = EPERM;
  if (error == 0) {
    error = disk_->Walk(disk_->root(), to, LastLink::kKeep, &target);
  }
  if (error == 0 && target.inode != nullptr) error = EEXIST;
  if (error == 0) disk_->AddEntry(target, inode);
  return Result(error, "link", absl::StrCat(from, " to ", to));
}

FakeOutcome FakeFileSystem::Symlink(absl::string_view target,
                                    absl::string_view path) {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  Found found;
  int error = disk_->Walk(disk_->root(), path, LastLink::kKeep, &found);
  if (error == 0 && found.inode != nullptr) error = EEXIST;
  if (error == 0 && target.empty()) error = ENOENT;
  if (error == 0) {
    Inode* const inode = disk_->NewInode(FileType::kSymlink);
    inode->target = std::string(target);
    disk_->AddEntry(found, inode);
  }
  return Result(error, "symlink", path);
}

FakeOutcome FakeFileSystem::MakeFifo(absl::string_view path) {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  Found found;
  int error = disk_->Walk(disk_->root(), path, LastLink::kKeep, &found);
  if (error == 0 && found.inode != nullptr) error = EEXIST;
  if (error == 0) disk_->AddEntry(found, disk_->NewInode(FileType::kOther));
  return Result(error, "mkfifo", path);
}

FakeOutcome FakeFileSystem::Remove(absl::string_view path) {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  Found found;
  int error = disk_->Walk(disk_->root(), path, LastLink::kKeep, &found);
  if (error == 0 && found.inode == nullptr) error = ENOENT;
  if (error == 0 && found.name == ".") error = EBUSY;
  if (error == 0 && !found.inode->entries.empty()) error = ENOTEMPTY;
  if (error == 0) disk_->RemoveEntry(found);
  return Result(error, "remove", path);
}

FakeOutcome FakeFileSystem::RemoveTree(absl::string_view path) {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  Found found;
  const int error = disk_->Walk(disk_->root(), path, LastLink::kKeep, &found);
  if (error == ENOENT || (error == 0 && found.inode == nullptr)) {
    return absl::OkStatus();
  }
  if (error != 0) return ErrnoStatus(error, "remove", path);
  if (found.inode->type == FileType::kDirectory) {
    disk_->RemoveAllBelow(found.inode);
  }
  if (found.name != ".") disk_->RemoveEntry(found);
  return absl::OkStatus();
}

FakeOutcome FakeFileSystem::SetReadable(absl::string_view path, bool readable) {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  Inode* inode = nullptr;
  const int error =
      disk_->WalkToInode(disk_->root(), path, LastLink::kFollow, &inode);
  if (error == 0) {
    inode->readable = readable;
    inode->ctime = disk_->now();
  }
  return Result(error, "chmod", path);
}

FakeOutcome FakeFileSystem::SetModificationTime(absl::string_view path,
                                                absl::Time mtime) {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  Inode* inode = nullptr;
  const int error =
      disk_->WalkToInode(disk_->root(), path, LastLink::kFollow, &inode);
  if (error == 0) {
    inode->mtime = mtime;
    inode->ctime = disk_->now();
  }
  return Result(error, "utimes", path);
}

FakeWriter FakeFileSystem::OpenWriter(absl::string_view path,
                                      FakeWriter::Mode mode) {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  Inode* inode = nullptr;
  if (const int error = disk_->OpenForWriting(path, &inode)) {
    Die(ErrnoStatus(error, "open", path).ToString());
  }
  disk_->OpenWriter(inode);
  return FakeWriter(disk_, inode, mode);
}

void FakeFileSystem::AdvanceTime(absl::Duration duration) {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  disk_->Advance(duration);
}

absl::Time FakeFileSystem::Now() const {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  return disk_->now();
}

bool FakeFileSystem::Exists(absl::string_view path) const {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  Inode* inode = nullptr;
  return disk_->WalkToInode(disk_->root(), path, LastLink::kKeep, &inode) == 0;
}

std::string FakeFileSystem::ReadAll(absl::string_view path) const {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  Inode* inode = nullptr;
  if (disk_->WalkToInode(disk_->root(), path, LastLink::kFollow, &inode) != 0) {
    return "";
  }
  std::string content(inode->bytes.size(), '\0');
  inode->bytes.Read(0, absl::MakeSpan(content));
  return content;
}

absl::StatusOr<FileStat> FakeFileSystem::StatOf(absl::string_view path) const {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  Inode* inode = nullptr;
  if (const int error =
          disk_->WalkToInode(disk_->root(), path, LastLink::kFollow, &inode)) {
    return ErrnoStatus(error, "stat", path);
  }
  return disk_->StatOf(*inode);
}

FileId FakeFileSystem::IdOf(absl::string_view path) const {
  const absl::StatusOr<FileStat> stat = StatOf(path);
  return stat.ok() ? stat->id : FileId();
}

std::vector<std::string> FakeFileSystem::List(absl::string_view path) const {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  std::vector<std::string> names;
  Inode* inode = nullptr;
  if (disk_->WalkToInode(disk_->root(), path, LastLink::kFollow, &inode) == 0) {
    for (const auto& entry : inode->entries) names.push_back(entry.first);
  }
  return names;
}

size_t FakeFileSystem::open_handle_count() const {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  return disk_->handle_count();
}

size_t FakeFileSystem::open_handle_count(const FileId& id) const {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  return disk_->handle_count(id);
}

size_t FakeFileSystem::peak_open_handle_count() const {
  const std::lock_guard<std::mutex> lock(disk_->mu);
  return disk_->peak_handle_count();
}

}  // namespace dirwatcher
