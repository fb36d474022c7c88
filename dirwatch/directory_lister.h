// DirectoryLister: lists the watched tree into a Snapshot.

#ifndef DIRWATCHER_DIRWATCH_DIRECTORY_LISTER_H_
#define DIRWATCHER_DIRWATCH_DIRECTORY_LISTER_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "dirwatch/file_filter.h"
#include "dirwatch/snapshot.h"
#include "env/file_system.h"

namespace dirwatcher {

enum class Depth {
  kOneDirectory,
  kRecursive,  // directories below too; symbolic links to them are not followed
};

// What could not be looked at, and why.
struct Problem {
  std::string name;  // of a file, or a directory's prefix ("", "sub/")
  absl::Status status;
};

struct Listing {
  Snapshot snapshot;
  std::vector<Problem> file_problems;
  std::vector<Problem> directory_problems;
  // Names that match the filter and led to no regular file, or could not be
  // looked at.
  std::vector<std::string> no_files;
};

// Lists `root`, and looks at the names in the order of their inodes, as that is
// how they lie on the disk. With more than one thread, `root->Stat` is called
// from several at once. `before_directory` is called with the prefix of every
// directory before it is listed ("" is the root), so that it can be observed
// from before on. Files that are gone again when they are looked at are left
// out; what fails in another way is a problem, and unknown in the snapshot.
Listing ListTree(
    Directory* root, const FileFilter& filter, Depth depth, size_t threads,
    absl::FunctionRef<void(absl::string_view prefix)> before_directory);

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_DIRECTORY_LISTER_H_
