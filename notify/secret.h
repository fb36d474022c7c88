// SecretSource: where a password or a token is read from; never the secret.

#ifndef DIRWATCHER_NOTIFY_SECRET_H_
#define DIRWATCHER_NOTIFY_SECRET_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace dirwatcher {

// The first of these that is not empty holds; after `file` or `variable` no
// other is looked at.
struct SecretSource {
  std::string file;              // the content of this file
  std::string variable;          // the value of this environment variable
  std::string default_variable;  // the same, if it is set
  // The file of this name in $CREDENTIALS_DIRECTORY (systemd.exec(5),
  // "Credentials").
  std::string credential;
};

// The value of an environment variable; none if it is not set.
using EnvironmentLookup =
    std::function<absl::optional<std::string>(const std::string& name)>;

EnvironmentLookup ProcessEnvironment();

// Reads the secret anew. One line break at the end of a file is no part of it.
// Empty: it is not set anywhere, or is empty there.
//   INVALID_ARGUMENT  `file` cannot be read, or is longer than 64 KiB, or the
//                     secret has a line break within; the message names the
//                     place, not the content
absl::StatusOr<std::string> ReadSecret(const SecretSource& source,
                                       const EnvironmentLookup& environment);

// Where it should have been: "environment variable SLACK_WEBHOOK_URL".
std::string DescribeSource(const SecretSource& source);

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_SECRET_H_
