// Snapshot: what one listing of the watched tree found, as a value.

#ifndef DIRWATCHER_DIRWATCH_SNAPSHOT_H_
#define DIRWATCHER_DIRWATCH_SNAPSHOT_H_

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "dirwatch/string_pool.h"
#include "env/file_stat.h"

namespace dirwatcher {

// A watched name and the regular file that stood under it.
struct SnapshotEntry {
  absl::string_view name;  // relative to the watched directory
  FileStat stat;
};

// All watched names with what stands under them. What could not be looked at is
// listed as unknown: nothing may be concluded about it.
struct Snapshot {
  // Adds an entry with a copy of `name`. REQUIRES: it sorts behind the others.
  void Add(absl::string_view name, const FileStat& stat) {
    entries.push_back({names->Add(name), stat});
  }

  std::vector<SnapshotEntry> entries;      // sorted by name, each name once
  std::vector<std::string> unknown_names;  // sorted; not among the entries
  // Prefixes ("" for the whole tree, "sub/") whose listing is not complete;
  // sorted. Entries below them are true, but others may be missing.
  std::vector<std::string> unknown_prefixes;
  // Where the names of the entries may be kept; copies share it.
  std::shared_ptr<StringPool> names = std::make_shared<StringPool>();
};

// Whether nothing may be concluded from `name` not being among the entries.
inline bool IsUnknown(const Snapshot& snapshot, absl::string_view name) {
  return std::binary_search(snapshot.unknown_names.begin(),
                            snapshot.unknown_names.end(), name,
                            std::less<absl::string_view>()) ||
         std::any_of(snapshot.unknown_prefixes.begin(),
                     snapshot.unknown_prefixes.end(),
                     [&name](const std::string& prefix) {
                       return absl::StartsWith(name, prefix);
                     });
}

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_SNAPSHOT_H_
