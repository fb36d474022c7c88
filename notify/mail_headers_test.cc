#include "notify/mail_headers.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(CheckHeaderValue, LetsNobodyAddHeaders) {
  EXPECT_EQ(CheckHeaderValue("subject", "a b \xC3\xA9"), absl::OkStatus());
  for (const std::string& value :
       {std::string("a\r\nBcc: b"), std::string("a\n"), std::string("\r"),
        std::string("a\0b", 3)}) {
    const absl::Status status = CheckHeaderValue("subject", value);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr("subject"));
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("Bcc")));
  }
}

TEST(CheckAddress, KnowsAddresses) {
  for (const char* good :
       {"a@b.example", "root", "x+y=z@h", "j\xC3\xBCrg@h", "o'hara/1@h"}) {
    EXPECT_EQ(CheckAddress("to", good), absl::OkStatus()) << good;
  }
  for (const char* bad : {"", "a b@c", "a@b>", "<a@b>", "A <a@b>", "a@b,c@d",
                          "a@b\r\nDATA", "a\x7F@b", "a@\xFF", "a;b@c"}) {
    EXPECT_EQ(CheckAddress("to", bad).code(),
              absl::StatusCode::kInvalidArgument)
        << bad;
  }
}

TEST(EncodeSubject, LeavesPlainTextAlone) {
  EXPECT_EQ(EncodeSubject("[x] Backup failed: exit 1"),
            "Subject: [x] Backup failed: exit 1");
  EXPECT_EQ(EncodeSubject(""), "Subject: ");
  EXPECT_EQ(EncodeSubject(std::string(67, 'x')),
            "Subject: " + std::string(67, 'x'));
}

TEST(EncodeSubject, EncodesAnEmoji) {
  EXPECT_EQ(EncodeSubject("Sicherung ging schief \xF0\x9F\x98\xB1"),
            "Subject: =?UTF-8?B?U2ljaGVydW5nIGdpbmcgc2NoaWVmIPCfmLE=?=");
}

TEST(EncodeSubject, EncodesWhatLooksEncoded) {
  EXPECT_EQ(EncodeSubject("=?x?="), "Subject: =?UTF-8?B?PT94Pz0=?=");
}

TEST(EncodeSubject, EncodesWhatReadersWouldTrim) {
  EXPECT_EQ(EncodeSubject(" a"), "Subject: =?UTF-8?B?IGE=?=");
  EXPECT_EQ(EncodeSubject("a "), "Subject: =?UTF-8?B?YSA=?=");
  EXPECT_EQ(EncodeSubject("\t"), "Subject: =?UTF-8?B?CQ==?=");
}

TEST(EncodeAddresses, FoldsBetweenThem) {
  EXPECT_EQ(EncodeAddresses("To", {"a@b"}), "To: a@b");
  EXPECT_EQ(EncodeAddresses("To", {"a@b", "c@d"}), "To: a@b,\r\n c@d");
}

TEST(EncodeDisposition, QuotesAPlainName) {
  EXPECT_EQ(EncodeDisposition("a b.log.gz"),
            "Content-Disposition: attachment;\r\n filename=\"a b.log.gz\"");
}

TEST(EncodeDisposition, EncodesWhatIsNotPlain) {
  EXPECT_EQ(
      EncodeDisposition("\xC3\xA9\"\r\n.gz"),
      "Content-Disposition: attachment;\r\n filename*=UTF-8''%C3%A9%22%0D%0A"
      ".gz");
  EXPECT_EQ(EncodeDisposition("\xFF"),
            "Content-Disposition: attachment;\r\n filename*=UTF-8''%EF%BF%BD");
}

TEST(EncodeDisposition, CutsALongNameIntoPieces) {
  EXPECT_EQ(EncodeDisposition(std::string(70, 'x')),
            "Content-Disposition: attachment;\r\n filename*0*=UTF-8''" +
                std::string(53, 'x') +
                ";\r\n filename*1*=" + std::string(17, 'x'));
}

TEST(EncodeDate, IsInEnglishAndUtc) {
  const absl::Time time = absl::FromCivil(
      absl::CivilSecond(2026, 11, 4, 8, 5, 7), absl::UTCTimeZone());
  EXPECT_EQ(EncodeDate(time), "Date: Wed, 04 Nov 2026 08:05:07 +0000");
}

}  // namespace
}  // namespace dirwatcher
