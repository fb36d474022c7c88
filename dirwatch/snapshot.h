// Snapshot: what one listing of the watched tree found, as a value.

#ifndef DIRWATCHER_DIRWATCH_SNAPSHOT_H_
#define DIRWATCHER_DIRWATCH_SNAPSHOT_H_

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "env/file_stat.h"

namespace dirwatcher {

// A watched name and the regular file that stood under it.
struct SnapshotEntry {
  std::string name;  // relative to the watched directory
  FileStat stat;
};

// All watched names with what stands under them. What could not be looked at is
// listed as unknown: nothing may be concluded about it.
struct Snapshot {
  std::vector<SnapshotEntry> entries;      // sorted by name, each name once
  std::vector<std::string> unknown_names;  // sorted; not among the entries
  // Prefixes ("" for the whole tree, "sub/") whose listing is not complete;
  // sorted. Entries below them are true, but others may be missing.
  std::vector<std::string> unknown_prefixes;
};

// Whether nothing may be concluded from `name` not being among the entries.
inline bool IsUnknown(const Snapshot& snapshot, const std::string& name) {
  return std::binary_search(snapshot.unknown_names.begin(),
                            snapshot.unknown_names.end(), name) ||
         std::any_of(snapshot.unknown_prefixes.begin(),
                     snapshot.unknown_prefixes.end(),
                     [&name](const std::string& prefix) {
                       return absl::StartsWith(name, prefix);
                     });
}

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_SNAPSHOT_H_
