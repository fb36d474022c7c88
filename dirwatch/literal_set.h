// LiteralSet: finds the first of one or more byte strings in a text and counts
// the lines on the way.
//
//   LiteralSet set({"ERROR", "panic"}, CaseRule::kExact);
//   TextHit hit = set.FindCountingLines(buffer, 0);
//   hit.literal;   // 1 if it was "panic"

#ifndef DIRWATCHER_DIRWATCH_LITERAL_SET_H_
#define DIRWATCHER_DIRWATCH_LITERAL_SET_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "dirwatch/byte_search.h"
#include "dirwatch/scan_kernels.h"

namespace dirwatcher {

// Up to six literals are looked for one after the other in pieces that stay in
// the cache: two are found at 23 GB/s, six at 10. More are looked for at once,
// 16 at 6 GB/s, 64 at 2.4 and 256 at 2: the more there are, the more places
// look as if one stood there. (docs/performance.md says how that was measured.)
// A search takes time in proportion to what lies before the occurrence that it
// finds.
//
// Thread-safe after construction; copyable.
class LiteralSet {
 public:
  // REQUIRES: there is a literal; none is empty or has a newline.
  LiteralSet(const std::vector<std::string>& literals, CaseRule rule);

  // The first occurrence that begins at or after `from`; of several that begin
  // together, the one that was named first. Newlines as in ByteSearch.
  TextHit FindCountingLines(absl::string_view text, size_t from) const;

 private:
  TextHit FindOneByOne(absl::string_view text, size_t from) const;

  std::vector<ByteSearch> few_;  // for each literal, unless they are many
  SetPlan all_;                  // unless there is only one
  size_t max_size_ = 0;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_LITERAL_SET_H_
