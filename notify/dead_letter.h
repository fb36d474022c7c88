// WriteDeadLetter: puts away what was refused for good, for people to read.

#ifndef DIRWATCHER_NOTIFY_DEAD_LETTER_H_
#define DIRWATCHER_NOTIFY_DEAD_LETTER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "notify/attachment_store.h"
#include "notify/message.h"

namespace dirwatcher {

struct DeadLetter {
  OutgoingMessage message;
  std::string target;
  std::string reason;
  absl::Time refused_at;
};

// Makes the folder `path`, with the message as message.json (message_id,
// target, reason, refused_at, time, host, subject, message, signature,
// attachments) and what is attached to it in files/. It is there as a whole or
// not at all; if it is there already it stays as it is. The errors are those of
// the file system.
absl::Status WriteDeadLetter(const std::string& path, const DeadLetter& letter,
                             const AttachmentStore& files);

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_DEAD_LETTER_H_
