#include "notify/sendgrid_handler.h"

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
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

using Strings = std::vector<std::string>;

class SendGridHandlerTest : public testing::Test {
 protected:
  SendGridHandlerTest() {
    settings_.api_key = "SG.keysecret";
    settings_.from_address = "job@example.com";
    settings_.to_addresses = {"a@example.com"};
    message_.id = "1@db1";
    message_.subject = "job failed";
    message_.text = "1 < 2 & \"3\"\n";
    message_.signature = "job version: 1";
    attempt_.save_progress = [this](const std::string& progress) {
      attempt_.progress = progress;
    };
  }

  DeliveryResult Send() {
    DeliveryResult result =
        SendGridHandler(settings_, &http_).Send(message_, attempt_);
    EXPECT_FALSE(absl::StrContains(result.reason, "keysecret"));
    return result;
  }

  nlohmann::json Body(size_t i = 0) const {
    return nlohmann::json::parse(client_.requests.at(i).body);
  }
  std::string Text() const { return Body()["content"][0]["value"]; }

  SendGridSettings settings_;
  OutgoingMessage message_;
  DeliveryAttempt attempt_;
  TestFolder folder_;
  ScriptedHttpClient client_;
  FakeClock clock_;
  HttpDelivery http_{&client_, &clock_, [](absl::Duration) { return false; }};
};

TEST_F(SendGridHandlerTest, PostsTheMail) {
  settings_.prefix = "[db] ";
  settings_.endpoint = "https://api.eu.sendgrid.com/";
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kDelivered);
  ASSERT_EQ(client_.requests.size(), 1u);
  EXPECT_EQ(client_.requests[0].url,
            "https://api.eu.sendgrid.com/v3/mail/send");
  EXPECT_EQ(client_.requests[0].headers,
            (HttpHeaders{{"Content-Type", "application/json"},
                         {"Authorization", "Bearer SG.keysecret"}}));
  EXPECT_EQ(Body(), nlohmann::json::parse(R"json({
    "personalizations": [{"to": [{"email": "a@example.com"}]}],
    "from": {"email": "job@example.com"},
    "subject": "[db] job failed",
    "headers": {"Message-ID": "<1@db1>", "Auto-Submitted": "auto-generated"},
    "custom_args": {"message_id": "1@db1"},
    "content": [
      {"type": "text/plain", "value": "1 < 2 & \"3\"\n\njob version: 1"},
      {"type": "text/html", "value":
       "<pre>1 &lt; 2 &amp; &quot;3&quot;\n\njob version: 1</pre>"}]})json"));
}

TEST_F(SendGridHandlerTest, NamesTheSettingThatIsMissing) {
  const SendGridSettings all = settings_;
  settings_.api_key = "";
  EXPECT_EQ(Send().reason, "The setting api_key is missing");
  settings_ = all;
  settings_.from_address = "";
  EXPECT_EQ(Send().reason, "The setting from_address is missing");
  settings_ = all;
  settings_.to_addresses = {};
  EXPECT_EQ(Send().reason, "The setting to_addresses is missing");
  settings_.to_addresses = {"a@example.com", ""};
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kNotConfigured);
  EXPECT_TRUE(client_.requests.empty());
}

TEST_F(SendGridHandlerTest, NamesEachRecipientOnce) {
  settings_.to_addresses = {"a@example.com", "b@example.com", "a@EXAMPLE.com",
                            "B@example.com", "a@example.com"};
  Send();
  EXPECT_EQ(Body()["personalizations"][0]["to"],
            nlohmann::json::parse(
                R"([{"email":"a@example.com"},{"email":"b@example.com"}])"));
}

TEST_F(SendGridHandlerTest, SendsToAThousandAtATimeAndGoesOnBehindThem) {
  settings_.to_addresses.clear();
  for (int i = 0; i < 2500; ++i) {
    settings_.to_addresses.push_back(absl::StrCat(i, "@example.com"));
  }
  client_.Answer(202);
  client_.Answer(503);
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kTryAgain);
  client_.requests.clear();
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kDelivered);
  ASSERT_EQ(client_.requests.size(), 2u);
  EXPECT_EQ(Body(0)["personalizations"][0]["to"][0]["email"],
            "1000@example.com");
  EXPECT_EQ(Body(0)["personalizations"][0]["to"].size(), 1000u);
  EXPECT_EQ(Body(1)["personalizations"][0]["to"].size(), 500u);
  client_.requests.clear();
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kDelivered);
  EXPECT_TRUE(client_.requests.empty());
}

TEST_F(SendGridHandlerTest, RefusesLineBreaksInHeaders) {
  const SendGridSettings all = settings_;
  for (const std::string& bad : {std::string("a\nBcc: x"), std::string("a\rb"),
                                 std::string("a\0b", 3)}) {
    message_.subject = bad;
    EXPECT_EQ(Send().outcome, DeliveryOutcome::kRefused);
    message_.subject = "s";
    settings_.prefix = bad;
    EXPECT_EQ(Send().outcome, DeliveryOutcome::kRefused);
    settings_ = all;
    settings_.from_address = bad;
    EXPECT_EQ(Send().outcome, DeliveryOutcome::kRefused);
    settings_ = all;
    settings_.to_addresses.push_back(bad);
    EXPECT_EQ(Send().outcome, DeliveryOutcome::kRefused);
    settings_ = all;
  }
  EXPECT_TRUE(client_.requests.empty());
}

TEST_F(SendGridHandlerTest, SendsABlankWhereNothingIsSaid) {
  message_.subject = message_.text = message_.signature = "";
  Send();
  EXPECT_EQ(Body()["subject"], " ");
  EXPECT_EQ(Text(), " ");
  EXPECT_EQ(Body()["content"][1]["value"], "<pre> </pre>");
}

TEST_F(SendGridHandlerTest, AttachesFilesAndFoldersAsZipOfNamesOfTheirOwn) {
  std::filesystem::create_directories(folder_ / "job");
  folder_.Write("job/in", "deep");
  message_.attachments = {{"job.log", folder_.Write("1", "one")},
                          {"job.txt", folder_.Write("2", "two")},
                          {"Job", folder_ / "job"},
                          {".profile", folder_.Write("4", "four")}};
  EXPECT_TRUE(Send().warnings.empty());
  Strings names;
  const nlohmann::json body = Body();
  for (const nlohmann::json& file : body["attachments"]) {
    names.push_back(file["filename"]);
    std::string zip;
    ASSERT_TRUE(absl::Base64Unescape(file["content"].get<std::string>(), &zip));
    EXPECT_EQ(zip.substr(0, 4), "PK\x03\x04");
    EXPECT_EQ(file["type"], "application/zip");
    EXPECT_EQ(file["disposition"], "attachment");
  }
  EXPECT_EQ(names,
            (Strings{"job.zip", "job-2.zip", "Job-3.zip", ".profile.zip"}));
}

TEST_F(SendGridHandlerTest, KeepsTheDotInTheNameOfAFolder) {
  std::filesystem::create_directories(folder_ / "d");
  message_.attachments = {{"conf.d", folder_ / "d"}};
  Send();
  EXPECT_EQ(Body()["attachments"][0]["filename"], "conf.d.zip");
}

TEST_F(SendGridHandlerTest, SendsWhatLeavesNoRoomForFilesWithoutThem) {
  message_.text = std::string(15 << 20, 'x');
  message_.attachments = {{"a", folder_.Write("a", "x")}};
  EXPECT_EQ(Send().warnings,
            Strings{"Attachment \"a\" does not fit into the mail"});
  EXPECT_EQ(client_.requests.size(), 1u);
}

TEST_F(SendGridHandlerTest, WarnsBeforeTheTextOfWhatIsNotAttached) {
  message_.attachments = {{"none", folder_ / "none"},
                          {"void", folder_.Write("void", "")},
                          {"null", "/dev/null"}};
  const DeliveryResult result = Send();
  EXPECT_EQ(result.outcome, DeliveryOutcome::kDelivered);
  EXPECT_EQ(result.warnings,
            (Strings{"Attachment \"none\" does not exist",
                     "Attachment \"void\" is empty",
                     "Attachment \"null\" is not a regular file"}));
  EXPECT_EQ(Text(),
            "==================== Supervisor Warning\n"
            "* Attachment \"none\" does not exist\n"
            "* Attachment \"void\" is empty\n"
            "* Attachment \"null\" is not a regular file\n"
            "\n"
            "1 < 2 & \"3\"\n\njob version: 1");
  EXPECT_FALSE(Body().contains("attachments"));
}

// What hardly compresses.
std::string Noise(size_t size) {
  std::string bytes(size, '\0');
  uint32_t state = 1;
  for (char& c : bytes) {
    state = state * 1664525 + 1013904223;
    c = static_cast<char>(state >> 24);
  }
  return bytes;
}

TEST_F(SendGridHandlerTest, LeavesOutWhatDoesNotFitAndSendsTheRest) {
  message_.attachments = {{"1", folder_.Write("1", Noise(12 << 20))},
                          {"2", folder_.Write("2", Noise(12 << 20))},
                          {"3", folder_.Write("3", "short")}};
  EXPECT_EQ(Send().warnings,
            Strings{"Attachment \"2\" does not fit into the mail"});
  EXPECT_EQ(Body()["attachments"].size(), 2u);
  EXPECT_LE(client_.requests[0].body.size(), 30000000u);
  EXPECT_TRUE(absl::StrContains(Text(), "* Attachment \"2\" does not fit"));
}

TEST_F(SendGridHandlerTest, KeepsHalfOfTheTimeForTheMailItself) {
  TickingClock clock;
  const HttpDelivery http(&client_, &clock,
                          [](absl::Duration) { return false; });
  message_.attachments = {{"a", folder_.Write("a", Noise(4 << 20))}};
  attempt_.timeout = absl::Seconds(20);
  const DeliveryResult result =
      SendGridHandler(settings_, &http).Send(message_, attempt_);
  EXPECT_EQ(result.outcome, DeliveryOutcome::kDelivered);
  EXPECT_EQ(result.warnings,
            Strings{"Attachment \"a\" takes too long to compress"});
  ASSERT_EQ(client_.requests.size(), 1u);
  EXPECT_GE(client_.requests[0].timeout, absl::Seconds(5));
}

TEST_F(SendGridHandlerTest, FillsTheMailToItsLimitAtMost) {
  SendGridMail mail;
  const std::string name(100, '"');
  for (const int64_t bytes : {0, 1, 2, 3, 1000}) {
    const size_t before = SendGridBody(mail).size();
    mail.files.push_back({name, std::string(static_cast<size_t>(bytes), 'x')});
    EXPECT_LE(static_cast<int64_t>(SendGridBody(mail).size() - before),
              SendGridFileBytes(name, bytes));
  }
  for (int64_t bytes = 700; bytes < 800; ++bytes) {
    const int64_t content = SendGridContentBytes(name, bytes);
    if (content < 0) continue;
    EXPECT_LE(SendGridFileBytes(name, content), bytes);
  }
  EXPECT_LT(SendGridContentBytes(name, 700), 0);
  EXPECT_GT(SendGridContentBytes(name, 800), 0);
}

TEST_F(SendGridHandlerTest, HasWordsOfItsOwnFor400And401) {
  client_.Answer(400, R"({"errors":[{"message":"Bad one","field":"from.email",
      "help":"x"},{"message":"No field","field":null}]})");
  DeliveryResult result = Send();
  EXPECT_EQ(result.outcome, DeliveryOutcome::kRefused);
  EXPECT_EQ(result.reason,
            "api.sendgrid.com answered with status 400, as it finds the mail "
            "faulty: from.email: Bad one; No field");
  client_.Answer(401, R"({"errors":[{"message":"key SG.keysecret is bad"}]})");
  result = Send();
  EXPECT_EQ(result.outcome, DeliveryOutcome::kRefused);
  EXPECT_EQ(result.reason,
            "api.sendgrid.com answered with status 401, as it does not accept "
            "the setting api_key");
}

TEST_F(SendGridHandlerTest, SurvivesErrorsOfAnyForm) {
  for (const char* const body :
       {"", "<html>", "[]", "{}", R"({"errors":7})", R"({"errors":[7]})",
        R"({"errors":[{}]})", R"({"errors":{"a":"b"}})"}) {
    client_.Answer(500, body);
    EXPECT_EQ(Send().outcome, DeliveryOutcome::kTryAgain) << body;
  }
}

TEST_F(SendGridHandlerTest, ReplacesWhatIsNotUtf8) {
  message_.subject = "\xFF";
  message_.text = "\xFF";
  message_.attachments = {{"\xFF.log", folder_.Write("a", "x")}};
  EXPECT_EQ(Send().outcome, DeliveryOutcome::kDelivered);
  EXPECT_EQ(Body()["subject"], "\xEF\xBF\xBD");
  EXPECT_EQ(Body()["attachments"][0]["filename"], "\xEF\xBF\xBD.zip");
}

}  // namespace
}  // namespace dirwatcher
