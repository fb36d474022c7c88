// MessageDetails: what somebody is to be told.
//
//   MessageDetails details;
//   details.subject = "Backup failed";
//   details.message = "No space left on device";
//   details.Attach("/var/log/backup.log");
//   supervisor.Notify(details);
//
// OutgoingMessage is the same once it is about to be sent: with who says it,
// where and when, and with the one identity that it keeps through every try.

#ifndef DIRWATCHER_NOTIFY_MESSAGE_H_
#define DIRWATCHER_NOTIFY_MESSAGE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace dirwatcher {

struct MessageDetails {
  std::string subject;
  std::string message;
  std::vector<std::string> attachments;  // paths

  void Attach(std::string path) { attachments.push_back(std::move(path)); }
  void Attach(const std::vector<std::string>& paths) {
    attachments.insert(attachments.end(), paths.begin(), paths.end());
  }
};

// A file that goes with a message.
struct Attachment {
  std::string name;  // what the reader sees: the last part of the path
  std::string path;  // where it is read from; perhaps a copy
};

struct OutgoingMessage {
  // Unique for good, as RFC 5322 3.6.4 has it, without the angle brackets:
  // "a1b2c3@host".
  std::string id;
  absl::Time time;   // when it was written
  std::string host;  // where
  // The last line of every message: "NAME version: VERSION".
  std::string signature;
  std::string subject;
  // Lines end with \n; any bytes. What is not valid UTF-8 is replaced when it
  // is sent.
  std::string text;
  std::vector<Attachment> attachments;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_MESSAGE_H_
