#include "dirwatch/directory_lister.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "dirwatch/parallel.h"

namespace dirwatcher {
namespace {

// Whether an entry may be a directory to go into. A symbolic link is not, even
// if it leads to one.
bool MayBeDirectory(FileType hint) {
  return hint == FileType::kDirectory || hint == FileType::kUnknown;
}

// Whether a failed look at a name says that no file or directory can be reached
// under it.
bool IsNothing(const absl::Status& status) {
  return absl::IsNotFound(status) || absl::IsFailedPrecondition(status);
}

// A thread takes so many at a time, which takes it about a millisecond.
constexpr size_t kNamesAtATime = 512;

// A watched name as a listing delivers it.
struct ListedName {
  absl::string_view name;
  uint64_t inode_hint = 0;
  uint64_t key = 0;  // the first bytes of the name that are not alike in all
};

size_t CommonPrefix(absl::string_view a, absl::string_view b) {
  const auto end = std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first;
  return static_cast<size_t>(end - a.begin());
}

// Up to eight bytes as a number that compares as they do.
uint64_t KeyOf(absl::string_view bytes) {
  uint64_t key = 0;
  for (size_t i = 0; i < sizeof(key); ++i) {
    key = key << 8 | (i < bytes.size() ? static_cast<uint8_t>(bytes[i]) : 0);
  }
  return key;
}

// Sorts by name and drops what was delivered twice. Most comparisons are those
// of two numbers.
void SortByName(std::vector<ListedName>* names) {
  if (names->empty()) return;
  size_t prefix = names->front().name.size();
  for (const ListedName& each : *names) {
    prefix = std::min(prefix, CommonPrefix(names->front().name, each.name));
  }
  for (ListedName& each : *names) each.key = KeyOf(each.name.substr(prefix));
  std::sort(names->begin(), names->end(),
            [](const ListedName& a, const ListedName& b) {
              return a.key != b.key ? a.key < b.key : a.name < b.name;
            });
  // A name that was removed and made again during the listing may have been
  // delivered twice.
  names->erase(std::unique(names->begin(), names->end(),
                           [](const ListedName& a, const ListedName& b) {
                             return a.name == b.name;
                           }),
               names->end());
}

// Indices in the order of inodes.
std::vector<uint32_t> OrderOfInodes(const std::vector<ListedName>& names) {
  std::vector<uint32_t> order(names.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&names](uint32_t a, uint32_t b) {
    return std::make_pair(names[a].inode_hint, a) <
           std::make_pair(names[b].inode_hint, b);
  });
  return order;
}

// One walk over the tree.
class Walk {
 public:
  Walk(Directory* root, const FileFilter& filter, Depth depth)
      : root_(*root), filter_(filter), depth_(depth) {}

  void List(Directory* directory, const std::string& prefix) {
    const absl::Status listed =
        directory->ForEachEntry([&](const DirEntry& entry) {
          const bool matches = filter_.Matches(entry.name);
          const bool may_be_directory =
              depth_ == Depth::kRecursive && MayBeDirectory(entry.type_hint);
          if (!matches && !may_be_directory) return;
          std::string name = absl::StrCat(prefix, entry.name);
          if (matches) {
            names_.push_back(
                {listing_.snapshot.names->Add(name), entry.inode_hint});
          }
          if (may_be_directory) Consider(name, entry.type_hint);
        });
    if (!listed.ok()) DirectoryUnknown(prefix, listed);
  }

  // A directory that was found and is to be listed; empty: none is left.
  std::string TakePending() {
    if (pending_.empty()) return "";
    std::string name = *pending_.begin();
    pending_.erase(pending_.begin());
    return name;
  }

  void DirectoryUnknown(const std::string& prefix, absl::Status status) {
    listing_.snapshot.unknown_prefixes.push_back(prefix);
    listing_.directory_problems.push_back({prefix, std::move(status)});
  }

  // Looks at all names that were listed.
  Listing Look(size_t threads) {
    SortByName(&names_);
    std::vector<SnapshotEntry> entries(names_.size());
    // What did not lead to a file, by index; the others are OK.
    std::map<uint32_t, absl::Status> others;
    std::mutex others_mutex;
    const std::vector<uint32_t> order = OrderOfInodes(names_);
    ParallelFor(threads, order.size(), kNamesAtATime,
                [&](size_t, size_t begin, size_t end) {
                  for (size_t i = begin; i < end; ++i) {
                    SnapshotEntry& entry = entries[order[i]];
                    entry.name = names_[order[i]].name;
                    const absl::StatusOr<FileStat> stat =
                        root_.Stat(entry.name);
                    if (stat.ok() && stat->type == FileType::kRegular) {
                      entry.stat = *stat;
                      continue;
                    }
                    const std::lock_guard<std::mutex> lock(others_mutex);
                    others[order[i]] = stat.status();
                  }
                });
    names_.clear();
    names_.shrink_to_fit();
    for (const auto& [index, status] : others) {
      SnapshotEntry& entry = entries[index];
      const std::string name(entry.name);
      listing_.no_files.push_back(name);
      if (!status.ok() && !IsNothing(status)) {
        listing_.snapshot.unknown_names.push_back(name);
        listing_.file_problems.push_back({name, status});
      }
      entry.stat.type = FileType::kUnknown;
    }
    if (!others.empty()) {
      entries.erase(std::remove_if(entries.begin(), entries.end(),
                                   [](const SnapshotEntry& entry) {
                                     return entry.stat.type !=
                                            FileType::kRegular;
                                   }),
                    entries.end());
    }
    listing_.snapshot.entries = std::move(entries);
    std::sort(listing_.snapshot.unknown_prefixes.begin(),
              listing_.snapshot.unknown_prefixes.end());
    return std::move(listing_);
  }

 private:
  // A directory entry without a usable type is looked at before it is gone
  // into.
  void Consider(const std::string& name, FileType hint) {
    if (hint == FileType::kUnknown) {
      const absl::StatusOr<FileStat> stat = root_.Stat(name);
      if (!stat.ok()) {
        if (!IsNothing(stat.status())) {
          DirectoryUnknown(absl::StrCat(name, "/"), stat.status());
        }
        return;
      }
      if (stat->type != FileType::kDirectory) return;
    }
    pending_.insert(name);
  }

  Directory& root_;
  const FileFilter& filter_;
  const Depth depth_;
  Listing listing_;
  std::vector<ListedName> names_;
  std::set<std::string> pending_;
};

}  // namespace

Listing ListTree(
    Directory* root, const FileFilter& filter, Depth depth, size_t threads,
    absl::FunctionRef<void(absl::string_view prefix)> before_directory) {
  Walk walk(root, filter, depth);
  before_directory("");
  walk.List(root, "");
  for (std::string name = walk.TakePending(); !name.empty();
       name = walk.TakePending()) {
    const std::string prefix = absl::StrCat(name, "/");
    before_directory(prefix);
    absl::StatusOr<std::unique_ptr<Directory>> directory =
        root->OpenDirectory(name);
    if (directory.ok()) {
      walk.List(directory->get(), prefix);
    } else if (!IsNothing(directory.status())) {
      walk.DirectoryUnknown(prefix, directory.status());
    }
  }
  return walk.Look(threads);
}

}  // namespace dirwatcher
