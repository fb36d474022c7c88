// EmailHandler: sends messages as mail.
//
//   multipart/mixed
//     multipart/alternative
//       text/plain     text, an empty line, signature
//       text/html      the same
//     application/gzip, each attachment, as NAME.gz
//
// What cannot be attached costs a warning, and a line after the text that says
// why.

#ifndef DIRWATCHER_NOTIFY_EMAIL_HANDLER_H_
#define DIRWATCHER_NOTIFY_EMAIL_HANDLER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "env/clock.h"
#include "env/interrupt_flag.h"
#include "notify/email_progress.h"
#include "notify/message.h"
#include "notify/message_handler.h"
#include "notify/smtp_client.h"
#include "notify/tls_mode.h"

namespace dirwatcher {

struct EmailSettings {
  std::string smtp_server;   // required: a host's name or address
  int smtp_port = 0;         // 0: 25, with kStartTls 587, with kImplicit 465
  std::string from_address;  // required
  std::vector<std::string> to_addresses;  // required; each gets it once
  std::string prefix;                     // before the subject, as it stands
  std::string user;                       // empty: without authentication
  std::string password;                   // required with `user`; secret
  TlsMode tls = TlsMode::kNone;
  std::string ca_file;  // PEM; empty: the system's certificates
};

// Thread-safe.
class EmailHandler : public MessageHandler {
 public:
  // When `interrupt` is raised attachments are no longer compressed; it may be
  // null. All must outlive this.
  EmailHandler(EmailSettings settings, SmtpClient* smtp, Clock* clock,
               const InterruptFlag* interrupt);

  // Recipients that are refused for good cost a warning each, and are not tried
  // again; those that are refused for now are tried again alone. Once somebody
  // has got the mail, it is delivered, whoever else refuses it. Refused, and
  // nothing is sent, when the subject or an address has CR, LF or NUL, or an
  // address is none.
  //
  // Attachments get at most half of the attempt's time.
  DeliveryResult Send(const OutgoingMessage& message,
                      const DeliveryAttempt& attempt) override;

 private:
  std::string MissingSetting() const;
  absl::Status CheckHeaders(const OutgoingMessage& message) const;
  std::vector<std::string> Headers(const OutgoingMessage& message) const;
  SmtpServer Server() const;
  // Those of the settings that are left.
  EmailProgress Start(const DeliveryAttempt& attempt) const;

  const EmailSettings
      settings_;            // to_addresses: no two alike; smtp_port: not 0
  SmtpClient* const smtp_;  // not owned
  Clock* const clock_;      // not owned
  const InterruptFlag* const interrupt_;  // not owned; may be null
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_EMAIL_HANDLER_H_
