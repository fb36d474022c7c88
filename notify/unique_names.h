// UniqueNames: names for attachments, no two alike. Pure.
//
//   UniqueNames names;
//   names.Take("job", ".zip");    // job.zip
//   names.Take("job", ".zip");    // job-2.zip

#ifndef DIRWATCHER_NOTIFY_UNIQUE_NAMES_H_
#define DIRWATCHER_NOTIFY_UNIQUE_NAMES_H_

#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace dirwatcher {

// Thread-compatible. Names that differ in case alone are alike, as they are to
// many who save them.
class UniqueNames {
 public:
  // `stem` with `extension`, and if that is taken a number between them.
  std::string Take(absl::string_view stem, absl::string_view extension) {
    std::string name = absl::StrCat(stem, extension);
    for (int i = 2; !taken_.insert(absl::AsciiStrToLower(name)).second; ++i) {
      name = absl::StrCat(stem, "-", i, extension);
    }
    return name;
  }

 private:
  std::set<std::string> taken_;  // in lower case
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_UNIQUE_NAMES_H_
