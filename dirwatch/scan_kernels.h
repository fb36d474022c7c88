// The innermost loops of all scanning, for whatever vector instructions the
// processor has: one pass over a text looks for literals and counts the lines
// that it passes.
//
// They are internal to ByteSearch and LiteralSet, which prepare the plans.
// Written with Highway (https://github.com/google/highway), which compiles them
// for several instruction sets and takes the best one at run time; all give the
// same results.

#ifndef DIRWATCHER_DIRWATCH_SCAN_KERNELS_H_
#define DIRWATCHER_DIRWATCH_SCAN_KERNELS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace dirwatcher {

// The first occurrence in a text, and the lines on the way to it.
struct TextHit {
  static constexpr size_t npos = absl::string_view::npos;

  size_t begin = npos;  // npos: there is none
  size_t literal = 0;   // which one it is, of several
  size_t newlines = 0;  // from where the search began to `begin`, or to the end
};

// A byte string in which letters may stand for both cases.
struct FoldedLiteral {
  std::string bytes;   // in lower case where `fold` says so
  std::string fold;    // for each byte 0x20 if it is a letter of either case,
                       // else 0
  bool folds = false;  // not all of them are 0
};

// How one literal is looked for: two of its bytes are compared at all places,
// and where both are right, all of it.
struct PairPlan {
  FoldedLiteral literal;  // not empty, no newline in it
  size_t first = 0;       // which two bytes; first <= second
  size_t second = 0;
};

// How several literals are looked for: a place may be the beginning of one of
// those in bucket b if bit b is set in low[i][byte & 15] and in
// high[i][byte >> 4], for each of the first `prefix` bytes from there on. After
// Hyperscan's "Teddy" (Wang et al., "Hyperscan: A Fast Multi-pattern Regex
// Matcher for Modern CPUs", NSDI 2019).
struct SetPlan {
  static constexpr size_t kBuckets = 8;
  static constexpr size_t kMaxPrefix = 4;

  std::vector<FoldedLiteral> literals;  // at least one; as in PairPlan
  size_t prefix = 1;                    // up to kMaxPrefix
  size_t min_size = 1;                  // of the shortest literal
  std::array<std::array<uint8_t, 16>, kMaxPrefix> low = {};
  std::array<std::array<uint8_t, 16>, kMaxPrefix> high = {};
  // Indices into `literals`, ascending in each bucket.
  std::array<std::vector<uint32_t>, kBuckets> buckets;
};

// Whether `literal` stands at `text`. REQUIRES: as many bytes can be read
// there.
bool StandsAt(const FoldedLiteral& literal, const char* text);

// The first occurrence that begins at or after `from`; of several that begin
// together, the literal with the smallest index. REQUIRES: from <= text.size().
TextHit FindPair(const PairPlan& plan, absl::string_view text, size_t from);
TextHit FindSet(const SetPlan& plan, absl::string_view text, size_t from);

size_t CountNewlines(absl::string_view text);

// How many NUL bytes `text` begins with.
size_t CountLeadingNuls(absl::string_view text);

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_SCAN_KERNELS_H_
