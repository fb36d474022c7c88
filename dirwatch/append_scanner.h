// AppendScanner: finds the lines that contain a magic in bytes that arrive
// piece by piece. Pure: bytes and a state in, matches and the next state out.
//
//   AppendScanner scanner(&matcher);
//   ScanState state;                                   // beginning of a file
//   for (;;) {
//     bytes = ReadFrom(scanner.ResumeOffset(state));   // to wherever
//     scanner.Scan(bytes, &state, [](const LineMatch& m) { ... });
//   }
//
// However the file is cut into pieces, each line is reported once. A literal is
// reported as soon as its last byte is there, before the line is finished; a
// regular expression is judged when the line is.
//
// What a line is: it ends with '\n', and a '\r' before that belongs to the
// terminator. NUL bytes at the beginning of a line are no part of it: they are
// the hole that a truncated file gets when its writer goes on at its old
// offset.

#ifndef DIRWATCHER_DIRWATCH_APPEND_SCANNER_H_
#define DIRWATCHER_DIRWATCH_APPEND_SCANNER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "dirwatch/line_matcher.h"

namespace dirwatcher {

// A position in a file. Plain data: it may be copied and stored.
struct ScanState {
  int64_t offset_bytes = 0;  // everything before it has been scanned
  int64_t line = 1;          // number of the line that `offset_bytes` stands in
  int64_t line_start = 0;  // offset of that line's first byte, <= offset_bytes
  bool line_done = false;  // that line was reported or needs no judging

  friend bool operator==(const ScanState& a, const ScanState& b) {
    return a.offset_bytes == b.offset_bytes && a.line == b.line &&
           a.line_start == b.line_start && a.line_done == b.line_done;
  }
};

// A line that contains a magic. All offsets are offsets in the file.
struct LineMatch {
  int64_t line = 0;         // from 1
  int64_t line_start = 0;   // of the line's first byte
  int64_t match_begin = 0;  // the occurrence is [match_begin, match_end)
  int64_t match_end = 0;
  // End of what is there of the line, without its terminator.
  int64_t known_end = 0;
  size_t magic = 0;  // index into LineMatcher::magics()
  // The line was judged on its first kJudgedBytes only (regular expressions).
  bool judged_in_part = false;
};

// What was found in whole lines before it was known how many lines stand before
// them in the file.
struct ScannedLines {
  int64_t begin = 0;  // offset of the first line's first byte
  int64_t end = 0;    // behind the last line's '\n'; == begin: there are none
  int64_t lines = 0;
  bool within_line = false;  // no line ends in the bytes that were scanned
  std::vector<LineMatch> matches;  // the first line counts as number 0
};

// Thread-safe: all methods are const and the state is the caller's.
class AppendScanner {
 public:
  // A regular expression sees at most so many bytes of a line.
  static constexpr int64_t kJudgedBytes = int64_t{1} << 20;

  using MatchCallback = absl::FunctionRef<void(const LineMatch&)>;

  // `matcher` must outlive this.
  explicit AppendScanner(const LineMatcher* matcher) : matcher_(*matcher) {}

  // Where the bytes for the next call have to begin: at state.offset_bytes or,
  // as part of an unfinished line has to be seen again, up to
  // max_resume_bytes() before it.
  int64_t ResumeOffset(const ScanState& state) const;
  int64_t max_resume_bytes() const;

  // Scans `bytes`, which stand in the file at ResumeOffset(*state), and moves
  // the state to their end. More may follow them.
  // REQUIRES: `bytes` reach at least to state->offset_bytes.
  void Scan(absl::string_view bytes, ScanState* state,
            MatchCallback on_match) const;

  // The same, but nothing will ever follow: the unfinished line is judged as it
  // stands.
  void Finish(absl::string_view bytes, ScanState* state,
              MatchCallback on_match) const;

  // Whether Finish could report something that Scan did not: if not, the last
  // bytes need not be read again.
  bool NeedsFinish(const ScanState& state) const;

  // Counts the lines in `bytes`, which stand at state->offset_bytes, without
  // searching them. An occurrence that is complete only with what follows is
  // still found: it ends there, or ends with a '\r' just before, of which the
  // next byte tells whether it belongs to the line.
  void Skip(absl::string_view bytes, ScanState* state) const;

  // Scans the lines in `bytes` that begin and end there, so that several
  // threads can scan one file. `bytes` stand at `base`, and what comes before
  // their first '\n' is left out. Ends with the line of match number
  // `max_matches`, should there be so many. Uses the memory that `found` has.
  void ScanLines(absl::string_view bytes, int64_t base, size_t max_matches,
                 ScannedLines* found) const;

  // Reports what ScanLines found and moves the state to the end of it: the same
  // as to Scan these lines.
  // REQUIRES: the state stands at the beginning of the first of them.
  void TakeOver(const ScannedLines& found, ScanState* state,
                MatchCallback on_match) const;

  // Moves the state to `end`: the same as to scan what is before it.
  // REQUIRES: state->line_done, and the line does not end before `end`.
  static void PassInLine(int64_t end, ScanState* state) {
    state->offset_bytes = end;
  }

 private:
  enum class End { kOpen, kFinal };
  class Walk;

  const LineMatcher& matcher_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_APPEND_SCANNER_H_
