// ByteSearch: finds one byte string in another. The innermost loop of all
// scanning; what is looked for is prepared once and searched often.
//
//   ByteSearch search("ERROR", CaseRule::kIgnoreAscii);
//   size_t at = search.Find(buffer, 0);            // ByteSearch::npos: nowhere

#ifndef DIRWATCHER_DIRWATCH_BYTE_SEARCH_H_
#define DIRWATCHER_DIRWATCH_BYTE_SEARCH_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace dirwatcher {

enum class CaseRule {
  kExact,
  kIgnoreAscii,  // A-Z and a-z are alike; every other byte is itself
};

// Thread-safe after construction; copyable.
class ByteSearch {
 public:
  static constexpr size_t npos = absl::string_view::npos;

  // REQUIRES: needle is not empty. Any bytes may stand in it, NUL too.
  ByteSearch(absl::string_view needle, CaseRule rule);

  // Where the first occurrence that begins at or after `from` begins.
  size_t Find(absl::string_view haystack, size_t from) const;

  size_t size() const { return needle_.size(); }

 private:
  size_t FindIgnoringCase(absl::string_view haystack, size_t from) const;

  CaseRule rule_;
  std::string needle_;  // in lower case under kIgnoreAscii
  // How far a window may move whose last byte is this one (Horspool, "Practical
  // fast searching in strings", 1980). Filled only under kIgnoreAscii.
  std::array<size_t, 256> shift_ = {};
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_BYTE_SEARCH_H_
