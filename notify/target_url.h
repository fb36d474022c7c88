// SplitUrl: the parts of a URL, as RFC 3986 has them. Pure.

#ifndef DIRWATCHER_NOTIFY_TARGET_URL_H_
#define DIRWATCHER_NOTIFY_TARGET_URL_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace dirwatcher {

// The parts are percent-decoded; a plus is a plus. What is not there is empty.
struct UrlParts {
  std::string scheme;  // in lower case
  bool has_authority = false;
  std::string user;
  bool has_password = false;  // which is not kept
  std::string host;           // without the brackets of an IPv6 address
  absl::optional<int> port;   // 1..65535
  std::string path;
  // KEY=VALUE parts of the query, in their order.
  std::vector<std::pair<std::string, std::string>> query;
};

// INVALID_ARGUMENT: it is none; the message says what is wrong, not with what.
absl::StatusOr<UrlParts> SplitUrl(absl::string_view url);

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_TARGET_URL_H_
