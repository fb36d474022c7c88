// Headers of mail, as they are written on the wire: pure functions.
//
//   EncodeSubject("Sicherung ging schief \xF0\x9F\x98\xB1")
//       -> "Subject: =?UTF-8?B?U2ljaGVydW5nIGdpbmcgc2NoaWVmIPCfmLE=?="
//
// A header that is too long for a line is folded: CRLF and a space within it
// (RFC 5322, 2.2.3). None ends with CRLF. What is not valid UTF-8 becomes
// U+FFFD.

#ifndef DIRWATCHER_NOTIFY_MAIL_HEADERS_H_
#define DIRWATCHER_NOTIFY_MAIL_HEADERS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace dirwatcher {

// INVALID_ARGUMENT if `value` has CR, LF or NUL, with which whoever wrote it
// could add headers of his own. `what` is what it is, for the message, which
// does not repeat the value.
absl::Status CheckHeaderValue(absl::string_view what, absl::string_view value);

// INVALID_ARGUMENT, too, if it is not an address that can stand between the
// brackets of RCPT TO:<...> and in a list: "name@domain" or only "name",
// without spaces, commas and brackets, of valid UTF-8.
absl::Status CheckAddress(absl::string_view what, absl::string_view address);

// "Subject: ...". A line of printable ASCII stays as it is. All else becomes
// encoded words (RFC 2047): also what is too long for a line, begins or ends
// with a space, or looks like an encoded word. No word has more than 75 bytes,
// no line more than 76, and no character is cut in two.
// REQUIRES: CheckHeaderValue(subject)
std::string EncodeSubject(absl::string_view subject);

// "To: a@x, b@y", one address on a line. REQUIRES: CheckAddress of each.
std::string EncodeAddresses(absl::string_view header,
                            const std::vector<std::string>& addresses);

// "Content-Disposition: attachment; filename=..."; a name that is not short
// plain ASCII is encoded, in several pieces if it is long (RFC 2231, 3 and 4).
// Any name will do: line ends in it are encoded like the rest.
std::string EncodeDisposition(absl::string_view file_name);

// "Date: Tue, 24 Nov 2026 18:25:47 +0000" (RFC 5322, 3.3), whatever the locale.
// REQUIRES: years 1 to 9999.
std::string EncodeDate(absl::Time time);

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_MAIL_HEADERS_H_
