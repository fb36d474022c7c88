// SendGridHandler: sends messages as mail through SendGrid's API.
//
// Every attachment goes as a ZIP: a file "job.log" as job.zip, a folder "logs"
// as logs.zip, no two of one name. What cannot be attached stands before the
// text, and costs a warning:
//
//   ==================== Supervisor Warning
//   * Attachment "job.log" does not exist

#ifndef DIRWATCHER_NOTIFY_SENDGRID_HANDLER_H_
#define DIRWATCHER_NOTIFY_SENDGRID_HANDLER_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "notify/http_delivery.h"
#include "notify/message_handler.h"
#include "notify/sendgrid_mail.h"

namespace dirwatcher {

struct SendGridSettings {
  std::string api_key;                    // required; secret
  std::string from_address;               // required
  std::vector<std::string> to_addresses;  // required; each gets it once
  std::string prefix;                     // before the subject, as it stands
  std::string endpoint = "https://api.sendgrid.com";
  std::string ca_file;  // PEM; empty: the system's certificates
};

// Thread-safe.
class SendGridHandler : public MessageHandler {
 public:
  // `http` must outlive it.
  SendGridHandler(SendGridSettings settings, const HttpDelivery* http);

  // One request for every 1000 recipients, which next attempts do not repeat.
  // Refused, and nothing is sent, when the subject or an address has CR, LF or
  // NUL. Attachments get at most half of the attempt's time, and those that
  // would make the mail longer than 30 MB are left out.
  DeliveryResult Send(const OutgoingMessage& message,
                      const DeliveryAttempt& attempt) override;

 private:
  std::string MissingSetting() const;
  // Adds the files and the text to `mail`; returns the warnings.
  std::vector<std::string> Fill(const OutgoingMessage& message,
                                absl::Duration deadline,
                                SendGridMail* mail) const;
  DeliveryResult Post(const SendGridMail& mail, absl::Duration deadline) const;

  const SendGridSettings settings_;  // to_addresses: no two alike
  const HttpDelivery* const http_;   // not owned
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_SENDGRID_HANDLER_H_
