// CurlSmtpClient: SMTP over libcurl.

#ifndef DIRWATCHER_NOTIFY_CURL_SMTP_CLIENT_H_
#define DIRWATCHER_NOTIFY_CURL_SMTP_CLIENT_H_

#include <vector>

#include "absl/time/time.h"
#include "env/interrupt_flag.h"
#include "notify/smtp_client.h"

namespace dirwatcher {

// Thread-safe. Every mail has a connection of its own.
//
// Where TLS is demanded, nothing is sent without it, not even MAIL; the
// server's certificate and name are always verified. A server that does not
// know AUTH is asked without, even if there is a user: it refuses or not.
class CurlSmtpClient : public SmtpClient {
 public:
  // When `interrupt` is raised what is sent is broken off, within a second,
  // with kNotNow. It may be null; otherwise it must outlive this.
  explicit CurlSmtpClient(const InterruptFlag* interrupt)
      : interrupt_(interrupt) {}

  // A mail that the server accepted stays so, whatever follows; the answer to
  // QUIT is waited for a second at most. A host or an address that libcurl
  // cannot use is kRefused. If libcurl is not installed: kNotNow.
  std::vector<SmtpResult> Send(const SmtpServer& server, const SmtpMail& mail,
                               absl::Duration timeout) override;

 private:
  const InterruptFlag* const interrupt_;  // not owned
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_CURL_SMTP_CLIENT_H_
