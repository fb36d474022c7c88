#include "dirwatch/directory_lister.h"

#include <algorithm>
#include <memory>
#include <set>

#include "absl/strings/str_cat.h"

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

// One walk over the tree.
class Walk {
 public:
  Walk(Directory* root, const FileFilter& filter, Depth depth)
      : root_(*root), filter_(filter), depth_(depth) {}

  void List(Directory* directory, const std::string& prefix) {
    std::vector<std::string> names;
    const absl::Status listed =
        directory->ForEachEntry([&](const DirEntry& entry) {
          const std::string name = absl::StrCat(prefix, entry.name);
          if (filter_.Matches(entry.name)) names.push_back(name);
          if (depth_ == Depth::kRecursive && MayBeDirectory(entry.type_hint)) {
            Consider(name, entry.type_hint);
          }
        });
    if (!listed.ok()) DirectoryUnknown(prefix, listed);
    for (const std::string& name : names) Look(name);
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

  Listing Take() {
    std::vector<SnapshotEntry>& entries = listing_.snapshot.entries;
    std::sort(entries.begin(), entries.end(),
              [](const SnapshotEntry& a, const SnapshotEntry& b) {
                return a.name < b.name;
              });
    // A name that was removed and made again during the listing may have been
    // delivered twice.
    entries.erase(
        std::unique(entries.begin(), entries.end(),
                    [](const SnapshotEntry& a, const SnapshotEntry& b) {
                      return a.name == b.name;
                    }),
        entries.end());
    std::sort(listing_.snapshot.unknown_names.begin(),
              listing_.snapshot.unknown_names.end());
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

  void Look(const std::string& name) {
    absl::StatusOr<FileStat> stat = root_.Stat(name);
    if (stat.ok()) {
      if (stat->type == FileType::kRegular) {
        listing_.snapshot.entries.push_back({name, *stat});
      }
    } else if (!IsNothing(stat.status())) {
      listing_.snapshot.unknown_names.push_back(name);
      listing_.file_problems.push_back({name, stat.status()});
    }
  }

  Directory& root_;
  const FileFilter& filter_;
  const Depth depth_;
  Listing listing_;
  std::set<std::string> pending_;
};

}  // namespace

Listing ListTree(
    Directory* root, const FileFilter& filter, Depth depth,
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
  return walk.Take();
}

}  // namespace dirwatcher
