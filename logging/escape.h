// Makes any bytes fit to stand in a log line: one line, valid UTF-8, nothing
// that a terminal obeys, and still readable by the people who wrote the text.
//
//   EscapeForLog("caf\xC3\xA9\t\x1B[31m")   ->  caf<e acute>\t\x1b[31m
//   EscapeForLog("C:\\temp")               ->  C:\\temp   (both backslashes)
//
// The notation is C's, with one difference: \x always has two digits.
//
//   \\            a backslash, so that what follows one is never ambiguous
//   \t \n \r      tab, line feed, carriage return
//   \xNN          one byte: the other C0 characters, DEL, and every byte that
//   is
//                 not part of a valid UTF-8 sequence
//   \uNNNN        one character: C1, line separators and directional controls
//                 that stand in the text as valid UTF-8 (IsControlCharacter)
//
// Everything else, printable ASCII and all other characters, stays as it is. No
// two texts have the same escaped form, so the original can be told from it.

#ifndef DIRWATCHER_LOGGING_ESCAPE_H_
#define DIRWATCHER_LOGGING_ESCAPE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace dirwatcher {

// Appends the escaped form of `raw` to `*out`; at most four times as long.
// REQUIRES: `raw` is not a view into `*out`.
void AppendEscapedForLog(absl::string_view raw, std::string* out);

// The escaped form of `raw`.
std::string EscapeForLog(absl::string_view raw);

}  // namespace dirwatcher

#endif  // DIRWATCHER_LOGGING_ESCAPE_H_
