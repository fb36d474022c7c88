// Slack's own words for what went wrong: "invalid_auth". Pure.

#ifndef DIRWATCHER_NOTIFY_SLACK_ERROR_H_
#define DIRWATCHER_NOTIFY_SLACK_ERROR_H_

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"

namespace dirwatcher {

// Whether `text` is one of them: some small letters and underscores. Anything
// else may come from somebody else, and hold anything.
inline bool IsSlackError(absl::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_islower(c) || c == '_'; });
}

// Whether it may go well later. The names are those that docs.slack.dev lists
// for all methods.
inline bool IsTemporarySlackError(absl::string_view error) {
  return error == "ratelimited" || error == "rate_limited" ||
         error == "internal_error" || error == "fatal_error" ||
         error == "service_unavailable" || error == "request_timeout" ||
         error == "team_added_to_org" || error == "rollup_error";
}

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_SLACK_ERROR_H_
