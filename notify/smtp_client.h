// SmtpClient: hands one mail to a mail server (RFC 5321).
//
//   SmtpServer server;
//   server.host = "mx.example.com";
//   server.port = 587;
//   server.tls = TlsMode::kStartTls;
//   std::vector<SmtpResult> results = client->Send(server, mail, timeout);
//   // results[i] is what became of it for mail.recipients[i]
//
// CurlSmtpClient is the real one; FakeSmtpClient does as a test says.

#ifndef DIRWATCHER_NOTIFY_SMTP_CLIENT_H_
#define DIRWATCHER_NOTIFY_SMTP_CLIENT_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "notify/tls_mode.h"

namespace dirwatcher {

struct SmtpServer {
  std::string host;  // a name or an address; IPv6 without brackets: "::1"
  int port = 25;
  TlsMode tls = TlsMode::kNone;
  std::string ca_file;  // PEM in place of the system's; empty: the system's
  std::string user;     // empty: without authentication
  std::string password;
};

struct MailFile {
  std::string path;         // read while it is sent
  std::string disposition;  // its header (notify/mail_headers.h)
  std::string type;         // "application/gzip"
};

// A mail whose text has two forms, with files.
struct SmtpMail {
  std::string from;
  std::vector<std::string> recipients;  // at least one
  // Without CRLF at the end; those of MIME are added.
  std::vector<std::string> headers;
  std::string text;  // UTF-8; lines end with CRLF
  std::string html;  // the same
  std::vector<MailFile> files;
};

enum class SmtpVerdict {
  kAccepted,  // the server answers for it now
  kNotNow,    // no connection, a timeout, a reply 4xx
  kRefused,   // for good: a reply 5xx, or it cannot even be asked
};

struct SmtpResult {
  SmtpVerdict verdict = SmtpVerdict::kNotNow;
  // Why it was not accepted: one line, without secrets.
  std::string reason;
};

// Thread-safe.
class SmtpClient {
 public:
  virtual ~SmtpClient() = default;

  // Tries once, for `timeout` at most, and returns as many results as there are
  // recipients. A recipient that is refused alone does not keep the mail from
  // the others. When it is not known whether the server accepted the mail, it
  // is kNotNow: better twice than never (RFC 5321, 6.1).
  virtual std::vector<SmtpResult> Send(const SmtpServer& server,
                                       const SmtpMail& mail,
                                       absl::Duration timeout) = 0;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_SMTP_CLIENT_H_
