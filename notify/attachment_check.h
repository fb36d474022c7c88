// CheckAttachment: whether a path is something that can go with a message.
//
//   const AttachmentCheck check = CheckAttachment(attachment.path);
//   if (!check.is_file()) {
//     warn(attachment.name, DescribeAttachment(check.kind));
//   }
//
// All handlers ask here, so that they agree. Links are followed. What is
// neither file nor folder is never opened: that alone could block or move
// something.

#ifndef DIRWATCHER_NOTIFY_ATTACHMENT_CHECK_H_
#define DIRWATCHER_NOTIFY_ATTACHMENT_CHECK_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace dirwatcher {

enum class AttachmentKind {
  kFile,        // a regular file with something in it
  kEmpty,       // a regular file with nothing in it
  kMissing,     // nothing is there, or a link to nothing
  kDirectory,   // that can be listed
  kIrregular,   // a FIFO, a socket, a device
  kUnreadable,  // it may not be read, or cannot be
};

struct AttachmentCheck {
  AttachmentKind kind = AttachmentKind::kMissing;
  int64_t size_bytes = 0;  // kFile: more than 0; others: 0

  bool is_file() const { return kind == AttachmentKind::kFile; }
};

// Looks at `path` as it is now; a moment later it may be something else.
// Thread-safe.
AttachmentCheck CheckAttachment(const std::string& path);

// What stands after "Attachment "x" ": "is empty", "does not exist", "is a
// directory", "is not a regular file", "cannot be read".
// REQUIRES: kind is not kFile.
absl::string_view DescribeAttachment(AttachmentKind kind);

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_ATTACHMENT_CHECK_H_
