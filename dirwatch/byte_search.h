// ByteSearch: finds one byte string in another and counts the lines on the way.
// What is looked for is prepared once and searched often.
//
//   ByteSearch search("ERROR", CaseRule::kIgnoreAscii);
//   TextHit hit = search.FindCountingLines(buffer, 0);   // one pass
//   hit.begin;      // ByteSearch::npos: nowhere
//   hit.newlines;   // how many stand before it
//
// The whole string is compared only where two of its bytes, the rarest in
// common text (byte_frequency.h), stand where they should; scan_kernels.h has
// the loop.

#ifndef DIRWATCHER_DIRWATCH_BYTE_SEARCH_H_
#define DIRWATCHER_DIRWATCH_BYTE_SEARCH_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "dirwatch/scan_kernels.h"

namespace dirwatcher {

enum class CaseRule {
  kExact,
  kIgnoreAscii,  // A-Z and a-z are alike; every other byte is itself
};

// What StandsAt takes for `literal` under `rule`.
FoldedLiteral FoldLiteral(absl::string_view literal, CaseRule rule);

// The ByteFrequencyRank of byte `at`, or that of the more common case.
int RankAt(const FoldedLiteral& literal, size_t at);

// Thread-safe after construction; copyable.
class ByteSearch {
 public:
  static constexpr size_t npos = TextHit::npos;

  // REQUIRES: needle is not empty and has no newline. All other bytes may stand
  // in it, NUL too.
  ByteSearch(absl::string_view needle, CaseRule rule);

  // The first occurrence that begins at or after `from`, and the newlines in
  // [from, its begin) or, if there is none, from `from` to the end.
  TextHit FindCountingLines(absl::string_view haystack, size_t from) const;

  // Only where it begins.
  size_t Find(absl::string_view haystack, size_t from) const {
    return FindCountingLines(haystack, from).begin;
  }

  size_t size() const { return plan_.literal.bytes.size(); }

 private:
  PairPlan plan_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_BYTE_SEARCH_H_
