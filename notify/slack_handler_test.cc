#include "notify/slack_handler.h"

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "env/fake_clock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "notify/testing/scripted_http_client.h"
#include "notify/testing/test_folder.h"
#include "notify/testing/ticking_clock.h"

namespace dirwatcher {
namespace {

constexpr char kHook[] = "https://hooks.slack.com/services/T1/B1/hooksecret";
constexpr char kPlace[] =
    R"({"ok":true,"upload_url":"https://files.slack.com/up/1","file_id":"F1"})";

class SlackHandlerTest : public testing::Test {
 protected:
  SlackHandlerTest() {
    settings_.webhook_url = kHook;
    settings_.bot_token = "xoxb-tokensecret";
    settings_.channel = "C1";
    message_.subject = "job failed";
    message_.text = "text";
    message_.signature = "job version: 1";
    attempt_.save_progress = [this](const std::string& progress) {
      EXPECT_FALSE(progress.empty());
      attempt_.progress = progress;
    };
  }

  // As often as it is called, each attempt goes on where the last one ended.
  DeliveryResult Send() {
    DeliveryResult result =
        SlackHandler(settings_, &http_).Send(message_, attempt_);
    for (const char* const secret : {"hooksecret", "tokensecret"}) {
      EXPECT_FALSE(absl::StrContains(result.reason, secret)) << result.reason;
      EXPECT_FALSE(absl::StrContains(attempt_.progress, secret));
    }
    return result;
  }

  std::vector<std::string> Urls() const {
    std::vector<std::string> urls;
    for (const HttpRequest& request : client_.requests) {
      urls.push_back(request.url);
    }
    return urls;
  }

  std::string PostedText(size_t i) const {
    return nlohmann::json::parse(
               client_.requests.at(i).body)["blocks"][0]["text"]["text"]
        .get<std::string>();
  }

  SlackSettings settings_;
  OutgoingMessage message_;
  DeliveryAttempt attempt_;
  TestFolder folder_;
  ScriptedHttpClient client_;
  FakeClock clock_;
  HttpDelivery http_{&client_, &clock_, [](absl::Duration) { return false; }};
};

TEST_F(SlackHandlerTest, PostsOneSection) {
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kDelivered);
  ASSERT_EQ(Urls(), std::vector<std::string>{kHook});
  const std::string text = "*job failed*\ntext\n_job version: 1_";
  EXPECT_EQ(nlohmann::json::parse(client_.requests[0].body),
            nlohmann::json::parse(R"({"text":"", "blocks":[{"type":"section",
          "text":{"type":"mrkdwn","text":""}}]})")
                .patch(nlohmann::json{
                    {{"op", "replace"}, {"path", "/text"}, {"value", text}},
                    {{"op", "replace"},
                     {"path", "/blocks/0/text/text"},
                     {"value", text}}}));
}

TEST_F(SlackHandlerTest, NamesTheSettingThatIsMissing) {
  settings_.webhook_url = "";
  const DeliveryResult result = Send();
  EXPECT_EQ(result.outcome, DeliveryOutcome::kNotConfigured);
  EXPECT_TRUE(absl::StrContains(result.reason, "webhook_url"));
}

TEST_F(SlackHandlerTest, RepeatsSlacksOwnWordsOnly) {
  client_.Answer(403, "invalid_token");
  EXPECT_EQ(Send().reason,
            "hooks.slack.com answered with status 403: invalid_token");
  client_.Answer(404, "No such page: /services/T1/B1/hooksecret");
  EXPECT_EQ(Send().reason, "hooks.slack.com answered with status 404");
}

TEST_F(SlackHandlerTest, GoesOnBehindTheLastPartThatWasAccepted) {
  message_.text = std::string(7000, 'x');
  client_.Answer(200, "ok");
  client_.Answer(200, "ok");
  client_.Answer(500);
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kTryAgain);
  client_.requests.clear();
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kDelivered);
  ASSERT_EQ(client_.requests.size(), 1u);
  EXPECT_TRUE(absl::EndsWith(PostedText(0), "\n_job version: 1_"));
  client_.requests.clear();
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kDelivered);
  EXPECT_TRUE(client_.requests.empty());
}

TEST_F(SlackHandlerTest, SharesAFileInThreeRequests) {
  message_.subject = "a & b";
  message_.attachments = {
      {"r\xC3\xA9sum\xC3\xA9 1.log", folder_.Write("copy", "0123456789")}};
  client_.Answer(200, "ok");
  client_.Answer(200, kPlace);
  client_.Answer(200, "OK - 10");
  client_.Answer(200, R"({"ok":true,"files":[{"id":"F1"}]})");
  const DeliveryResult result = Send();
  EXPECT_EQ(result.outcome, DeliveryOutcome::kDelivered) << result.reason;
  EXPECT_TRUE(result.warnings.empty());
  EXPECT_EQ(Urls(),
            (std::vector<std::string>{
                kHook, "https://slack.com/api/files.getUploadURLExternal",
                "https://files.slack.com/up/1",
                "https://slack.com/api/files.completeUploadExternal"}));
  const HttpRequest& place = client_.requests[1];
  EXPECT_EQ(place.body, "filename=r%c3%a9sum%c3%a9%201.log&length=10");
  EXPECT_EQ(place.headers,
            (HttpHeaders{{"Content-Type", "application/x-www-form-urlencoded"},
                         {"Authorization", "Bearer xoxb-tokensecret"}}));
  const HttpRequest& upload = client_.requests[2];
  EXPECT_EQ(upload.body, "0123456789");
  EXPECT_EQ(upload.headers,
            (HttpHeaders{{"Content-Type", "application/octet-stream"}}))
      << "the token is for Slack's API alone";
  const std::string& complete = client_.requests[3].body;
  EXPECT_TRUE(absl::StrContains(complete, "&channel_id=C1&")) << complete;
  EXPECT_TRUE(
      absl::StrContains(complete, "initial_comment=%2aa%20%26amp%3b%20b%2a"))
      << complete;
}

TEST_F(SlackHandlerTest, SharesAFolderAsZip) {
  std::filesystem::create_directory(folder_ / "d");
  folder_.Write("d/a", "1");
  message_.attachments = {{"logs", folder_ / "d"}};
  client_.Answer(200, "ok");
  client_.Answer(200, kPlace);
  client_.Answer(200, "OK");
  client_.Answer(200, R"({"ok":true})");
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kDelivered);
  ASSERT_EQ(client_.requests.size(), 4u);
  EXPECT_TRUE(absl::StartsWith(client_.requests[1].body, "filename=logs.zip&"));
  EXPECT_EQ(client_.requests[2].body.substr(0, 4), "PK\x03\x04");
  EXPECT_TRUE(absl::StrContains(client_.requests[2].body, "logs/a"));
}

TEST_F(SlackHandlerTest, SaysInTheMessageWhatCannotBeSent) {
  message_.attachments = {{"none", folder_ / "none"},
                          {"void", folder_.Write("void", "")},
                          {"null", "/dev/null"}};
  const DeliveryResult result = Send();
  EXPECT_EQ(result.outcome, DeliveryOutcome::kDelivered);
  EXPECT_EQ(PostedText(0),
            "*job failed*\ntext\nAttachment \"none\" does not exist\n"
            "Attachment \"void\" is empty\n"
            "Attachment \"null\" is not a regular file\n_job version: 1_");
  EXPECT_EQ(result.warnings.size(), 3u);
  EXPECT_EQ(client_.requests.size(), 1u);
}

TEST_F(SlackHandlerTest, SaysThatFilesNeedATokenAndAChannel) {
  message_.attachments = {{"a", folder_.Write("a", "x")}};
  settings_.channel = "";
  EXPECT_EQ(Send().warnings,
            std::vector<std::string>{"Attachment \"a\" was not sent: files "
                                     "need the setting channel"});
  attempt_.progress = "";
  settings_.bot_token = "";
  EXPECT_EQ(Send().warnings,
            std::vector<std::string>{"Attachment \"a\" was not sent: files "
                                     "need the setting bot_token"});
}

TEST_F(SlackHandlerTest, DoesNotSendWhatIsTooLong) {
  const std::string path = folder_.Write("a", "x");
  std::filesystem::resize_file(path, (20 << 20) + 1);
  message_.attachments = {{"a", path}};
  EXPECT_EQ(Send().warnings,
            std::vector<std::string>{
                "Attachment \"a\" was not sent: it is longer than 20 MiB"});
  EXPECT_EQ(client_.requests.size(), 1u);
}

TEST_F(SlackHandlerTest, KeepsTheNotesOfTheFirstAttempt) {
  message_.text = std::string(4000, 'x');
  message_.attachments = {{"late", folder_ / "late"}};
  client_.Answer(200, "ok");
  client_.Answer(500);
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kTryAgain);
  folder_.Write("late", "now it is there");
  client_.requests.clear();
  EXPECT_EQ(Send().warnings.size(), 1u);
  ASSERT_EQ(client_.requests.size(), 1u);
  EXPECT_TRUE(absl::StrContains(PostedText(0), "does not exist"));
}

TEST_F(SlackHandlerTest, SaysInAPostOfItsOwnThatAFileWasRefused) {
  message_.attachments = {{"a", folder_.Write("a", "x")}};
  client_.Answer(200, "ok");
  client_.Answer(200, R"({"ok":false,"error":"invalid_auth"})");
  const DeliveryResult result = Send();
  EXPECT_EQ(result.outcome, DeliveryOutcome::kDelivered);
  const std::string note =
      "Attachment \"a\" was not sent: files.getUploadURLExternal failed: "
      "invalid_auth";
  EXPECT_EQ(result.warnings, std::vector<std::string>{note});
  ASSERT_EQ(client_.requests.size(), 3u);
  EXPECT_EQ(PostedText(2),
            absl::StrCat("*job failed*\n", note, "\n_job version: 1_"));
}

TEST_F(SlackHandlerTest, TriesAFileAgainButNotTheMessageNorTheOtherFiles) {
  message_.attachments = {{"a", folder_.Write("a", "x")},
                          {"b", folder_.Write("b", "y")}};
  client_.Answer(200, "ok");
  client_.Answer(200, R"({"ok":false,"error":"internal_error"})");
  client_.Answer(200, kPlace);
  client_.Answer(200, "OK");
  client_.Answer(200, R"({"ok":true})");
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kTryAgain);
  EXPECT_EQ(client_.requests.size(), 5u);
  client_.requests.clear();
  client_.Answer(200, kPlace);
  client_.Answer(200, "OK");
  client_.Answer(200, R"({"ok":true})");
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kDelivered);
  ASSERT_EQ(client_.requests.size(), 3u);
  EXPECT_EQ(client_.requests[1].body, "x");
}

TEST_F(SlackHandlerTest, LeavesAFolderToTheNextAttemptWhenItsTimeIsOver) {
  TickingClock clock;
  const HttpDelivery http(&client_, &clock,
                          [](absl::Duration) { return false; });
  std::filesystem::create_directory(folder_ / "d");
  folder_.Write("d/a", std::string(4 << 20, 'x'));
  message_.attachments = {{"d", folder_ / "d"}};
  attempt_.timeout = absl::Seconds(20);
  const DeliveryResult result =
      SlackHandler(settings_, &http).Send(message_, attempt_);
  EXPECT_EQ(result.outcome, DeliveryOutcome::kTryAgain);
  EXPECT_EQ(result.reason,
            "Attachment \"d\" was not sent: there was no time left");
  EXPECT_EQ(client_.requests.size(), 1u);
}

TEST_F(SlackHandlerTest, SaysThatAFileHasBecomeEmptyOrIsGone) {
  message_.attachments = {{"a", folder_.Write("a", "x")},
                          {"b", folder_.Write("b", "x")}};
  client_.Answer(200, "ok");
  client_.Answer(500);
  client_.Answer(500);
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kTryAgain);
  folder_.Write("a", "");
  std::filesystem::remove(folder_ / "b");
  const DeliveryResult result = Send();
  EXPECT_EQ(result.outcome, DeliveryOutcome::kDelivered);
  EXPECT_EQ(result.warnings,
            (std::vector<std::string>{
                "Attachment \"a\" was not sent: it is empty",
                "Attachment \"b\" was not sent: it cannot be read"}));
}

TEST_F(SlackHandlerTest, ToldToWaitByTheApiTriesAgainLater) {
  message_.attachments = {{"a", folder_.Write("a", "x")}};
  client_.Answer(200, "ok");
  client_.Answer(429, "", {{"Retry-After", "90"}});
  const DeliveryResult result = Send();
  EXPECT_EQ(result.outcome, DeliveryOutcome::kTryAgain);
  EXPECT_EQ(result.retry_after, absl::Seconds(90));
}

TEST_F(SlackHandlerTest, SendsNoFileInTheClear) {
  message_.attachments = {{"a", folder_.Write("a", "x")}};
  client_.Answer(200, "ok");
  client_.Answer(200, R"({"ok":true,"upload_url":"http://x/","file_id":"F"})");
  EXPECT_EQ(Send().warnings.size(), 1u);
  EXPECT_EQ(client_.requests.size(), 3u);
  EXPECT_EQ(client_.requests[2].url, kHook);
}

TEST_F(SlackHandlerTest, SurvivesAnswersOfAnyForm) {
  message_.attachments = {{"a", folder_.Write("a", "x")}};
  for (const char* const body :
       {"", "<html>", "[]", "null", "{}", R"({"ok":1})", R"({"ok":"true"})",
        R"({"ok":false})", R"({"ok":false,"error":7})",
        R"({"ok":false,"error":"<xoxb-tokensecret>"})"}) {
    attempt_.progress = "";
    client_.Answer(200, "ok");
    client_.Answer(200, body);
    const DeliveryResult result = Send();
    EXPECT_EQ(result.outcome, DeliveryOutcome::kDelivered) << body;
    ASSERT_EQ(result.warnings.size(), 1u);
    EXPECT_FALSE(absl::StrContains(result.warnings[0], "tokensecret"));
  }
}

TEST_F(SlackHandlerTest, BeginsAnewWhereTheProgressMakesNoSense) {
  for (const char* const progress :
       {"x", "[]", "{}", R"({"posted":-1,"notes":[],"pending":[],
        "late_notes":[]})",
        R"({"posted":9,"notes":[1],"pending":[],
        "late_notes":[]})"}) {
    client_.requests.clear();
    attempt_.progress = progress;
    EXPECT_EQ(Send().outcome, DeliveryOutcome::kDelivered);
    EXPECT_EQ(client_.requests.size(), 1u) << progress;
  }
  attempt_.progress =
      R"({"posted":9,"notes":[],"pending":[5],"late_notes":[]})";
  client_.requests.clear();
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kDelivered);
  EXPECT_TRUE(client_.requests.empty());
}

}  // namespace
}  // namespace dirwatcher
