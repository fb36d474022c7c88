// The innermost loops of all scanning, for whatever vector instructions the
// processor has: one pass over a text looks for literals and counts the lines
// that it passes.
//
// They are internal to ByteSearch and LiteralSet, which have the plans.
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

// How several literals are looked for. Each is known by its window: up to
// kWindow bytes of it, `offset` bytes behind its beginning. MakeSetPlan() makes
// one (set_plan.h).
//
// A window of those in bucket b of a table may stand where bit b is set in
// low[i][byte & 15] and in high[i][byte >> 4] for each byte i of the kWindow
// from there on; behind the end of a shorter window all bytes will do. After
// Hyperscan's "Teddy" (Wang et al., "Hyperscan: A Fast Multi-pattern Regex
// Matcher for Modern CPUs", NSDI 2019). Which windows do stand there is then
// looked up in a hash table, so that their number plays no part.
struct SetPlan {
  static constexpr size_t kWindow = 4;
  static constexpr size_t kBuckets = 8;  // of a table: the bits of a byte
  static constexpr size_t kMaxTables = 2;

  struct Table {
    std::array<std::array<uint8_t, 16>, kWindow> low = {};
    std::array<std::array<uint8_t, 16>, kWindow> high = {};
  };

  struct Window {
    uint32_t key;      // its bytes as in memory, as they are looked up
    uint32_t offset;   // in its literal
    uint32_t literal;  // index in `literals`
  };

  size_t SlotOf(uint32_t key) const { return key * 0x9E3779B1u >> slot_shift; }

  std::vector<FoldedLiteral> literals;  // at least one; as in PairPlan

  std::array<Table, kMaxTables> tables;
  size_t table_count = 1;

  // Four bytes of the text, or-ed with `fold` and and-ed with one of the
  // `masks`, are looked up; there is a mask for each size of a window. In slot
  // s are windows[slots[s]] to windows[slots[s + 1] - 1].
  uint32_t fold = 0;
  std::vector<uint32_t> masks;
  std::vector<uint32_t> slots;
  uint32_t slot_shift = 31;
  std::vector<Window> windows;

  // Of all literals the bytes before the window, and those from there on.
  size_t min_offset = 0;
  size_t max_offset = 0;
  size_t min_rest = 1;
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
