#include "notify/curl_smtp_client.h"

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "env/interrupt_flag.h"
#include "env/system_clock.h"
#include "env/testing/test_certificates.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "notify/testing/test_folder.h"
#include "notify/testing/test_mail_server.h"

namespace dirwatcher {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

using Json = nlohmann::json;

SmtpMail SomeMail() {
  SmtpMail mail;
  mail.from = "from@a.example";
  mail.recipients = {"one@b.example", "two@b.example", "three@b.example"};
  mail.headers = {"From: from@a.example", "Subject: s"};
  mail.text = "text\r\n";
  mail.html = "<pre>text</pre>\r\n";
  return mail;
}

SmtpServer To(const TestMailServer& server) {
  SmtpServer to;
  to.host = "127.0.0.1";
  to.port = server.port();
  return to;
}

std::vector<SmtpResult> Send(const SmtpServer& server,
                             absl::Duration timeout = absl::Seconds(60)) {
  return CurlSmtpClient(nullptr).Send(server, SomeMail(), timeout);
}

std::vector<SmtpVerdict> Verdicts(const std::vector<SmtpResult>& results) {
  std::vector<SmtpVerdict> verdicts;
  for (const SmtpResult& result : results) verdicts.push_back(result.verdict);
  return verdicts;
}

// That all recipients have this result.
void ExpectAll(const std::vector<SmtpResult>& results, SmtpVerdict verdict,
               const std::string& reason) {
  ASSERT_EQ(results.size(), 3u);
  for (const SmtpResult& result : results) {
    EXPECT_EQ(result.verdict, verdict) << result.reason;
    EXPECT_THAT(result.reason, HasSubstr(reason));
  }
}

TEST(CurlSmtpClient, DeliversToAll) {
  const TestMailServer server;
  ExpectAll(Send(To(server)), SmtpVerdict::kAccepted, "");
  ASSERT_EQ(server.MailCount(), 1);
  EXPECT_EQ(server.Envelope(1)["from"], "from@a.example");
  EXPECT_EQ(server.Envelope(1)["to"],
            Json({"one@b.example", "two@b.example", "three@b.example"}));
  EXPECT_THAT(server.Log(), Contains("QUIT"));
  const Json mail = server.Read(1);
  EXPECT_EQ(mail["structure"], Json({"multipart/mixed", "multipart/alternative",
                                     "text/plain", "text/html"}));
  EXPECT_EQ(mail["defects"], Json::array());
  EXPECT_EQ(TestMailServer::Content(mail, 0), "text\r\n");
  EXPECT_EQ(TestMailServer::Content(mail, 1), "<pre>text</pre>\r\n");
}

TEST(CurlSmtpClient, KeepsTextAsItIs) {
  const TestMailServer server;
  SmtpMail mail = SomeMail();
  mail.text = "\r\n.\r\n..\r\n.x\r\na\rb\r\r\n" + std::string(5000, 'x') +
              "\r\ntrailing \r\ntab\t\r\n=20 \xE2\x82\xAC\x1B\r\nFrom me\r\n." +
              std::string(1, '\0') + "\r\n.\r\nno end";
  mail.html = mail.text;
  const std::vector<SmtpResult> results =
      CurlSmtpClient(nullptr).Send(To(server), mail, absl::Seconds(60));
  ExpectAll(results, SmtpVerdict::kAccepted, "");
  const Json seen = server.Read(1);
  EXPECT_EQ(TestMailServer::Content(seen, 0), mail.text);
  EXPECT_EQ(TestMailServer::Content(seen, 1), mail.html);
  EXPECT_EQ(seen["defects"], Json::array());
  EXPECT_LE(seen["longest_line"], 90);  // that of a boundary
}

TEST(CurlSmtpClient, SendsFiles) {
  const TestMailServer server;
  const TestFolder folder;
  std::string bytes;
  for (int i = 0; i < 300000; ++i) bytes += static_cast<char>(i % 251);
  SmtpMail mail = SomeMail();
  mail.files.push_back({folder.Write("a", bytes),
                        "Content-Disposition: attachment; filename=\"A.gz\"",
                        "application/gzip"});
  const std::vector<SmtpResult> results =
      CurlSmtpClient(nullptr).Send(To(server), mail, absl::Seconds(60));
  ExpectAll(results, SmtpVerdict::kAccepted, "");
  const Json seen = server.Read(1);
  ASSERT_EQ(seen["parts"].size(), 3u);
  EXPECT_EQ(seen["parts"][2]["type"], "application/gzip");
  EXPECT_EQ(seen["parts"][2]["name"], "A.gz");
  EXPECT_EQ(TestMailServer::Content(seen, 2), bytes);
  EXPECT_LE(seen["longest_line"], 90);  // that of a boundary
}

TEST(CurlSmtpClient, TellsRefusedRecipientsApart) {
  const TestMailServer server(
      Json::object({{"rcpt",
                     {{"one@b.example", "550 5.1.1 no such user"},
                      {"three@b.example", "450 4.2.1 mailbox busy"}}}}));
  const std::vector<SmtpResult> results = Send(To(server));
  EXPECT_THAT(Verdicts(results),
              ElementsAre(SmtpVerdict::kRefused, SmtpVerdict::kAccepted,
                          SmtpVerdict::kNotNow));
  EXPECT_EQ(results[0].reason,
            absl::StrCat("127.0.0.1:", server.port(),
                         " answered 550 to RCPT: 5.1.1 no such user"));
  EXPECT_THAT(results[2].reason, HasSubstr("mailbox busy"));
  EXPECT_EQ(server.Envelope(1)["to"], Json({"two@b.example"}));
}

TEST(CurlSmtpClient, TellsThemApartWhenAllAreRefused) {
  const TestMailServer server(
      Json::object({{"rcpt",
                     {{"one@b.example", "550 no"},
                      {"two@b.example", "450 no"},
                      {"three@b.example", "554 no"}}}}));
  EXPECT_THAT(Verdicts(Send(To(server))),
              ElementsAre(SmtpVerdict::kRefused, SmtpVerdict::kNotNow,
                          SmtpVerdict::kRefused));
  EXPECT_EQ(server.MailCount(), 0);
}

TEST(CurlSmtpClient, TellsForGoodFromForNow) {
  const struct {
    Json script;
    SmtpVerdict verdict;
    const char* reason;
  } kCases[] = {
      {{{"connect", "554 no"}}, SmtpVerdict::kRefused, "554 to the connection"},
      {{{"connect", "421 no"}}, SmtpVerdict::kNotNow, "421 to the connection"},
      {{{"connect", "drop"}}, SmtpVerdict::kNotNow, "127.0.0.1"},
      {{{"mail", "552 full"}}, SmtpVerdict::kRefused, "552 to MAIL: full"},
      {{{"mail", "421 bye"}}, SmtpVerdict::kNotNow, "421 to MAIL: bye"},
      {{{"mail", "451 no"}}, SmtpVerdict::kNotNow, "451 to MAIL: no"},
      {{{"mail", "drop"}}, SmtpVerdict::kNotNow, "127.0.0.1"},
      {{{"data", "554 spam"}}, SmtpVerdict::kRefused, "554 to the message"},
      {{{"data", "451 no"}}, SmtpVerdict::kNotNow, "451 to the message: no"},
      {{{"data", "drop"}}, SmtpVerdict::kNotNow, "127.0.0.1"},
  };
  for (const auto& c : kCases) {
    const TestMailServer server(c.script);
    SCOPED_TRACE(c.script.dump());
    ExpectAll(Send(To(server)), c.verdict, c.reason);
    EXPECT_EQ(server.MailCount(), 0);
  }
}

TEST(CurlSmtpClient, LetsARecipientsOwnRefusalStandWhenAllFails) {
  const TestMailServer server(Json::object(
      {{"rcpt", {{"one@b.example", "550 no"}}}, {"data", "451 wait"}}));
  EXPECT_THAT(Verdicts(Send(To(server))),
              ElementsAre(SmtpVerdict::kRefused, SmtpVerdict::kNotNow,
                          SmtpVerdict::kNotNow));
}

TEST(CurlSmtpClient, TakesAMailForAcceptedWhateverComesOfQuit) {
  SystemClock clock;
  for (const char* quit : {"drop", "421 tired", "500 what", "hang"}) {
    const TestMailServer server(Json::object({{"quit", quit}}));
    const absl::Duration start = clock.Uptime();
    ExpectAll(Send(To(server)), SmtpVerdict::kAccepted, "");
    EXPECT_LT(clock.Uptime() - start, absl::Seconds(20)) << quit;
    EXPECT_THAT(server.Log(), Contains("QUIT"));
  }
}

TEST(CurlSmtpClient, TriesLaterWhenNobodyListens) {
  SmtpServer to;
  {
    const TestMailServer server;
    to = To(server);
  }
  ExpectAll(Send(to), SmtpVerdict::kNotNow, "127.0.0.1");
}

TEST(CurlSmtpClient, GivesUpInTime) {
  for (const char* when : {"connect", "mail", "data"}) {
    const TestMailServer server(Json::object({{when, "hang"}}));
    SystemClock clock;
    const absl::Duration start = clock.Uptime();
    ExpectAll(Send(To(server), absl::Milliseconds(500)), SmtpVerdict::kNotNow,
              "127.0.0.1");
    EXPECT_LT(clock.Uptime() - start, absl::Seconds(20)) << when;
  }
}

TEST(CurlSmtpClient, EndsWhenItIsToldTo) {
  const TestMailServer server(Json::object({{"data", "hang"}}));
  absl::StatusOr<InterruptFlag> flag = InterruptFlag::Create();
  ASSERT_TRUE(flag.ok());
  std::thread raiser([&] {
    SystemClock clock;
    const absl::Duration deadline = clock.Uptime() + absl::Seconds(60);
    while (clock.Uptime() < deadline &&
           !testing::Matches(Contains("DATA"))(server.Log())) {
      std::this_thread::yield();
    }
    flag->Raise();
  });
  ExpectAll(CurlSmtpClient(&*flag).Send(To(server), SomeMail(),
                                        absl::InfiniteDuration()),
            SmtpVerdict::kNotNow, "interrupted");
  raiser.join();
}

TEST(CurlSmtpClient, ReachesIpv6) {
  const TestMailServer server(Json::object({{"host", "::1"}}));
  SmtpServer to = To(server);
  to.host = "::1";
  ExpectAll(Send(to), SmtpVerdict::kAccepted, "");
}

TEST(CurlSmtpClient, RefusesHostsThatAreNone) {
  for (const char* host : {"", "a/b", "user@host", "a b", "h?x", "a\r\nb"}) {
    SmtpServer to;
    to.host = host;
    ExpectAll(Send(to), SmtpVerdict::kRefused, "");
  }
}

class TlsTest : public testing::Test {
 protected:
  // A script of a server that is called localhost.
  Json Script() const {
    return {{"certificate", {ours_.certificate(), ours_.key()}}};
  }

  SmtpServer Encrypted(const TestMailServer& server, TlsMode tls) const {
    SmtpServer to = To(server);
    to.host = "localhost";
    to.tls = tls;
    to.ca_file = ours_.ca();
    return to;
  }

  const TestFolder folder_;
  const TestCertificates ours_{folder_.path(), "ours", "DNS:localhost"};
};

TEST_F(TlsTest, IsUsedWhenItIsDemanded) {
  Json script = Script();
  {
    const TestMailServer server(script);
    ExpectAll(Send(Encrypted(server, TlsMode::kStartTls)),
              SmtpVerdict::kAccepted, "");
    EXPECT_EQ(server.Envelope(1)["tls"], true);
  }
  script["implicit"] = true;
  const TestMailServer server(script);
  ExpectAll(Send(Encrypted(server, TlsMode::kImplicit)), SmtpVerdict::kAccepted,
            "");
  EXPECT_EQ(server.Envelope(1)["tls"], true);
}

TEST_F(TlsTest, IsNeverDoneWithout) {
  const TestMailServer server;
  for (const TlsMode tls : {TlsMode::kStartTls, TlsMode::kImplicit}) {
    SmtpServer to = Encrypted(server, tls);
    to.user = "user";
    to.password = "secret";
    ExpectAll(Send(to, absl::Seconds(5)), SmtpVerdict::kNotNow, "localhost");
  }
  EXPECT_THAT(server.Log(), ElementsAre("CONNECT", "CONNECT"));
}

TEST_F(TlsTest, NeedsTheRightAuthority) {
  const TestCertificates other(folder_.path(), "other", "DNS:localhost");
  for (const bool implicit : {false, true}) {
    Json script = Script();
    script["implicit"] = implicit;
    const TestMailServer server(script);
    SmtpServer to =
        Encrypted(server, implicit ? TlsMode::kImplicit : TlsMode::kStartTls);
    for (const std::string& ca_file : {std::string(), other.ca()}) {
      to.ca_file = ca_file;
      ExpectAll(Send(to), SmtpVerdict::kNotNow, "certificate");
    }
    EXPECT_THAT(server.Log(), Not(Contains(HasSubstr("MAIL"))));
  }
}

TEST_F(TlsTest, NeedsTheRightName) {
  const TestCertificates wrong(folder_.path(), "wrong", "DNS:other.example");
  for (const bool implicit : {false, true}) {
    const TestMailServer server(
        Json::object({{"certificate", {wrong.certificate(), wrong.key()}},
                      {"implicit", implicit}}));
    SmtpServer to =
        Encrypted(server, implicit ? TlsMode::kImplicit : TlsMode::kStartTls);
    to.ca_file = wrong.ca();
    ExpectAll(Send(to), SmtpVerdict::kNotNow, "localhost");
    EXPECT_THAT(server.Log(), Not(Contains(HasSubstr("MAIL"))));
  }
}

TEST_F(TlsTest, AuthenticatesOverIt) {
  Json script = Script();
  script["user"] = {"me", "pass word:\xC3\xA9"};
  const TestMailServer server(script);
  SmtpServer to = Encrypted(server, TlsMode::kStartTls);
  to.user = "me";
  to.password = "pass word:\xC3\xA9";
  ExpectAll(Send(to), SmtpVerdict::kAccepted, "");
  EXPECT_EQ(server.Envelope(1)["user"], "me");
}

TEST(CurlSmtpClient, KnowsWhetherAPasswordIsWrongForGood) {
  TestMailServer server(Json::object({{"user", {"me", "right"}}}));
  SmtpServer to = To(server);
  to.user = "me";
  to.password = "wrong-secret";
  std::vector<SmtpResult> results = Send(to);
  ExpectAll(results, SmtpVerdict::kRefused, "535 to AUTH");
  EXPECT_THAT(results[0].reason, Not(HasSubstr("secret")));
  server.SetScript(Json::object({{"auth", "454 4.7.0 wrong-secret"}}));
  results = Send(to);
  ExpectAll(results, SmtpVerdict::kNotNow, "454 to AUTH");
  EXPECT_THAT(results[0].reason, Not(HasSubstr("secret")));
  EXPECT_THAT(server.Log(), Not(Contains(HasSubstr("MAIL"))));
}

TEST(CurlSmtpClient, NeverRepeatsAPassword) {
  const TestMailServer server(
      Json::object({{"user", {"me", "my-secret"}},
                    {"mail", "550 me and my-secret are banned"}}));
  SmtpServer to = To(server);
  to.user = "me";
  to.password = "my-secret";
  const std::vector<SmtpResult> results = Send(to);
  ExpectAll(results, SmtpVerdict::kRefused, "550 to MAIL");
  EXPECT_THAT(results[0].reason, Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace dirwatcher
