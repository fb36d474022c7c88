// Target: who is to be told, and how, as people write it: a URL.
//
//   mailto://[USER@]HOST[:PORT]?from=ADDR&to=ADDR[,ADDR...]    SMTP
//   smtps://...                                   the same with tls=implicit
//   slack://                                      an incoming webhook
//   sendgrid://?from=ADDR&to=ADDR                 SendGrid's API
//   https://HOST/...  http://HOST/...             a webhook
//   console:                                      standard error
//
// docs/supervise.md has all keys. A target holds no secret, but says where one
// is read; so it can be stored and shown. Only the path and query of a webhook
// may be secret: logs get the label of a target, never its text.

#ifndef DIRWATCHER_NOTIFY_TARGET_H_
#define DIRWATCHER_NOTIFY_TARGET_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "notify/secret.h"
#include "notify/tls_mode.h"

namespace dirwatcher {

enum class TargetKind { kMail, kSlack, kSendGrid, kWebhook, kConsole };

// What a target says; what its kind does not have is empty.
struct Target {
  TargetKind kind = TargetKind::kConsole;
  std::string text;   // as it was written
  std::string label;  // for logs: scheme and host, like mailto://mx.example.com

  std::string host;  // kMail
  int port = 0;      // kMail; 0: that of `tls`
  std::string user;  // kMail; empty: without authentication
  TlsMode tls = TlsMode::kNone;
  std::string from_address;               // kMail, kSendGrid
  std::vector<std::string> to_addresses;  // each once, in their order
  std::string prefix;                     // of the subject
  std::string ca_file;                    // empty: the system's certificates
  std::string channel;                    // kSlack: where files go
  std::string endpoint;                   // kSendGrid, kSlack; empty: default
  SecretSource secret;                    // password, webhook URL or API key
  SecretSource token;                     // kSlack: a bot's, for files
};

// INVALID_ARGUMENT: one line that names the target, as far as it cannot hold a
// secret, and says what was expected.
absl::StatusOr<Target> ParseTarget(absl::string_view text);

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_TARGET_H_
