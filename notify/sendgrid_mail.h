// SendGridMail: a message as SendGrid's API takes it. Pure.
//
// docs.sendgrid.com, "v3 Mail Send": one JSON object, in which attachments
// stand as base64.

#ifndef DIRWATCHER_NOTIFY_SENDGRID_MAIL_H_
#define DIRWATCHER_NOTIFY_SENDGRID_MAIL_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace dirwatcher {

// "The total size of your email, including attachments, must be less than
// 30MB". Taken as decimal, and of the request as a whole, so that it holds
// whatever is meant.
inline constexpr int64_t kSendGridMaxBytes = 30000000;

// In all, for one request.
inline constexpr size_t kSendGridMaxRecipients = 1000;

struct SendGridMail {
  struct File {
    std::string name;
    std::string content;  // a ZIP
  };

  // None of them may hold CR, LF or NUL (IsHeaderValue): they become headers.
  std::string message_id;  // without angle brackets
  std::string from_address;
  std::vector<std::string> to_addresses;  // no two alike: it would be refused
  std::string subject;

  std::string text;
  std::vector<File> files;
};

// Whether `value` can stand in a header: it has no CR, LF or NUL.
bool IsHeaderValue(absl::string_view value);

// The request's body. The text goes as text/plain and, escaped, as text/html.
// What is not valid UTF-8 becomes U+FFFD. An empty subject or text, which
// SendGrid refuses, becomes a blank.
std::string SendGridBody(const SendGridMail& mail);

// How much a file of so many bytes adds to the body, at most.
int64_t SendGridFileBytes(absl::string_view name, int64_t content_bytes);

// How many bytes a file of this name may have to add at most `bytes`. Less than
// 0: not even an empty one fits.
int64_t SendGridContentBytes(absl::string_view name, int64_t bytes);

// Each once, in their order. Case makes no difference: SendGrid takes no two
// that differ in case alone.
std::vector<std::string> UniqueAddresses(
    const std::vector<std::string>& addresses);

// What SendGrid says of a request that it refused, "FIELD: MESSAGE" for each
// error; empty if `body` is of another form.
std::string SendGridErrors(absl::string_view body);

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_SENDGRID_MAIL_H_
