// EmailHandler over CurlSmtpClient, to a real server, read back by Python's
// email package.

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "env/system_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "notify/curl_smtp_client.h"
#include "notify/email_handler.h"
#include "notify/testing/test_folder.h"
#include "notify/testing/test_mail_server.h"

namespace dirwatcher {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Json = nlohmann::json;

class EmailDeliveryTest : public testing::Test {
 protected:
  EmailDeliveryTest() {
    settings_.smtp_server = "127.0.0.1";
    settings_.smtp_port = server_.port();
    settings_.from_address = "from@a.example";
    settings_.to_addresses = {"one@b.example", "two@b.example"};
    message_.id = "id.1@host";
    message_.time = absl::FromUnixSeconds(1796000000);
    message_.subject = "Backup failed";
    message_.text = "No space\n";
    message_.signature = "backup version: 1";
    attempt_.timeout = absl::Seconds(60);
    attempt_.save_progress = [this](const std::string& progress) {
      attempt_.progress = progress;
    };
  }

  DeliveryResult Send() {
    return EmailHandler(settings_, &smtp_, &clock_, nullptr)
        .Send(message_, attempt_);
  }

  // Sends, and reads what arrived.
  Json SendAndRead() {
    const DeliveryResult result = Send();
    EXPECT_EQ(result.outcome, DeliveryOutcome::kDelivered) << result.reason;
    warnings_ = result.warnings;
    EXPECT_GE(server_.MailCount(), 1);
    return server_.MailCount() == 0 ? Json()
                                    : server_.Read(server_.MailCount());
  }

  // What a part is, uncompressed.
  std::string Uncompressed(const Json& mail, size_t part) const {
    const std::string path =
        folder_.Write("part.gz", TestMailServer::Content(mail, part));
    return TestFolder::Run("gzip -dc " + path);
  }

  TestMailServer server_;
  const TestFolder folder_;
  SystemClock clock_;
  CurlSmtpClient smtp_{nullptr};
  EmailSettings settings_;
  OutgoingMessage message_;
  DeliveryAttempt attempt_;
  std::vector<std::string> warnings_;
};

TEST_F(EmailDeliveryTest, BringsTheWholeMessage) {
  settings_.prefix = "[\xC3\xBC] ";
  message_.subject =
      "Sicherung \xF0\x9F\x98\xB1 ging schief, und " + std::string(300, 'x');
  message_.text = "File <module>\n.\n..\n.x\r\nlone\rCR\n" +
                  std::string(5000, 'l') + "\ninvalid \xFF\xE2\x82 end & more";
  message_.attachments = {
      {"job.log", folder_.Write("job.log", std::string(100000, 'j'))},
      {"job.log", folder_.Write("job2.log", "second")},
      {"\xC3\xBC \"quoted\" \xF0\x9F\x98\xB1.txt", folder_.Write("u", "third")},
      {"empty.log", folder_.Write("empty.log", "")},
      {"missing.log", folder_ / "missing.log"}};
  const Json mail = SendAndRead();

  EXPECT_EQ(mail["defects"], Json::array());
  EXPECT_EQ(mail["structure"],
            Json({"multipart/mixed", "multipart/alternative", "text/plain",
                  "text/html", "application/gzip", "application/gzip",
                  "application/gzip"}));
  const Json& headers = mail["headers"];
  EXPECT_EQ(headers["Subject"], settings_.prefix + message_.subject);
  EXPECT_EQ(headers["Message-ID"], "<id.1@host>");
  EXPECT_EQ(headers["From"], "from@a.example");
  EXPECT_EQ(headers["To"], "one@b.example, two@b.example");
  EXPECT_EQ(headers["Date"], "Mon, 30 Nov 2026 00:53:20 +0000");
  EXPECT_EQ(headers["Auto-Submitted"], "auto-generated");

  const std::string notes =
      "Attachment \"empty.log\" was not sent: it is empty\r\n"
      "Attachment \"missing.log\" was not sent: it does not exist\r\n";
  EXPECT_EQ(TestMailServer::Content(mail, 0),
            "File <module>\r\n.\r\n..\r\n.x\r\nlone\rCR\r\n" +
                std::string(5000, 'l') +
                "\r\ninvalid \xEF\xBF\xBD\xEF\xBF\xBD end & more\r\n\r\n" +
                notes + "\r\nbackup version: 1\r\n");
  const std::string html = TestMailServer::Content(mail, 1);
  EXPECT_THAT(html, HasSubstr("File &lt;module&gt;\r\n.\r\n..\r\n"));
  EXPECT_THAT(html, HasSubstr("&amp; more"));
  EXPECT_THAT(html, HasSubstr("backup version: 1"));
  EXPECT_EQ(mail["parts"][0]["charset"], "utf-8");
  EXPECT_EQ(mail["parts"][1]["charset"], "utf-8");

  EXPECT_EQ(mail["parts"][2]["name"], "job.log.gz");
  EXPECT_EQ(Uncompressed(mail, 2), std::string(100000, 'j'));
  EXPECT_EQ(mail["parts"][3]["name"], "job-2.log.gz");
  EXPECT_EQ(Uncompressed(mail, 3), "second");
  EXPECT_EQ(mail["parts"][4]["name"],
            "\xC3\xBC \"quoted\" \xF0\x9F\x98\xB1.txt.gz");
  EXPECT_EQ(Uncompressed(mail, 4), "third");
  EXPECT_EQ(warnings_.size(), 2u);
}

TEST_F(EmailDeliveryTest, DoesNotEvenConnectForASubjectWithALineBreak) {
  message_.subject = "a\r\nBcc: c@d";
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kRefused);
  EXPECT_THAT(server_.Log(), ElementsAre());
}

TEST_F(EmailDeliveryTest, BringsItLaterToWhomItWasRefusedForNow) {
  settings_.to_addresses.push_back("three@b.example");
  server_.SetScript(Json::object(
      {{"rcpt",
        {{"one@b.example", "450 busy"}, {"two@b.example", "550 gone"}}}}));
  DeliveryResult result = Send();
  EXPECT_EQ(result.outcome, DeliveryOutcome::kTryAgain);
  EXPECT_EQ(result.warnings.size(), 1u);
  server_.SetScript(Json::object());
  result = Send();
  EXPECT_EQ(result.outcome, DeliveryOutcome::kDelivered);
  EXPECT_TRUE(result.warnings.empty());
  ASSERT_EQ(server_.MailCount(), 2);
  EXPECT_EQ(server_.Envelope(1)["to"], Json({"three@b.example"}));
  EXPECT_EQ(server_.Envelope(2)["to"], Json({"one@b.example"}));
  EXPECT_EQ(server_.Read(1)["headers"]["Message-ID"],
            server_.Read(2)["headers"]["Message-ID"]);
}

TEST_F(EmailDeliveryTest, TellsForGoodFromForNow) {
  server_.SetScript(Json::object({{"mail", "451 wait"}}));
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kTryAgain);
  server_.SetScript(Json::object({{"mail", "550 no"}}));
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kRefused);
  server_.SetScript(Json::object({{"data", "drop"}}));
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kTryAgain);
  server_.SetScript(Json::object());
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kDelivered);
  EXPECT_EQ(server_.MailCount(), 1);
}

}  // namespace
}  // namespace dirwatcher
