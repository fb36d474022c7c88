// AttachmentStore: keeps what is attached to messages that wait, as it was when
// they were written.

#ifndef DIRWATCHER_NOTIFY_ATTACHMENT_STORE_H_
#define DIRWATCHER_NOTIFY_ATTACHMENT_STORE_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "notify/message.h"

namespace dirwatcher {

// Each message has a folder of its own, named by its id. Thread-safe; other
// processes may use the same store.
class AttachmentStore {
 public:
  // `dir` is made when something is kept. Empty: nothing is ever copied.
  explicit AttachmentStore(std::string dir) : dir_(std::move(dir)) {}

  // Copies the files and folders, and returns them with the paths of the
  // copies. Links are followed at the top, and left out within folders, as is
  // what is neither file nor folder. What is not there or cannot be copied
  // keeps its own path: who sends it says what is wrong with it.
  std::vector<Attachment> Keep(const std::string& message_id,
                               const std::vector<Attachment>& attachments);

  // Removes those of a message, if there are any.
  void Remove(const std::string& message_id);

  // Moves the copies of a message to `dir`, which must be on the same file
  // system. False: there are none, or they cannot be moved.
  bool LinkTo(const std::string& message_id, const std::string& dir) const;

  // Removes what belongs to no message, as a process leaves it that is killed:
  // folders for whose names `is_known` is false and that are older than an
  // hour.
  void RemoveStrays(
      absl::FunctionRef<bool(const std::string& message_id)> is_known,
      absl::Time now);

 private:
  std::string FolderOf(const std::string& message_id) const;

  const std::string dir_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_ATTACHMENT_STORE_H_
