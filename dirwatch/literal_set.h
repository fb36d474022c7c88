// LiteralSet: finds the first of one or more byte strings in a text and counts
// the lines on the way, in one pass for all of them.
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
#include "absl/types/optional.h"
#include "dirwatch/byte_search.h"
#include "dirwatch/scan_kernels.h"

namespace dirwatcher {

// Made for a few dozen literals: with hundreds it still finds everything, but
// stops at more and more places that are none. Thread-safe after construction;
// copyable.
class LiteralSet {
 public:
  // REQUIRES: there is a literal; none is empty or has a newline.
  LiteralSet(const std::vector<std::string>& literals, CaseRule rule);

  // The first occurrence that begins at or after `from`; of several that begin
  // together, the one that was named first. Newlines as in ByteSearch.
  TextHit FindCountingLines(absl::string_view text, size_t from) const;

 private:
  SetPlan plan_;                       // for more than one literal
  absl::optional<ByteSearch> single_;  // for one
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_LITERAL_SET_H_
