#include "notify/target.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "notify/target_url.h"
#include "rapidcheck/gtest.h"

namespace dirwatcher {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Target Parse(const std::string& text) {
  const absl::StatusOr<Target> target = ParseTarget(text);
  EXPECT_TRUE(target.ok()) << target.status();
  return target.value_or(Target());
}

std::string Wrong(const std::string& text) {
  const absl::StatusOr<Target> target = ParseTarget(text);
  EXPECT_FALSE(target.ok()) << text;
  EXPECT_EQ(target.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(target.status().message());
}

TEST(Target, OfMailHasAllItsKeys) {
  const Target target = Parse(
      "mailto://job%40x@mx.example.com:2525/?from=a@x&to=b@x,c+d@x&to=e@x"
      "&prefix=%5Bcron%5D%20&tls=none&ca=/etc/ca.pem&password_file=/etc/pw");
  EXPECT_EQ(target.kind, TargetKind::kMail);
  EXPECT_EQ(target.user, "job@x");
  EXPECT_EQ(target.host, "mx.example.com");
  EXPECT_EQ(target.port, 2525);
  EXPECT_EQ(target.from_address, "a@x");
  EXPECT_THAT(target.to_addresses, ElementsAre("b@x", "c+d@x", "e@x"));
  EXPECT_EQ(target.prefix, "[cron] ");
  EXPECT_EQ(target.tls, TlsMode::kNone);
  EXPECT_EQ(target.ca_file, "/etc/ca.pem");
  EXPECT_EQ(target.secret.file, "/etc/pw");
  EXPECT_EQ(target.label, "mailto://job%40x@mx.example.com:2525");
}

TEST(Target, OfMailIsEncryptedIfThereIsAPassword) {
  EXPECT_EQ(Parse("mailto://mx?from=a&to=b").tls, TlsMode::kNone);
  EXPECT_EQ(Parse("mailto://u@mx?from=a&to=b").tls, TlsMode::kStartTls);
  EXPECT_EQ(Parse("mailto://u@mx?from=a&to=b&tls=implicit").tls,
            TlsMode::kImplicit);
  EXPECT_EQ(Parse("smtps://mx?from=a&to=b").tls, TlsMode::kImplicit);
  EXPECT_EQ(Parse("smtps://mx?from=a&to=b&tls=implicit").tls,
            TlsMode::kImplicit);
}

TEST(Target, MayHaveAnIpv6Address) {
  const Target target = Parse("mailto://[::1]:25?from=a&to=b");
  EXPECT_EQ(target.host, "::1");
  EXPECT_EQ(target.port, 25);
}

TEST(Target, HasEachRecipientOnce) {
  EXPECT_THAT(Parse("sendgrid://?from=a&to=b@X.com,c@x.com&to=b@x.com,B@x.com")
                  .to_addresses,
              ElementsAre("b@X.com", "c@x.com", "B@x.com"));
}

TEST(Target, OfSlackSaysWhereItsSecretsAre) {
  const Target target =
      Parse("slack://?webhook_url_env=HOOK&token_file=/t&channel=C1");
  EXPECT_EQ(target.kind, TargetKind::kSlack);
  EXPECT_EQ(target.secret.variable, "HOOK");
  EXPECT_EQ(target.secret.default_variable, "SLACK_WEBHOOK_URL");
  EXPECT_EQ(target.secret.credential, "slack_webhook_url");
  EXPECT_EQ(target.token.file, "/t");
  EXPECT_EQ(target.channel, "C1");
  EXPECT_EQ(Parse("slack://").kind, TargetKind::kSlack);
}

TEST(Target, OfAWebhookIsTakenAsItStands) {
  const std::string url = "https://hooks.example.com/T/B?x=1&x=1&y#f";
  EXPECT_EQ(Wrong(url),
            "target \"https://hooks.example.com\": it is not of "
            "the form SCHEME://[USER@]HOST[:PORT]?KEYS");
  const Target target = Parse("https://hooks.example.com/T/B?x=1&x=1&y");
  EXPECT_EQ(target.kind, TargetKind::kWebhook);
  EXPECT_EQ(target.text, "https://hooks.example.com/T/B?x=1&x=1&y");
  EXPECT_EQ(target.label, "https://hooks.example.com");
}

TEST(Target, MayBeTheConsole) {
  EXPECT_EQ(Parse("console:").kind, TargetKind::kConsole);
  EXPECT_EQ(Parse("console:").label, "console:");
  EXPECT_THAT(Wrong("console:x"), HasSubstr("nothing after console:"));
}

TEST(Target, ThatIsWrongIsNamedWithWhatWasExpected) {
  EXPECT_EQ(Wrong("ftp://x"),
            "target \"ftp://x\": unknown scheme; expected one of mailto, "
            "smtps, slack, sendgrid, https, http, console");
  EXPECT_THAT(Wrong("backup"),
              AllOf(HasSubstr("\"backup\""), HasSubstr("SCHEME://")));
  EXPECT_THAT(Wrong(""), HasSubstr("SCHEME://"));
  EXPECT_EQ(Wrong("mailto://mx?form=a&to=b"),
            "target \"mailto://mx\": unknown key \"form\"; the keys are from, "
            "to, prefix, tls, ca, password_file, password_env");
  EXPECT_EQ(Wrong("console:?a=b"),
            "target \"console:\": unknown key \"a\"; it has none");
  EXPECT_THAT(Wrong("mailto://mx?to=b"), HasSubstr("\"from\" is missing"));
  EXPECT_THAT(Wrong("mailto://mx?from=a"), HasSubstr("\"to\" is missing"));
  EXPECT_THAT(Wrong("mailto://mx?from=a&to="), HasSubstr("is no address"));
  EXPECT_THAT(Wrong("mailto://mx?from=a&from=b&to=c"), HasSubstr("twice"));
  EXPECT_THAT(Wrong("mailto://mx?from=a&to=b&tls=ssl"),
              HasSubstr("none, starttls, implicit"));
  EXPECT_THAT(Wrong("smtps://mx?from=a&to=b&tls=none"), HasSubstr("implicit"));
  EXPECT_THAT(Wrong("mailto://mx:0?from=a&to=b"), HasSubstr("\"0\""));
  EXPECT_THAT(Wrong("mailto://mx:99999?from=a&to=b"), HasSubstr("\"99999\""));
  EXPECT_THAT(Wrong("mailto:///x?from=a&to=b"), HasSubstr("a path"));
  EXPECT_THAT(Wrong("mailto://?from=a&to=b"), HasSubstr("host is missing"));
  EXPECT_THAT(Wrong("mailto:b@x?from=a&to=b"), HasSubstr("path"));
  EXPECT_THAT(Wrong("slack://hooks.slack.com"), HasSubstr("slack://?KEYS"));
  EXPECT_THAT(Wrong("https://"), HasSubstr("host is missing"));
  EXPECT_THAT(Wrong("mailto://mx?from=a%0Ab&to=b"), HasSubstr("a\\nb"));
  EXPECT_THAT(Wrong("mailto://mx?from=a&to=b%2"), HasSubstr("%"));
  EXPECT_THAT(Wrong("mailto://mx?from=a&to=b c"), HasSubstr("white space"));
  EXPECT_THAT(Wrong("mailto://mx?from=a&to=b&password_file=/p"),
              HasSubstr("USER"));
  EXPECT_THAT(Wrong("slack://?token_file=/a&token_env=B"),
              HasSubstr("exclude each other"));
}

TEST(Target, WithAPasswordIsRefusedWithoutRepeatingIt) {
  for (const std::string text :
       {"mailto://user:hunter2@mx?from=a&to=b",
        "https://user:hunter2@example.com/x", "slack://a:hunter2@b",
        "mailto://user:hunter2@mx ?from=a", "foo://user:hunter2@mx",
        "mailto://user:hunter2/@mx?from=a&to=b",
        "mailto://user:hun@hunter2@mx?from=a&to=b",
        "slack://?webhook_url=hunter2", "https://hunter2.example.com@x:y/",
        "sendgrid://?from=a&to=b&api_key=hunter2"}) {
    const std::string wrong = Wrong(text);
    if (text.find("hunter2.ex") == std::string::npos) {
      EXPECT_THAT(wrong, Not(HasSubstr("hunter2"))) << text;
    }
    EXPECT_THAT(wrong, HasSubstr(text.substr(0, 6)));
  }
}

RC_GTEST_PROP(Target, GivesPercentEncodedValuesBack, (std::string value)) {
  RC_PRE(!value.empty());
  std::string encoded;
  static constexpr char kHex[] = "0123456789abcdef";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    encoded += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  const auto target = ParseTarget("mailto://mx?from=a&to=b&prefix=" + encoded);
  RC_ASSERT(target.ok());
  RC_ASSERT(target->prefix == value);
}

RC_GTEST_PROP(Target, OfAnyBytesIsParsedOrRefusedInOneLine,
              (std::string text)) {
  const auto target = ParseTarget("mailto://" + text);
  if (target.ok()) return;
  const std::string message(target.status().message());
  RC_ASSERT(message.find('\n') == std::string::npos);
}

}  // namespace
}  // namespace dirwatcher
