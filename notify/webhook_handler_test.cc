#include "notify/webhook_handler.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/time/time.h"
#include "env/fake_clock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "notify/testing/scripted_http_client.h"

namespace dirwatcher {
namespace {

class WebhookHandlerTest : public testing::Test {
 protected:
  WebhookHandlerTest() {
    message_.subject = "job failed";
    message_.text = "line 1\nline 2\n";
    message_.signature = "job version: 1";
    message_.host = "db1";
    message_.time = absl::FromUnixSeconds(1700000000) + absl::Milliseconds(7);
  }

  DeliveryResult Send() {
    return WebhookHandler(settings_, &http_).Send(message_, attempt_);
  }

  WebhookSettings settings_{"https://example.com/hook/secret?key=secret", ""};
  OutgoingMessage message_;
  DeliveryAttempt attempt_;
  ScriptedHttpClient client_;
  FakeClock clock_;
  HttpDelivery http_{&client_, &clock_, [](absl::Duration) { return false; }};
};

TEST_F(WebhookHandlerTest, PostsJsonToExactlyTheUrl) {
  settings_.ca_file = "/ca.pem";
  attempt_.timeout = absl::Seconds(11);
  client_.Answer(204);
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kDelivered);
  ASSERT_EQ(client_.requests.size(), 1u);
  const HttpRequest& request = client_.requests[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, settings_.url);
  EXPECT_EQ(request.ca_file, "/ca.pem");
  EXPECT_EQ(request.timeout, absl::Seconds(11));
  EXPECT_EQ(request.headers,
            (HttpHeaders{{"Content-Type", "application/json"}}));
  EXPECT_EQ(nlohmann::json::parse(request.body),
            (nlohmann::json{{"subject", "job failed"},
                            {"message", "line 1\nline 2\n\njob version: 1"},
                            {"host", "db1"},
                            {"time", "2023-11-14T22:13:20Z"}}));
}

TEST_F(WebhookHandlerTest, ReplacesWhatIsNotUtf8) {
  message_.subject = "\xFF";
  message_.text = "a\xE2\x82";
  message_.host = "\x80";
  Send();
  const nlohmann::json body = nlohmann::json::parse(client_.requests[0].body);
  EXPECT_EQ(body["subject"], "\xEF\xBF\xBD");
  EXPECT_EQ(body["message"], "a\xEF\xBF\xBD\n\njob version: 1");
  EXPECT_EQ(body["host"], "\xEF\xBF\xBD");
}

TEST_F(WebhookHandlerTest, NamesTheSettingThatIsMissing) {
  settings_.url = "";
  const DeliveryResult result = Send();
  EXPECT_EQ(result.outcome, DeliveryOutcome::kNotConfigured);
  EXPECT_TRUE(absl::StrContains(result.reason, "url"));
  EXPECT_TRUE(client_.requests.empty());
}

TEST_F(WebhookHandlerTest, NeverRepeatsTheUrl) {
  for (const int status : {302, 404, 500}) {
    client_.Answer(status, "/hook/secret?key=secret");
    const DeliveryResult result = Send();
    EXPECT_NE(result.outcome, DeliveryOutcome::kDelivered);
    EXPECT_FALSE(absl::StrContains(result.reason, "secret")) << result.reason;
  }
}

TEST_F(WebhookHandlerTest, WarnsOfAttachmentsOnceTheRestIsDelivered) {
  message_.attachments = {{"a.log", "/a.log"}, {"b\n", "/b"}};
  client_.Answer(500);
  EXPECT_TRUE(Send().warnings.empty());
  const DeliveryResult result = Send();
  EXPECT_EQ(result.outcome, DeliveryOutcome::kDelivered);
  EXPECT_EQ(result.warnings,
            (std::vector<std::string>{
                "Attachment \"a.log\" was not sent: webhooks take none",
                "Attachment \"b\\n\" was not sent: webhooks take none"}));
}

}  // namespace
}  // namespace dirwatcher
