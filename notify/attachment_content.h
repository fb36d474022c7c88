// What attachments are sent as where they go in one piece: the bytes of a file,
// or a ZIP of a file or a folder.
//
// All of it is held in memory, so there is always a limit.

#ifndef DIRWATCHER_NOTIFY_ATTACHMENT_CONTENT_H_
#define DIRWATCHER_NOTIFY_ATTACHMENT_CONTENT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "notify/archive_limits.h"
#include "notify/message.h"

namespace dirwatcher {

// The bytes of a regular file; of one that grows, those of the start. Never
// blocks.
//   FAILED_PRECONDITION  it is not regular
//   RESOURCE_EXHAUSTED   it has more than `max_bytes`
//   others               those of env/errno_status.h
absl::StatusOr<std::string> ReadAttachment(const std::string& path,
                                           int64_t max_bytes);

struct ZippedAttachment {
  std::string content;
  // What a folder has that could not be read, one line each.
  std::vector<std::string> left_out;
};

// A ZIP of the file or folder that the attachment is, under its name. Errors as
// in notify/archive.h.
absl::StatusOr<ZippedAttachment> ZipAttachment(const Attachment& attachment,
                                               const ArchiveLimits& limits);

// The name without its last extension: "job.log" -> "job", ".profile" stays.
std::string StemOf(const std::string& name);

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_ATTACHMENT_CONTENT_H_
