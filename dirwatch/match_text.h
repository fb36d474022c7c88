// MatchText: which part of a line is shown with a match. Pure.
//
// A line may be longer than memory; what is shown of it is a window of a few
// kilobytes that holds the occurrence, cut between characters.

#ifndef DIRWATCHER_DIRWATCH_MATCH_TEXT_H_
#define DIRWATCHER_DIRWATCH_MATCH_TEXT_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "dirwatch/append_scanner.h"

namespace dirwatcher {

// Bytes [begin, end) of a file.
struct ByteRange {
  int64_t begin = 0;
  int64_t end = 0;

  int64_t size() const { return end - begin; }
};

// The window of at most `max_bytes` of the matched line: the whole line where
// it fits, else the occurrence with as much before it as after it, as far as
// the line reaches. An occurrence longer than that is cut at its end. REQUIRES:
// max_bytes > 0.
ByteRange TextWindow(const LineMatch& match, int64_t max_bytes);

// Where a text was cut out of a longer one.
enum class CutSides { kNone, kBefore, kAfter, kBoth };

// `text` without the rest of a UTF-8 character that was cut off at its
// beginning or at its end. Takes away at most three bytes on each side, and
// none that could not belong to such a rest.
absl::string_view TrimCutCharacters(absl::string_view text, CutSides sides);

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_MATCH_TEXT_H_
