// UTF-8 as Unicode defines it, for text that may be anything.
//
// Everything here works on one table: Unicode 15, table 3-7 "Well-Formed UTF-8
// Byte Sequences" (the same language as RFC 3629, section 4). So overlong
// forms, surrogates (U+D800..U+DFFF) and values beyond U+10FFFF are invalid,
// and NUL is a character like others.
//
// To walk over text of unknown quality, byte by byte and without allocation:
//
//   while (!text.empty()) {
//     size_t length = Utf8SequenceLength(text);
//     if (length > 0) {
//       UseCharacter(DecodeUtf8(text.substr(0, length)));
//     } else {
//       length = Utf8InvalidLength(text);
//       UseReplacement();
//     }
//     text.remove_prefix(length);
//   }
//
// All functions are pure and thread-safe.

#ifndef DIRWATCHER_TEXT_UTF8_H_
#define DIRWATCHER_TEXT_UTF8_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace dirwatcher {

// U+FFFD REPLACEMENT CHARACTER, in UTF-8: stands where bytes made no sense.
inline constexpr char kUtf8Replacement[] = "\xEF\xBF\xBD";

// The length, 1..4 bytes, of the valid UTF-8 sequence that `text` begins with;
// 0 if it begins with none, be that because the bytes are invalid or because
// the sequence is cut off by the end of `text`.
// REQUIRES: !text.empty()
size_t Utf8SequenceLength(absl::string_view text);

// How many bytes, 1..3, one U+FFFD stands for at the start of `text`: the
// longest prefix that could have become a valid sequence, or else one byte.
// That is Unicode 15, section 3.9, "U+FFFD Substitution of Maximal Subparts",
// which is also what the WHATWG Encoding Standard and Python do.
// REQUIRES: !text.empty() and Utf8SequenceLength(text) == 0
size_t Utf8InvalidLength(absl::string_view text);

// The code point that a valid sequence stands for.
// REQUIRES: `sequence` is one sequence: Utf8SequenceLength(sequence) ==
// sequence.size()
char32_t DecodeUtf8(absl::string_view sequence);

// The length of the longest prefix of `text` that is valid UTF-8 and made of
// whole characters; text.size() if all of it is.
size_t Utf8ValidPrefixLength(absl::string_view text);

// Whether all of `text` is valid UTF-8. The empty text is.
bool IsValidUtf8(absl::string_view text);

// `text` with each maximal subpart that is not valid replaced by U+FFFD, so
// that the result is valid UTF-8. Valid text comes back as it is; the result
// may be up to three times as long as `text`.
std::string ReplaceInvalidUtf8(absl::string_view text);

}  // namespace dirwatcher

#endif  // DIRWATCHER_TEXT_UTF8_H_
