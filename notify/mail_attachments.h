// CompressAttachments: makes the files of a mail from what is attached to a
// message: each as NAME.gz.

#ifndef DIRWATCHER_NOTIFY_MAIL_ATTACHMENTS_H_
#define DIRWATCHER_NOTIFY_MAIL_ATTACHMENTS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "notify/message.h"
#include "notify/smtp_client.h"

namespace dirwatcher {

// What all files of a mail may have together, compressed. Base64 makes a third
// more of it, and many servers take no mail beyond some 30 MB.
inline constexpr int64_t kMaxMailFilesBytes = int64_t{20} << 20;

struct MailAttachments {
  std::vector<MailFile> files;  // no two of one name
  // Why the others are not among them, a line each, fit for a log:
  // Attachment "x" was not sent: it is empty
  std::vector<std::string> notes;
};

// Compresses into `folder`, which stays the caller's. Attachments that are not
// regular files with something in them get a note, as do those that would make
// it more than kMaxMailFilesBytes. Never blocks on what is no file. When
// `should_stop` says so, the rest gets notes, too. Thread-safe.
MailAttachments CompressAttachments(const std::vector<Attachment>& attachments,
                                    const std::string& folder,
                                    const std::function<bool()>& should_stop);

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_MAIL_ATTACHMENTS_H_
