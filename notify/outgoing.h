// WriteMessage: what turns details into a message that can be sent.

#ifndef DIRWATCHER_NOTIFY_OUTGOING_H_
#define DIRWATCHER_NOTIFY_OUTGOING_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "notify/message.h"

namespace dirwatcher {

// A message of this moment and this machine, with an id that no other has.
// Attachments are known by the last part of their paths.
OutgoingMessage WriteMessage(const MessageDetails& details,
                             const std::string& signature, absl::Time now);

// "NAME version: VERSION".
std::string Signature(absl::string_view name, absl::string_view version);

// The name of this machine; "localhost" if it has none.
std::string HostName();

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_OUTGOING_H_
