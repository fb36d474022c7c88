#include "notify/email_handler.h"

#include <functional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "env/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "notify/testing/fake_smtp_client.h"
#include "notify/testing/test_folder.h"

namespace dirwatcher {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Strings = std::vector<std::string>;

class EmailHandlerTest : public testing::Test {
 protected:
  EmailHandlerTest() {
    settings_.smtp_server = "mx.example";
    settings_.from_address = "from@a.example";
    settings_.to_addresses = {"one@b.example", "two@b.example"};
    message_.id = "id@host";
    message_.time = absl::UnixEpoch();
    message_.subject = "Backup failed";
    message_.text = "No space\n";
    message_.signature = "backup version: 1";
    attempt_.save_progress = [this](const std::string& progress) {
      saved_.push_back(progress);
    };
  }

  DeliveryResult Send() {
    return EmailHandler(settings_, &smtp_, &clock_, nullptr)
        .Send(message_, attempt_);
  }

  // A try after the one before it.
  DeliveryResult SendAgain() {
    if (!saved_.empty()) attempt_.progress = saved_.back();
    return Send();
  }

  EmailSettings settings_;
  OutgoingMessage message_;
  DeliveryAttempt attempt_;
  FakeSmtpClient smtp_;
  FakeClock clock_;
  Strings saved_;
};

TEST_F(EmailHandlerTest, NamesAMissingSetting) {
  const auto expect_missing = [this](const char* name) {
    const DeliveryResult result = Send();
    EXPECT_EQ(result.outcome, DeliveryOutcome::kNotConfigured);
    EXPECT_THAT(result.reason, HasSubstr(name));
  };
  settings_.user = "me";
  expect_missing("password");
  settings_.to_addresses = {"one@b.example", ""};
  expect_missing("to_addresses");
  settings_.to_addresses = {};
  expect_missing("to_addresses");
  settings_.from_address = "";
  expect_missing("from_address");
  settings_.smtp_server = "";
  expect_missing("smtp_server");
  EXPECT_TRUE(smtp_.mails.empty());
}

TEST_F(EmailHandlerTest, WritesTheHeaders) {
  settings_.prefix = "[x]";
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kDelivered);
  ASSERT_EQ(smtp_.mails.size(), 1u);
  EXPECT_THAT(smtp_.mails[0].headers,
              ElementsAre("From: from@a.example",
                          "To: one@b.example,\r\n two@b.example",
                          "Date: Thu, 01 Jan 1970 00:00:00 +0000",
                          "Message-ID: <id@host>", "Subject: [x]Backup failed",
                          "Auto-Submitted: auto-generated"));
  EXPECT_EQ(smtp_.mails[0].from, "from@a.example");
}

TEST_F(EmailHandlerTest, WritesBothForms) {
  message_.text = "<module> said\n.\r\n\xFF";
  Send();
  EXPECT_EQ(smtp_.mails[0].text,
            "<module> said\r\n.\r\n\xEF\xBF\xBD\r\n\r\nbackup version: 1\r\n");
  EXPECT_THAT(smtp_.mails[0].html,
              HasSubstr("<pre>\r\n&lt;module&gt; said\r\n.\r\n\xEF\xBF\xBD\r\n"
                        "\r\nbackup version: 1\r\n</pre>"));
}

TEST_F(EmailHandlerTest, KnowsThePorts) {
  for (const TlsMode tls :
       {TlsMode::kNone, TlsMode::kStartTls, TlsMode::kImplicit}) {
    settings_.tls = tls;
    Send();
  }
  settings_.smtp_port = 2525;
  Send();
  std::vector<int> ports;
  for (const SmtpServer& server : smtp_.servers) ports.push_back(server.port);
  EXPECT_THAT(ports, ElementsAre(25, 587, 465, 2525));
}

TEST_F(EmailHandlerTest, PassesOnHowToReachTheServer) {
  settings_.tls = TlsMode::kStartTls;
  settings_.ca_file = "ca.pem";
  settings_.user = "me";
  settings_.password = "secret";
  Send();
  EXPECT_EQ(smtp_.servers[0].host, "mx.example");
  EXPECT_EQ(smtp_.servers[0].tls, TlsMode::kStartTls);
  EXPECT_EQ(smtp_.servers[0].ca_file, "ca.pem");
  EXPECT_EQ(smtp_.servers[0].user, "me");
  EXPECT_EQ(smtp_.servers[0].password, "secret");
}

TEST_F(EmailHandlerTest, SendsToEachOnce) {
  settings_.to_addresses = {"a@b", "c@d", "a@b", "A@B"};
  Send();
  EXPECT_EQ(smtp_.mails[0].recipients, (Strings{"a@b", "c@d"}));
}

TEST_F(EmailHandlerTest, LetsNobodyWriteIntoTheHead) {
  const EmailSettings good = settings_;
  const OutgoingMessage good_message = message_;
  const std::vector<std::function<void()>> faults = {
      [&] { message_.subject = "a\r\nBcc: b@c"; },
      [&] { message_.subject = "a\nb"; },
      [&] { message_.id = "a>\r\nBcc: b@c"; },
      [&] { settings_.prefix = "a\r"; },
      [&] { settings_.from_address = "a@b\r\nDATA"; },
      [&] {
        settings_.to_addresses = {"a@b", "c@d>\r\nDATA"};
      },
      [&] {
        settings_.to_addresses = {"a@b", "c d@e"};
      },
  };
  for (const auto& fault : faults) {
    settings_ = good;
    message_ = good_message;
    fault();
    const DeliveryResult result = Send();
    EXPECT_EQ(result.outcome, DeliveryOutcome::kRefused);
    EXPECT_FALSE(result.reason.empty());
  }
  EXPECT_TRUE(smtp_.mails.empty());
}

TEST_F(EmailHandlerTest, WarnsOnceOfARecipientThatIsRefused) {
  smtp_.verdicts["one@b.example"] = {SmtpVerdict::kRefused, "no such user"};
  const DeliveryResult result = Send();
  EXPECT_EQ(result.outcome, DeliveryOutcome::kDelivered);
  EXPECT_THAT(result.warnings,
              ElementsAre("Recipient one@b.example will not get the mail: no "
                          "such user"));
  EXPECT_TRUE(saved_.empty());
}

TEST_F(EmailHandlerTest, TriesThoseThatAreLeftAlone) {
  settings_.to_addresses = {"a@b", "c@d", "e@f"};
  smtp_.verdicts["a@b"] = {SmtpVerdict::kNotNow, "busy"};
  smtp_.verdicts["c@d"] = {SmtpVerdict::kRefused, "gone"};
  DeliveryResult result = Send();
  EXPECT_EQ(result.outcome, DeliveryOutcome::kTryAgain);
  EXPECT_EQ(result.reason, "busy");
  EXPECT_EQ(result.warnings.size(), 1u);
  ASSERT_EQ(saved_.size(), 1u);

  result = SendAgain();
  EXPECT_EQ(result.outcome, DeliveryOutcome::kTryAgain);
  EXPECT_TRUE(result.warnings.empty());
  EXPECT_EQ(smtp_.mails[1].recipients, Strings{"a@b"});
  EXPECT_EQ(smtp_.mails[1].headers, smtp_.mails[0].headers);
  EXPECT_EQ(saved_.size(), 1u);  // nothing new

  smtp_.verdicts.clear();
  EXPECT_EQ(SendAgain().outcome, DeliveryOutcome::kDelivered);
  EXPECT_EQ(smtp_.mails[2].recipients, Strings{"a@b"});
}

TEST_F(EmailHandlerTest, IsDeliveredOnceSomebodyHasIt) {
  smtp_.verdicts["one@b.example"] = {SmtpVerdict::kNotNow, "busy"};
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kTryAgain);
  smtp_.verdicts["one@b.example"] = {SmtpVerdict::kRefused, "gone"};
  const DeliveryResult result = SendAgain();
  EXPECT_EQ(result.outcome, DeliveryOutcome::kDelivered);
  EXPECT_EQ(result.warnings.size(), 1u);
}

TEST_F(EmailHandlerTest, IsRefusedWhenAllRefuseIt) {
  smtp_.verdicts["one@b.example"] = {SmtpVerdict::kRefused, "gone"};
  smtp_.verdicts["two@b.example"] = {SmtpVerdict::kNotNow, "busy"};
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kTryAgain);
  smtp_.verdicts["two@b.example"] = {SmtpVerdict::kRefused, "gone, too"};
  DeliveryResult result = SendAgain();
  EXPECT_EQ(result.outcome, DeliveryOutcome::kRefused);
  EXPECT_EQ(result.reason, "gone, too");
  EXPECT_EQ(smtp_.mails[1].recipients, Strings{"two@b.example"});

  attempt_.progress = "";
  result = Send();
  EXPECT_EQ(result.outcome, DeliveryOutcome::kRefused);
  EXPECT_EQ(result.warnings.size(), 2u);  // they differ
  smtp_.verdicts["two@b.example"].reason = "gone";
  result = Send();
  EXPECT_EQ(result.reason, "gone");
  EXPECT_TRUE(result.warnings.empty());
}

TEST_F(EmailHandlerTest, SendsNothingWhenNobodyIsLeft) {
  attempt_.progress = R"({"delivered":true,"left":[]})";
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kDelivered);
  attempt_.progress = R"({"delivered":false,"left":["other@b.example"]})";
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kRefused);
  EXPECT_TRUE(smtp_.mails.empty());
}

TEST_F(EmailHandlerTest, SaysWhatCouldNotBeAttached) {
  const TestFolder folder;
  message_.attachments = {{"job.log", folder.Write("job.log", "text")},
                          {"x", folder / "missing"}};
  const DeliveryResult result = Send();
  const std::string note = "Attachment \"x\" was not sent: it does not exist";
  EXPECT_THAT(result.warnings, ElementsAre(note));
  EXPECT_EQ(smtp_.mails[0].text,
            "No space\r\n\r\n" + note + "\r\n\r\nbackup version: 1\r\n");
  EXPECT_THAT(smtp_.mails[0].html, HasSubstr("&quot;x&quot; was not sent"));
  ASSERT_EQ(smtp_.mails[0].files.size(), 1u);
  EXPECT_THAT(smtp_.mails[0].files[0].disposition, HasSubstr("job.log.gz"));
}

TEST_F(EmailHandlerTest, WarnsOfAttachmentsOnlyWhenItIsSent) {
  message_.attachments = {{"x", "missing"}};
  smtp_.verdicts["one@b.example"] = {SmtpVerdict::kNotNow, "busy"};
  smtp_.verdicts["two@b.example"] = {SmtpVerdict::kNotNow, "busy"};
  EXPECT_TRUE(Send().warnings.empty());
}

TEST_F(EmailHandlerTest, LeavesNoFilesBehind) {
  const TestFolder folder;
  message_.attachments = {{"job.log", folder.Write("job.log", "text")}};
  Send();
  EXPECT_TRUE(TestFolder::Read(smtp_.mails[0].files[0].path).empty());
}

TEST_F(EmailHandlerTest, PassesOnTheTime) {
  attempt_.timeout = absl::Seconds(7);
  Send();
  EXPECT_EQ(smtp_.timeouts[0], absl::Seconds(7));
}

}  // namespace
}  // namespace dirwatcher
