#include "dirwatch/file_filter.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"

namespace dirwatcher {

FileFilter::FileFilter(std::vector<std::string> extensions)
    : extensions_(std::move(extensions)) {
  for (std::string& extension : extensions_) {
    if (extension.front() != '.') extension.insert(extension.begin(), '.');
  }
}

bool FileFilter::Matches(absl::string_view name) const {
  return std::any_of(extensions_.begin(), extensions_.end(),
                     [name](const std::string& extension) {
                       return absl::EndsWith(name, extension);
                     });
}

}  // namespace dirwatcher
