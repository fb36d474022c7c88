// SlackProgress: what Slack has accepted of a message. Pure.

#ifndef DIRWATCHER_NOTIFY_SLACK_PROGRESS_H_
#define DIRWATCHER_NOTIFY_SLACK_PROGRESS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace dirwatcher {

struct SlackProgress {
  // How many parts are posted.
  size_t posted = 0;
  // What the message says of attachments that are not sent. Settled before the
  // first part, as the cuts depend on it.
  std::vector<std::string> notes;
  // Attachments that are still to be shared, by their place in the message.
  std::vector<size_t> pending;
  // The same as `notes` of those that failed later, which no part says.
  std::vector<std::string> late_notes;

  // As text for DeliveryAttempt::save_progress.
  std::string ToText() const;

  // None: the text is none of ToText's.
  static absl::optional<SlackProgress> FromText(absl::string_view text);
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_SLACK_PROGRESS_H_
