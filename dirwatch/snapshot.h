// Snapshot: what one listing of the watched tree found, as a value.

#ifndef DIRWATCHER_DIRWATCH_SNAPSHOT_H_
#define DIRWATCHER_DIRWATCH_SNAPSHOT_H_

#include <string>
#include <vector>

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

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_SNAPSHOT_H_
