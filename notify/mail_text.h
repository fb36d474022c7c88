// The text of mail, in both of its forms: pure functions.

#ifndef DIRWATCHER_NOTIFY_MAIL_TEXT_H_
#define DIRWATCHER_NOTIFY_MAIL_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace dirwatcher {

// `text` with CRLF where a line ended with LF alone, as mail has it (RFC 5321,
// 2.3.8). A CR without LF stays; how it is sent is for the transfer encoding.
std::string ToCrlf(absl::string_view text);

// `text` as HTML, so that it looks as it stands: a document whose one element
// is <pre>, with all that could mean something to a browser escaped. Valid
// UTF-8 stays valid.
std::string ToHtml(absl::string_view text);

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_MAIL_TEXT_H_
