// MatchOracle: says, in the most naive way there is, what has to be reported of
// a file. Tests compare AppendScanner and all that is built on it with this.
//
// It takes the whole file, splits it into lines and looks at every position of
// every line. It shares no code with what it judges, apart from RE2.
//
//   MatchOracle oracle({"ERROR", "panic"}, {});
//   oracle.Expect("an ERROR\n", {{9, PieceUse::kScan}}, FileEnd::kOpen);

#ifndef DIRWATCHER_DIRWATCH_MATCH_ORACLE_H_
#define DIRWATCHER_DIRWATCH_MATCH_ORACLE_H_

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "dirwatch/append_scanner.h"
#include "dirwatch/line_matcher.h"
#include "re2/re2.h"

namespace dirwatcher {

struct OracleLine {
  int64_t number = 0;     // from 1
  int64_t begin = 0;      // offset of its first byte that is no leading NUL
  std::string text;       // without leading NULs and without the terminator
  bool finished = false;  // its '\n' is there
};

// The lines of a file. What stands behind the last '\n' is a line if something
// but NULs stands there; a '\r' at its end is part of its text.
std::vector<OracleLine> SplitLines(absl::string_view file);

enum class PieceUse {
  kScan,
  kScanApart,  // its whole lines, two matches at most, by ScanLines
  kSkip,
};

// A part of a file that is dealt with in one go, from where the one before
// ended.
struct FilePiece {
  int64_t end = 0;
  PieceUse use = PieceUse::kScan;
};
std::ostream& operator<<(std::ostream& os, const FilePiece& piece);

enum class FileEnd {
  kOpen,   // more may follow
  kFinal,  // nothing will
};

// Prints and compares all that is said of a match. For gtest and rapidcheck.
bool operator==(const LineMatch& a, const LineMatch& b);
std::ostream& operator<<(std::ostream& os, const LineMatch& match);

// Has `scanner` scan `file` in `pieces`, each time with bytes of its own that
// end where the piece does, as someone does who reads a file. Returns the
// matches and the state at the end.
struct ScanOutcome {
  std::vector<LineMatch> matches;
  ScanState state;
};
ScanOutcome ScanInPieces(const AppendScanner& scanner, absl::string_view file,
                         const std::vector<FilePiece>& pieces, FileEnd end);

// Thread-compatible.
class MatchOracle {
 public:
  // REQUIRES: LineMatcher::Create accepts the same.
  MatchOracle(std::vector<std::string> magics,
              const LineMatcherOptions& options);

  // The hit that begins first in `text`; of those, the magic named first.
  absl::optional<Hit> FirstIn(absl::string_view text) const;

  // What a scanner reports that is given `file` in `pieces`, in order.
  //
  // A literal counts as soon as it is complete: when its last byte is there or,
  // if that is a '\r', when the byte after it is there and no '\n', or when
  // nothing will follow. What becomes complete in a skipped piece never counts.
  // A line is reported once: with the hit that begins first among those that
  // count, when the first of them does.
  //
  // A regular expression is judged when the '\n' is there and was not skipped,
  // or when nothing will follow; then on what was skipped of the line, too,
  // unless that is more than kJudgedBytes.
  //
  // REQUIRES: the ends of the pieces do not decrease; the last one is
  // file.size().
  std::vector<LineMatch> Expect(absl::string_view file,
                                const std::vector<FilePiece>& pieces,
                                FileEnd end) const;

  // Whether some way to cut a file into scanned pieces makes `hit` the one that
  // is reported of a line with this text.
  bool MayBeReported(absl::string_view text, const Hit& hit) const;

 private:
  std::vector<Hit> AllIn(absl::string_view text) const;

  const std::vector<std::string> magics_;
  const bool ignores_case_;
  std::vector<std::unique_ptr<RE2>> regexes_;  // empty: literals
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_MATCH_ORACLE_H_
