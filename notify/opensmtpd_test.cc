// A mail goes through a mail server that others use, and arrives as it was
// meant.

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/time/time.h"
#include "env/system_clock.h"
#include "env/testing/test_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "notify/curl_smtp_client.h"
#include "notify/email_handler.h"
#include "notify/message.h"
#include "notify/message_handler.h"
#include "notify/testing/test_folder.h"

namespace dirwatcher {
namespace {

using testing::HasSubstr;

bool Eventually(const std::string& path) {
  SystemClock clock;
  const absl::Duration deadline = clock.Uptime() + absl::Minutes(1);
  while (clock.Uptime() < deadline) {
    if (std::filesystem::exists(path)) return true;
    usleep(10'000);
  }
  return false;
}

TEST(OpenSmtpd, DeliversToTheRecipientThatExists) {
  if (geteuid() != 0 || std::system("unshare -m true 2>/dev/null") != 0) {
    GTEST_SKIP() << "OpenSMTPD needs root, and a mount namespace of its own";
  }
  const TestFolder folder;
  const TestServer server({"unshare", "-m", "python3",
                           "notify/testing/opensmtpd.py", folder.path()});
  EmailSettings settings;
  settings.smtp_server = "127.0.0.1";
  settings.smtp_port = server.port();
  settings.from_address = "from@a.example";
  settings.to_addresses = {"no-such-user@b.example", "nobody@b.example"};
  OutgoingMessage message;
  message.id = "id.1@host";
  message.time = absl::UnixEpoch();
  message.subject = "Sicherung \xF0\x9F\x98\xB1";
  message.text = "<module>\n.\n..\n" + std::string(5000, 'l') + "\n";
  message.signature = "backup version: 1";
  message.attachments = {{"\xC3\xBC.log", folder.Write("log", "what it said")}};

  SystemClock clock;
  CurlSmtpClient smtp(nullptr);
  EmailHandler handler(settings, &smtp, &clock, nullptr);
  const DeliveryResult result = handler.Send(message, DeliveryAttempt());
  ASSERT_EQ(result.outcome, DeliveryOutcome::kDelivered) << result.reason;
  ASSERT_EQ(result.warnings.size(), 1u);
  EXPECT_THAT(result.warnings[0], HasSubstr("no-such-user@b.example"));
  EXPECT_THAT(result.warnings[0], HasSubstr("550"));

  ASSERT_TRUE(Eventually(folder / "1.eml"));
  const nlohmann::json mail = nlohmann::json::parse(TestFolder::Run(
      "python3 notify/testing/read_mail.py " + (folder / "1.eml")));
  EXPECT_EQ(mail["headers"]["Subject"], message.subject);
  EXPECT_EQ(mail["headers"]["Message-ID"], "<id.1@host>");
  ASSERT_EQ(mail["parts"].size(), 3u);
  std::string text;
  ASSERT_TRUE(absl::Base64Unescape(
      mail["parts"][0]["content"].get<std::string>(), &text));
  // It keeps mails with the line ends of Unix.
  EXPECT_EQ(text, message.text + "\nbackup version: 1\n");
  EXPECT_EQ(mail["parts"][2]["name"], "\xC3\xBC.log.gz");
  std::string gzip;
  ASSERT_TRUE(absl::Base64Unescape(
      mail["parts"][2]["content"].get<std::string>(), &gzip));
  EXPECT_EQ(TestFolder::Run("gzip -dc " + folder.Write("part.gz", gzip)),
            "what it said");
}

}  // namespace
}  // namespace dirwatcher
