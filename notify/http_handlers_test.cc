// The handlers that speak HTTP, over real connections, against services that
// are as strict as their documentation.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "env/curl_http_client.h"
#include "env/interrupt_flag.h"
#include "env/system_clock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "notify/http_delivery.h"
#include "notify/sendgrid_handler.h"
#include "notify/slack_handler.h"
#include "notify/slack_text.h"
#include "notify/testing/http_service.h"
#include "notify/testing/test_folder.h"
#include "notify/webhook_handler.h"

namespace dirwatcher {
namespace {

using nlohmann::json;

constexpr char kScriptOfTroubles[] = R"(["drop", "hang",
    {"status": 500}, {"status": 503, "headers": {"Retry-After": "3600"}},
    {"status": 429, "headers": {"Retry-After": "1"}}, null])";

class HttpHandlersTest : public testing::Test {
 protected:
  HttpHandlersTest() {
    message_.id = "a1b2@db1";
    message_.time = absl::FromUnixSeconds(1700000000);
    message_.host = "db1";
    message_.subject = "job \xF0\x9F\x98\x80 failed";
    message_.text = "1 < 2 & \xFF\n";
    message_.signature = "job version: 1";
    attempt_.save_progress = [this](const std::string& progress) {
      attempt_.progress = progress;
    };
  }

  // Each attempt goes on where the last one ended.
  DeliveryResult Send(MessageHandler* handler) {
    DeliveryResult result = handler->Send(message_, attempt_);
    EXPECT_FALSE(absl::StrContains(result.reason, "secret")) << result.reason;
    return result;
  }

  // What a service may do before it accepts: no loss, and no second message.
  void ExpectDeliveryThroughTroubles(MessageHandler* handler,
                                     const HttpService& service) {
    attempt_.timeout = absl::Seconds(2);
    for (int i = 0; i < 4; ++i) {
      const DeliveryResult result = Send(handler);
      EXPECT_EQ(result.outcome, DeliveryOutcome::kTryAgain) << i;
      EXPECT_EQ(result.retry_after,
                i == 3 ? absl::Hours(1) : absl::ZeroDuration());
    }
    EXPECT_TRUE(service.Accepted().empty());
    // The 429 is waited out in place; a loaded machine may need a while.
    attempt_.timeout = absl::Seconds(60);
    EXPECT_EQ(Send(handler).outcome, DeliveryOutcome::kDelivered);
    EXPECT_EQ(service.Accepted().size(), 1u);
    EXPECT_EQ(service.Answers().size(), 6u);
  }

  OutgoingMessage message_;
  DeliveryAttempt attempt_;
  TestFolder folder_;
  SystemClock clock_;
  absl::StatusOr<InterruptFlag> flag_ = InterruptFlag::Create();
  CurlHttpClient client_{&*flag_};
  HttpDelivery http_{&client_, &clock_, [this](absl::Duration duration) {
                       return flag_->WaitFor(duration);
                     }};
};

class WebhookTest : public HttpHandlersTest {
 protected:
  static WebhookSettings SettingsOf(const HttpService& service) {
    return {service.url() + "/hook/secret?key=secret", ""};
  }
};

TEST_F(WebhookTest, GetsTheMessage) {
  HttpService service("webhook");
  WebhookHandler handler(SettingsOf(service), &http_);
  EXPECT_EQ(Send(&handler).outcome, DeliveryOutcome::kDelivered);
  EXPECT_EQ(service.Accepted(),
            std::vector<json>{
                json({{"subject", "job \xF0\x9F\x98\x80 failed"},
                      {"message", "1 < 2 & \xEF\xBF\xBD\n\njob version: 1"},
                      {"host", "db1"},
                      {"time", "2023-11-14T22:13:20Z"}})});
}

TEST_F(WebhookTest, GetsItOnceThroughTroubles) {
  HttpService service("webhook", kScriptOfTroubles);
  WebhookHandler handler(SettingsOf(service), &http_);
  ExpectDeliveryThroughTroubles(&handler, service);
}

TEST_F(WebhookTest, RefusesForGood) {
  HttpService service("webhook");
  WebhookHandler handler({service.url() + "/secret", ""}, &http_);
  EXPECT_EQ(Send(&handler).outcome, DeliveryOutcome::kRefused);
  EXPECT_TRUE(service.Accepted().empty());
}

TEST_F(WebhookTest, IsTriedAgainWhileNobodyListens) {
  WebhookHandler handler({"http://127.0.0.1:1/secret", ""}, &http_);
  const DeliveryResult result = Send(&handler);
  EXPECT_EQ(result.outcome, DeliveryOutcome::kTryAgain);
  EXPECT_TRUE(absl::StrContains(result.reason, "127.0.0.1"));
}

TEST_F(WebhookTest, IsRefusedWithoutAUrlThatCanBeUsed) {
  for (const char* const url : {"ftp://127.0.0.1/secret", "file:///secret",
                                "http://[secret", "secret"}) {
    WebhookHandler handler({url, ""}, &http_);
    EXPECT_EQ(Send(&handler).outcome, DeliveryOutcome::kRefused) << url;
  }
}

class SlackTest : public HttpHandlersTest {
 protected:
  static SlackSettings SettingsOf(const HttpService& service) {
    SlackSettings settings;
    settings.webhook_url = service.url() + "/services/T1/B1/secret";
    settings.bot_token = "xoxb-test";
    settings.channel = "C0123456789";
    settings.api_url = service.url() + "/api";
    return settings;
  }

  // What stands in the channel, without the files.
  static std::string Posted(const HttpService& service) {
    std::string text;
    for (const json& entry : service.Accepted()) {
      if (!entry.contains("post")) continue;
      EXPECT_EQ(entry["post"]["text"],
                entry["post"]["blocks"][0]["text"]["text"]);
      text += entry["post"]["blocks"][0]["text"]["text"].get<std::string>();
    }
    return text;
  }
};

TEST_F(SlackTest, GetsTheMessage) {
  HttpService service("slack");
  SlackHandler handler(SettingsOf(service), &http_);
  EXPECT_EQ(Send(&handler).outcome, DeliveryOutcome::kDelivered);
  EXPECT_EQ(Posted(service),
            "*job \xF0\x9F\x98\x80 failed*\n1 &lt; 2 &amp; \xEF\xBF\xBD\n"
            "_job version: 1_");
}

TEST_F(SlackTest, GetsItOnceThroughTroubles) {
  HttpService service("slack", kScriptOfTroubles);
  SlackHandler handler(SettingsOf(service), &http_);
  ExpectDeliveryThroughTroubles(&handler, service);
}

TEST_F(SlackTest, GetsAHundredThousandCharactersThroughTroubles) {
  message_.text.clear();
  for (int i = 0; message_.text.size() < 250000; ++i) {
    absl::StrAppend(&message_.text, i, " \xF0\x9F\x98\x80 <a> & b; \xC3\xA4",
                    i % 13 == 0 ? "\n" : "");
  }
  ASSERT_GT(SlackLength(message_.text), 100000u);
  HttpService service("slack", R"([null, "drop", null, null, {"status": 500},
      {"status": 429, "headers": {"Retry-After": "1"}}])");
  SlackHandler handler(SettingsOf(service), &http_);
  int attempts = 1;
  while (Send(&handler).outcome == DeliveryOutcome::kTryAgain &&
         attempts < 10) {
    ++attempts;
  }
  EXPECT_EQ(attempts, 3);
  EXPECT_GT(service.Accepted().size(), 34u);
  EXPECT_EQ(Posted(service),
            absl::StrCat("*job \xF0\x9F\x98\x80 failed*\n",
                         EscapeForSlack(message_.text),
                         message_.text.back() == '\n' ? "" : "\n",
                         "_job version: 1_"));
}

TEST_F(SlackTest, GetsFilesOfAllSorts) {
  const std::string bytes("\x00\xFF\r\n%&=+ \x80", 10);
  std::filesystem::create_directories(folder_ / "d");
  folder_.Write("d/in", "deep");
  message_.subject = "a & <b>";
  message_.attachments = {{"d\xC3\xA9p\xC3\xB4t & \xF0\x9F\x98\x80+.bin",
                           folder_.Write("1", bytes)},
                          {"logs", folder_ / "d"},
                          {"none", folder_ / "none"}};
  HttpService service("slack");
  SlackHandler handler(SettingsOf(service), &http_);
  const DeliveryResult result = Send(&handler);
  EXPECT_EQ(result.outcome, DeliveryOutcome::kDelivered);
  EXPECT_EQ(result.warnings,
            std::vector<std::string>{"Attachment \"none\" does not exist"});
  const std::vector<json> accepted = service.Accepted();
  ASSERT_EQ(accepted.size(), 3u);
  EXPECT_EQ(accepted[1]["name"], "d\xC3\xA9p\xC3\xB4t & \xF0\x9F\x98\x80+.bin");
  EXPECT_EQ(accepted[1]["name"], accepted[1]["file"]);
  EXPECT_EQ(accepted[1]["comment"], "*a &amp; &lt;b&gt;*\n");
  // The service writes bytes as Latin-1.
  EXPECT_EQ(accepted[1]["content"],
            std::string("\x00\xC3\xBF\r\n%&=+ \xC2\x80", 12));
  EXPECT_EQ(accepted[2]["name"], "logs.zip");
}

TEST_F(SlackTest, GetsEachFileOnceThroughTroubles) {
  message_.attachments = {{"a", folder_.Write("a", "one")},
                          {"b", folder_.Write("b", "two")}};
  HttpService service("slack", R"([null,
      {"status": 200, "body": "{\"ok\":false,\"error\":\"internal_error\"}"},
      null, null, null, null, "drop"])");
  SlackHandler handler(SettingsOf(service), &http_);
  EXPECT_EQ(Send(&handler).outcome, DeliveryOutcome::kTryAgain);
  EXPECT_EQ(Send(&handler).outcome, DeliveryOutcome::kTryAgain);
  EXPECT_EQ(Send(&handler).outcome, DeliveryOutcome::kDelivered);
  const std::vector<json> accepted = service.Accepted();
  ASSERT_EQ(accepted.size(), 3u);
  EXPECT_EQ(accepted[1]["content"], "two");
  EXPECT_EQ(accepted[2]["content"], "one");
}

TEST_F(SlackTest, GetsTheMessageWhenTheTokenIsWrong) {
  message_.attachments = {{"a", folder_.Write("a", "one")}};
  HttpService service("slack");
  SlackSettings settings = SettingsOf(service);
  settings.bot_token = "xoxb-secret";
  SlackHandler handler(settings, &http_);
  const DeliveryResult result = Send(&handler);
  EXPECT_EQ(result.outcome, DeliveryOutcome::kDelivered);
  ASSERT_EQ(result.warnings.size(), 1u);
  EXPECT_TRUE(absl::EndsWith(result.warnings[0], ": invalid_auth"));
  EXPECT_TRUE(absl::StrContains(Posted(service), "invalid_auth"));
}

TEST_F(SlackTest, SaysWhyItRefuses) {
  HttpService service("slack");
  SlackSettings settings = SettingsOf(service);
  settings.webhook_url = service.url() + "/services/T1/B1/other-secret";
  SlackHandler with_wrong_token(settings, &http_);
  DeliveryResult result = Send(&with_wrong_token);
  EXPECT_EQ(result.outcome, DeliveryOutcome::kRefused);
  EXPECT_TRUE(absl::EndsWith(result.reason, "status 403: invalid_token"));
  settings.webhook_url = service.url() + "/services/T2/B2/secret";
  SlackHandler with_wrong_team(settings, &http_);
  result = Send(&with_wrong_team);
  EXPECT_EQ(result.outcome, DeliveryOutcome::kRefused);
  EXPECT_TRUE(absl::EndsWith(result.reason, "status 404: no_service"));
}

class SendGridTest : public HttpHandlersTest {
 protected:
  static SendGridSettings SettingsOf(const HttpService& service) {
    SendGridSettings settings;
    settings.api_key = "SG.test";
    settings.from_address = "job@example.com";
    settings.to_addresses = {"a@example.com", "A@Example.com", "b@example.com"};
    settings.prefix = "[db] ";
    settings.endpoint = service.url();
    return settings;
  }
};

TEST_F(SendGridTest, GetsTheMailWithItsFiles) {
  std::filesystem::create_directories(folder_ / "d");
  folder_.Write("d/in", "deep");
  message_.attachments = {{"d\xC3\xA9p.log", folder_.Write("1", "one")},
                          {"d", folder_ / "d"},
                          {"none", folder_ / "none"}};
  HttpService service("sendgrid");
  SendGridHandler handler(SettingsOf(service), &http_);
  const DeliveryResult result = Send(&handler);
  EXPECT_EQ(result.outcome, DeliveryOutcome::kDelivered) << result.reason;
  EXPECT_EQ(result.warnings,
            std::vector<std::string>{"Attachment \"none\" does not exist"});
  ASSERT_EQ(service.Accepted().size(), 1u);
  const json mail = service.Accepted()[0];
  EXPECT_EQ(mail["subject"], "[db] job \xF0\x9F\x98\x80 failed");
  EXPECT_EQ(mail["personalizations"][0]["to"].size(), 2u);
  EXPECT_EQ(mail["headers"]["Message-ID"], "<a1b2@db1>");
  EXPECT_EQ(mail["content"][0]["value"],
            "==================== Supervisor Warning\n"
            "* Attachment \"none\" does not exist\n\n"
            "1 < 2 & \xEF\xBF\xBD\n\njob version: 1");
  ASSERT_EQ(mail["attachments"].size(), 2u);
  std::map<std::string, json> zips;
  for (const json& file : mail["attachments"]) {
    std::string zip;
    ASSERT_TRUE(absl::Base64Unescape(file["content"].get<std::string>(), &zip));
    zips[file["filename"]] = json::parse(TestFolder::Run(
        absl::StrCat("python3 notify/testing/read_archive.py zip ",
                     folder_.Write("zip", zip))));
  }
  EXPECT_EQ(zips["d\xC3\xA9p.zip"],
            json::parse("[[\"d\xC3\xA9p.log\",\"one\"]]"));
  EXPECT_EQ(zips["d.zip"], json::parse(R"([["d/",""],["d/in","deep"]])"));
}

TEST_F(SendGridTest, GetsItOnceThroughTroubles) {
  HttpService service("sendgrid", kScriptOfTroubles);
  SendGridHandler handler(SettingsOf(service), &http_);
  ExpectDeliveryThroughTroubles(&handler, service);
}

TEST_F(SendGridTest, GetsAMessageOfNothing) {
  message_.subject = message_.text = message_.signature = "";
  HttpService service("sendgrid");
  SendGridSettings settings = SettingsOf(service);
  settings.prefix = "";
  SendGridHandler handler(settings, &http_);
  EXPECT_EQ(Send(&handler).outcome, DeliveryOutcome::kDelivered);
}

TEST_F(SendGridTest, GetsMailToMoreThanAThousand) {
  HttpService service("sendgrid");
  SendGridSettings settings = SettingsOf(service);
  for (int i = 0; i < 1500; ++i) {
    settings.to_addresses.push_back(absl::StrCat(i, "@example.com"));
  }
  SendGridHandler handler(settings, &http_);
  EXPECT_EQ(Send(&handler).outcome, DeliveryOutcome::kDelivered);
  EXPECT_EQ(service.Accepted().size(), 2u);
}

TEST_F(SendGridTest, SaysThatItDoesNotKnowTheKey) {
  HttpService service("sendgrid");
  SendGridSettings settings = SettingsOf(service);
  settings.api_key = "SG.secret";
  SendGridHandler handler(settings, &http_);
  const DeliveryResult result = Send(&handler);
  EXPECT_EQ(result.outcome, DeliveryOutcome::kRefused);
  EXPECT_TRUE(absl::StrContains(result.reason, "api_key")) << result.reason;
}

TEST_F(SendGridTest, SaysWhatItFindsFaulty) {
  HttpService service("sendgrid");
  SendGridSettings settings = SettingsOf(service);
  settings.from_address = "nobody";
  SendGridHandler handler(settings, &http_);
  const DeliveryResult result = Send(&handler);
  EXPECT_EQ(result.outcome, DeliveryOutcome::kRefused);
  EXPECT_TRUE(absl::StrContains(result.reason, "from.email: Does not contain"))
      << result.reason;
}

}  // namespace
}  // namespace dirwatcher
