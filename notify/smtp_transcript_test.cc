#include "notify/smtp_transcript.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

// Replays a dialogue: lines of the client begin with "> ".
SmtpTranscript Replay(const std::vector<std::string>& lines) {
  SmtpTranscript transcript;
  for (const std::string& line : lines) {
    if (absl::StartsWith(line, "> ")) {
      transcript.AddSent(line.substr(2) + "\r\n");
    } else {
      transcript.AddReceived(line + "\r\n");
    }
  }
  return transcript;
}

std::vector<std::string> Joined(std::vector<std::string> first,
                                const std::vector<std::string>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

const std::vector<std::string>& UpToMail() {
  static const auto* const lines = new std::vector<std::string>{
      "220 mx ready", "> EHLO me",         "250-mx",
      "250 SIZE 1",   "> MAIL FROM:<a@b>", "250 ok"};
  return *lines;
}

TEST(SmtpTranscript, KnowsThatTheMailWasAccepted) {
  SmtpTranscript transcript =
      Replay(Joined(UpToMail(), {"> RCPT TO:<c@d>", "250 ok", "> DATA",
                                 "354 go on", "250 queued"}));
  EXPECT_TRUE(transcript.is_accepted());
  EXPECT_FALSE(transcript.has_quit());
  transcript.AddSent("QUIT\r\n");
  EXPECT_TRUE(transcript.has_quit());
  transcript.AddReceived("421 too late\r\n");
  EXPECT_TRUE(transcript.is_accepted());
  EXPECT_EQ(transcript.refusal(), absl::nullopt);
}

TEST(SmtpTranscript, TellsRecipientsApart) {
  const SmtpTranscript transcript = Replay(
      Joined(UpToMail(), {"> RCPT TO:<a@b>", "250 ok", "> RCPT TO:<c@d>",
                          "550-5.1.1 there is", "550 5.1.1 no such user",
                          "> RCPT TO:<e@f>", "451 later", "> RCPT TO:<g@h>"}));
  ASSERT_EQ(transcript.recipients().size(), 4u);
  EXPECT_TRUE(transcript.recipients()[0].is_success());
  EXPECT_TRUE(transcript.recipients()[1].is_permanent());
  EXPECT_EQ(transcript.recipients()[1].text, "5.1.1 no such user");
  EXPECT_TRUE(transcript.recipients()[2].is_temporary());
  EXPECT_EQ(transcript.recipients()[3].code, 0);
  EXPECT_EQ(transcript.refusal(), absl::nullopt);
}

TEST(SmtpTranscript, KnowsWhatEndedIt) {
  const std::vector<
      std::pair<std::vector<std::string>, std::pair<int, std::string>>>
      cases = {
          {{"554 go away"}, {554, "the connection"}},
          {{"220 mx", "> EHLO me", "421 busy"}, {421, "EHLO"}},
          {{"220 mx", "> EHLO me", "250 mx", "> STARTTLS", "454 no"},
           {454, "STARTTLS"}},
          {{"220 mx", "> EHLO me", "250 mx", "> AUTH LOGIN",
            "334 VXNlcg==", "> bWU=", "334 UGFzcw==", "> DATA", "535 no"},
           {535, "AUTH"}},
          {{"220 mx", "> EHLO me", "250 mx", "> MAIL FROM:<a@b>", "552 full"},
           {552, "MAIL"}},
          {Joined(UpToMail(),
                  {"> RCPT TO:<c@d>", "250 ok", "> DATA", "451 wait"}),
           {451, "DATA"}},
          {Joined(UpToMail(), {"> RCPT TO:<c@d>", "250 ok", "> DATA", "354 go",
                               "554 spam"}),
           {554, "the message"}},
      };
  for (const auto& [lines, expected] : cases) {
    const SmtpTranscript transcript = Replay(lines);
    ASSERT_TRUE(transcript.refusal().has_value()) << expected.second;
    EXPECT_EQ(transcript.refusal()->code, expected.first);
    EXPECT_EQ(transcript.refusal()->command, expected.second);
    EXPECT_FALSE(transcript.is_accepted());
  }
}

TEST(SmtpTranscript, KnowsItAfterTheFarewell) {
  for (const char* answer : {"221 bye", "421 busy", "500 what"}) {
    const SmtpTranscript transcript =
        Replay({"220 mx", "> EHLO me", "250 mx", "> MAIL FROM:<a@b>",
                "552 full", "> QUIT", answer});
    ASSERT_TRUE(transcript.refusal().has_value());
    EXPECT_EQ(transcript.refusal()->code, 552);
    EXPECT_EQ(transcript.refusal()->command, "MAIL");
  }
}

TEST(SmtpTranscript, DoesNotTakeForTheEndWhatWentOn) {
  EXPECT_EQ(Replay({"220 mx", "> EHLO me", "502 what", "> HELO me"}).refusal(),
            absl::nullopt);
  EXPECT_EQ(Replay({"220 mx", "> EHLO me", "250 mx"}).refusal(), absl::nullopt);
}

TEST(SmtpTranscript, KeepsNothingOfAuthentication) {
  const SmtpTranscript transcript =
      Replay({"220 mx", "> EHLO me", "250 mx", "> AUTH PLAIN c2VjcmV0",
              "535 you said c2VjcmV0"});
  EXPECT_EQ(transcript.refusal()->text, "");
}

TEST(SmtpTranscript, DoesNotCareHowTheBytesCome) {
  const std::string reply = "550-a\r\n550 gone\r\n";
  for (size_t chunk = 1; chunk <= reply.size(); ++chunk) {
    SmtpTranscript transcript = Replay(UpToMail());
    transcript.AddSent("RCPT TO:<a@b>\r\n");
    for (size_t i = 0; i < reply.size(); i += chunk) {
      transcript.AddReceived(absl::string_view(reply).substr(i, chunk));
    }
    EXPECT_EQ(transcript.recipients()[0].code, 550);
    EXPECT_EQ(transcript.recipients()[0].text, "gone");
  }
}

TEST(SmtpTranscript, BearsAnyReply) {
  SmtpTranscript transcript = Replay(UpToMail());
  transcript.AddSent("RCPT TO:<a@b>\r\n");
  transcript.AddReceived("\r\n25\r\nxyz abc\r\n");
  EXPECT_EQ(transcript.recipients()[0].code, 0);
  transcript.AddReceived("450 " + std::string(100000, 'x') + "\r\n");
  EXPECT_EQ(transcript.recipients()[0].code, 450);
  EXPECT_LE(transcript.recipients()[0].text.size(), 512u);
  transcript.AddReceived("250\n");
  EXPECT_EQ(transcript.recipients()[0].code, 250);
}

}  // namespace
}  // namespace dirwatcher
