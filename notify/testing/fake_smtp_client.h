// FakeSmtpClient: does with mails as a test says, and remembers them. Testonly.

#ifndef DIRWATCHER_NOTIFY_TESTING_FAKE_SMTP_CLIENT_H_
#define DIRWATCHER_NOTIFY_TESTING_FAKE_SMTP_CLIENT_H_

#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "notify/smtp_client.h"

namespace dirwatcher {

// Thread-compatible. Accepts everything for those that `verdicts` does not
// name.
class FakeSmtpClient : public SmtpClient {
 public:
  std::vector<SmtpResult> Send(const SmtpServer& server, const SmtpMail& mail,
                               absl::Duration timeout) override {
    servers.push_back(server);
    mails.push_back(mail);
    timeouts.push_back(timeout);
    std::vector<SmtpResult> results;
    for (const std::string& recipient : mail.recipients) {
      const auto verdict = verdicts.find(recipient);
      results.push_back(verdict == verdicts.end()
                            ? SmtpResult{SmtpVerdict::kAccepted, ""}
                            : verdict->second);
    }
    return results;
  }

  std::map<std::string, SmtpResult> verdicts;  // of recipients
  // What Send was called with.
  std::vector<SmtpServer> servers;
  std::vector<SmtpMail> mails;
  std::vector<absl::Duration> timeouts;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_TESTING_FAKE_SMTP_CLIENT_H_
