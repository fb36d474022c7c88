// EmailProgress: who of the recipients of a mail is still to get it. Pure.

#ifndef DIRWATCHER_NOTIFY_EMAIL_PROGRESS_H_
#define DIRWATCHER_NOTIFY_EMAIL_PROGRESS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace dirwatcher {

struct EmailProgress {
  bool is_delivered = false;      // somebody has got it
  std::vector<std::string> left;  // neither got it nor were refused for good

  // As text for DeliveryAttempt::save_progress. REQUIRES: valid UTF-8.
  std::string ToText() const;

  // None: the text is none of ToText's.
  static absl::optional<EmailProgress> FromText(absl::string_view text);
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_EMAIL_PROGRESS_H_
