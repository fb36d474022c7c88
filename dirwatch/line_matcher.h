// LineMatcher: what a line is searched for, one or more magics at once.
//
//   auto matcher = LineMatcher::Create({"ERROR", "panic"}, {});
//   TextHit hit = matcher->NextCandidate(buffer, 0);   // the earliest of
//   either
//
// Literals are found anywhere in a buffer of many lines, so that most lines are
// never looked at one by one. Regular expressions are judged line by line, but
// only on lines that contain a literal without which they cannot match, if
// there is one (re2/filtered_re2.h).

#ifndef DIRWATCHER_DIRWATCH_LINE_MATCHER_H_
#define DIRWATCHER_DIRWATCH_LINE_MATCHER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "dirwatch/byte_search.h"
#include "dirwatch/literal_set.h"
#include "dirwatch/scan_kernels.h"
#include "re2/re2.h"

namespace dirwatcher {

enum class MagicSyntax {
  kLiteral,
  kRegex,  // RE2; UTF-8, so `.` does not match an invalid byte
};

struct LineMatcherOptions {
  MagicSyntax syntax = MagicSyntax::kLiteral;
  // For regular expressions, kIgnoreAscii is RE2's (?i), which knows more than
  // ASCII.
  CaseRule case_rule = CaseRule::kExact;
};

// An occurrence: bytes [begin, end) of the text are magic number `magic`.
struct Hit {
  size_t begin = 0;
  size_t end = 0;
  size_t magic = 0;
};

// Thread-safe after construction; movable.
class LineMatcher {
 public:
  // INVALID_ARGUMENT, with a message that quotes the magic: there is none, one
  // is empty, one contains a newline or begins with a NUL byte (those are no
  // part of a line, see AppendScanner), or RE2 does not accept it.
  static absl::StatusOr<LineMatcher> Create(std::vector<std::string> magics,
                                            const LineMatcherOptions& options);

  // Whether a magic can only be judged on a whole line.
  bool judges_whole_lines() const { return !regexes_.empty(); }

  // The hit that begins first in `line` among those that end at `min_end` or
  // later; of those that begin together, the one whose magic was named first.
  // Regular expressions have no `min_end`: it is ignored.
  absl::optional<Hit> FirstIn(absl::string_view line, size_t min_end = 0) const;

  // How many bytes before the end of an unfinished line must be seen again
  // together with what follows them, so that no literal is missed.
  size_t overlap_bytes() const { return overlap_bytes_; }

  // Whether some literal ends with a carriage return: at the end of the data
  // it cannot be told yet whether that belongs to the line.
  bool may_end_with_cr() const { return may_end_with_cr_; }

  const std::vector<std::string>& magics() const { return magics_; }

  // Where the next line that may match is, and how many lines end before it.
  // For literals it is the occurrence itself: the first that begins at or after
  // `from`, ties as in FirstIn. For regular expressions it stands somewhere in
  // that line; FirstIn tells whether the line matches. Without a literal that
  // they need it is always `from`.
  TextHit NextCandidate(absl::string_view text, size_t from) const;

 private:
  LineMatcher() = default;

  std::vector<std::string> magics_;
  // One for each magic; of the two vectors one is empty.
  std::vector<ByteSearch> literals_;
  std::vector<std::unique_ptr<RE2>> regexes_;
  // Finds the literals, or those that the regular expressions need; none if
  // they need none.
  absl::optional<LiteralSet> search_;
  size_t overlap_bytes_ = 0;
  bool may_end_with_cr_ = false;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_LINE_MATCHER_H_
