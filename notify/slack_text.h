// Slack's text: how a message is written for it, and cut into parts. Pure.
//
//   *Backup failed*
//   df: no space left on /srv &amp; /var
//   _backup version: 1.2_
//
// Slack (docs.slack.dev, "Formatting message text") takes `&`, `<` and `>` for
// its own, so they are written as &amp;, &lt; and &gt;. A section block holds
// at most 3000 characters; what is longer goes in several parts, each of which
// fills one. Of several sections in one post Slack accepts fewer than the 50
// blocks that it documents (from about 13,000 characters on it answers
// msg_blocks_too_long), so each part is a post of its own.

#ifndef DIRWATCHER_NOTIFY_SLACK_TEXT_H_
#define DIRWATCHER_NOTIFY_SLACK_TEXT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "notify/message.h"

namespace dirwatcher {

// What the text of a section may have. Slack does not say what a character is;
// these are units of UTF-16, of which there are never fewer than code points,
// and entities count with all that they are written with.
inline constexpr size_t kSlackMaxCharacters = 3000;

// Units of UTF-16 that valid UTF-8 amounts to.
size_t SlackLength(absl::string_view text);

// Valid UTF-8 of the same meaning in which Slack sees nothing of its own. What
// is not valid in `text` becomes U+FFFD, and NUL too, which Slack refuses.
std::string EscapeForSlack(absl::string_view text);

// Cuts escaped text into parts of at most `max_length` (SlackLength), as few as
// whole lines allow: a part ends behind a line feed unless that would leave it
// less than half full. None is empty, and none ends within a character or an
// entity. Put together they are the text. None: the text is empty.
// REQUIRES: `escaped` comes from EscapeForSlack; max_length >= 10.
std::vector<std::string> SplitForSlack(absl::string_view escaped,
                                       size_t max_length);

// The parts of a message, of at most kSlackMaxCharacters each: the subject in
// bold first, then the text, then `notes`, one a line, then the signature in
// italics, which is not cut unless it is longer than a part. At least one.
std::vector<std::string> SlackParts(const OutgoingMessage& message,
                                    const std::vector<std::string>& notes);

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_SLACK_TEXT_H_
