// FileFilter: which names are watched, by their extensions.
//
//   FileFilter filter({"log", ".txt"});
//   filter.Matches("sub/app.log");    // true
//   filter.Matches("app.log.1");      // false
//
// Thread-safe after construction.

#ifndef DIRWATCHER_DIRWATCH_FILE_FILTER_H_
#define DIRWATCHER_DIRWATCH_FILE_FILTER_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace dirwatcher {

class FileFilter {
 public:
  // An extension is matched as a suffix of the name; "log" means ".log". No
  // extension at all matches nothing. REQUIRES: none is empty.
  explicit FileFilter(std::vector<std::string> extensions);

  // `name` may have directories before it; they play no part.
  bool Matches(absl::string_view name) const;

  // The extensions as they are matched, each with its dot.
  const std::vector<std::string>& extensions() const { return extensions_; }

 private:
  std::vector<std::string> extensions_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_FILE_FILTER_H_
