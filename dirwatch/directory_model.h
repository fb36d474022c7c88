// DirectoryModel: which files are there, and what changed. Pure.
//
// The model maps names to identities. It is told what a listing found and
// answers with the changes that lead from what it knew to what is so now:
//
//   model.Sync(snapshot);   // {kRemoved a.log}, {kRenamed b.log -> c.log}, ...
//
// A file that stands under several names (hard or symbolic links) counts once,
// under its primary name: the one that sorted first when the file was first
// seen. When that name goes, the one that then sorts first takes over.

#ifndef DIRWATCHER_DIRWATCH_DIRECTORY_MODEL_H_
#define DIRWATCHER_DIRWATCH_DIRECTORY_MODEL_H_

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "dirwatch/snapshot.h"
#include "env/file_stat.h"

namespace dirwatcher {

struct Change {
  enum class Kind { kRemoved, kRenamed, kAdded };

  Kind kind = Kind::kAdded;
  std::string name;  // the primary name; for kRenamed, the new one
  std::string from;  // for kRenamed, the old one
  FileId id;

  friend bool operator==(const Change& a, const Change& b) {
    return a.kind == b.kind && a.name == b.name && a.from == b.from &&
           a.id == b.id;
  }
};
std::ostream& operator<<(std::ostream& os, const Change& change);

// What stands under one name now; absent: nothing that is watched.
struct NameUpdate {
  std::string name;
  absl::optional<FileId> id;
};

// Thread-compatible; copyable.
class DirectoryModel {
 public:
  // Takes over a snapshot. Names it does not list are gone, unless they are
  // unknown. Returns the changes: removed, renamed, added, each in name order.
  // No two of them concern one file. A second Sync with the same snapshot
  // returns none.
  std::vector<Change> Sync(const Snapshot& snapshot);

  // The same for some names only; all others stay. REQUIRES: no name twice.
  std::vector<Change> Update(const std::vector<NameUpdate>& updates);

  // Forgets everything without a word.
  void Clear();

  // The identity under a name; absent: the name is not known.
  absl::optional<FileId> Find(absl::string_view name) const;

  // The primary name of a file; nullptr: the file is not known.
  const std::string* PrimaryName(const FileId& id) const;

  // Number of files, not of names.
  size_t size() const { return files_.size(); }

  // All names, sorted, with their identities.
  const absl::btree_map<std::string, FileId>& names() const { return names_; }

 private:
  struct File {
    std::string primary;
    std::vector<std::string> names;  // sorted; primary is one of them
  };

  absl::btree_map<std::string, FileId> names_;
  absl::flat_hash_map<FileId, File> files_;  // has exactly the ids in names_
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_DIRECTORY_MODEL_H_
