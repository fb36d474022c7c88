// What the functions write is read back: by decoders of our own, which are as
// simple as can be, for any text; and by Python's email package.

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "notify/mail_headers.h"
#include "notify/testing/test_folder.h"
#include "rapidcheck.h"
#include "rapidcheck/gtest.h"
#include "text/utf8.h"

namespace dirwatcher {
namespace {

// Any bytes but those that are refused, with what matters more often than by
// chance.
rc::Gen<std::string> Subjects() {
  static const std::vector<std::string> kPieces = {"a",
                                                   " ",
                                                   "=?",
                                                   "?=",
                                                   "\t",
                                                   "\xC3\xA9",
                                                   "\xE2\x82\xAC",
                                                   "\xF0\x9F\x98\xB1",
                                                   "plain words",
                                                   "=?UTF-8?Q?x?="};
  const auto byte = rc::gen::map(rc::gen::suchThat<char>([](char c) {
                                   return c != '\0' && c != '\r' && c != '\n';
                                 }),
                                 [](char c) { return std::string(1, c); });
  const auto piece = rc::gen::weightedOneOf<std::string>(
      {{6, rc::gen::elementOf(kPieces)}, {1, byte}});
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                      [](const std::vector<std::string>& pieces) {
                        return absl::StrJoin(pieces, "");
                      });
}

std::vector<std::string> Lines(const std::string& header) {
  return absl::StrSplit(header, "\r\n");
}

// Puts encoded words together again.
std::string DecodeSubject(const std::string& header) {
  std::string joined;
  for (absl::string_view line : Lines(header)) {
    if (joined.empty()) {
      joined = std::string(absl::StripPrefix(line, "Subject: "));
    } else {
      RC_ASSERT(absl::ConsumePrefix(&line, " "));
      joined += std::string(line);
    }
  }
  if (!absl::StrContains(joined, "=?")) return joined;
  std::string text;
  absl::string_view left = joined;
  while (absl::ConsumePrefix(&left, "=?UTF-8?B?")) {
    const size_t end = left.find("?=");
    RC_ASSERT(end != absl::string_view::npos);
    std::string word;
    RC_ASSERT(absl::Base64Unescape(left.substr(0, end), &word));
    RC_ASSERT(IsValidUtf8(word));
    RC_ASSERT(end + 12 <= 75u);
    text += word;
    left.remove_prefix(end + 2);
  }
  RC_ASSERT(left.empty());
  return text;
}

RC_GTEST_PROP(EncodeSubject, IsReadBack, ()) {
  const std::string subject = *Subjects();
  const std::string header = EncodeSubject(subject);
  RC_CLASSIFY(absl::StrContains(header, "\r\n"), "folded");
  RC_CLASSIFY(!absl::StrContains(header, "=?"), "plain");
  RC_ASSERT(DecodeSubject(header) == ReplaceInvalidUtf8(subject));
  for (const std::string& line : Lines(header)) RC_ASSERT(line.size() <= 76u);
  for (const char c : header) {
    RC_ASSERT((c >= 0x20 && c < 0x7F) || c == '\r' || c == '\n');
  }
}

std::string PercentDecode(absl::string_view text) {
  std::string decoded;
  while (!text.empty()) {
    if (text[0] == '%') {
      decoded += absl::HexStringToBytes(text.substr(1, 2));
      text.remove_prefix(3);
    } else {
      decoded += text[0];
      text.remove_prefix(1);
    }
  }
  return decoded;
}

RC_GTEST_PROP(EncodeDisposition, IsReadBack, ()) {
  const std::string name = *Subjects() + *rc::gen::arbitrary<std::string>();
  const std::string header = EncodeDisposition(name);
  std::string value;
  std::vector<std::string> lines = Lines(header);
  RC_ASSERT(lines[0] == "Content-Disposition: attachment;");
  for (size_t i = 1; i < lines.size(); ++i) {
    RC_ASSERT(lines[i].size() <= 78u);
    absl::string_view line = absl::StripSuffix(lines[i], ";");
    if (absl::ConsumePrefix(&line, " filename=\"")) {
      value += std::string(absl::StripSuffix(line, "\""));
      RC_ASSERT(lines.size() == 2u);
      continue;
    }
    const std::string number = std::to_string(i - 1);
    RC_ASSERT(
        absl::ConsumePrefix(&line, " filename*" + number + "*=") ||
        (lines.size() == 2u && absl::ConsumePrefix(&line, " filename*=")));
    RC_ASSERT(i > 1 || absl::ConsumePrefix(&line, "UTF-8''"));
    const std::string piece = PercentDecode(line);
    RC_ASSERT(IsValidUtf8(piece));
    value += piece;
  }
  RC_CLASSIFY(lines.size() > 2u, "in pieces");
  RC_ASSERT(value == ReplaceInvalidUtf8(name));
}

TEST(MailHeaders, AreReadByPython) {
  const std::vector<std::string> texts = {
      "Backup failed",
      "Backup \xF0\x9F\x98\xB1 ging schief",
      " spaces  outside ",
      "=?UTF-8?Q?not_encoded?=",
      std::string(300, 'x'),
      "\xE2\x82\xAC" + std::string(200, '\'') + "\xF0\x9F\x98\xB1\xE2\x82\xAC",
      "100% \"quoted\" \\ a/b*c'd; e=f",
      "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
      "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9.gz",
  };
  const std::vector<std::string> to = {"a@x.example", "b@y.example"};
  nlohmann::json mails;
  for (const std::string& text : texts) {
    mails.push_back(EncodeSubject(text) + "\r\n" + EncodeDisposition(text) +
                    "\r\n" + EncodeAddresses("To", to) + "\r\n" +
                    EncodeDate(absl::FromUnixSeconds(1796000000)) + "\r\n\r\n");
  }
  const TestFolder folder;
  const nlohmann::json seen = nlohmann::json::parse(
      TestFolder::Run("python3 notify/testing/decode_headers.py " +
                      folder.Write("mails.json", mails.dump())));
  ASSERT_EQ(seen.size(), texts.size());
  for (size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(seen[i]["subject"], texts[i]);
    // Python trims the names of files, however they are encoded.
    EXPECT_EQ(seen[i]["name"],
              std::string(absl::StripAsciiWhitespace(texts[i])));
    EXPECT_EQ(seen[i]["to"], nlohmann::json(to));
    EXPECT_EQ(seen[i]["date"], 1796000000.0);
    EXPECT_EQ(seen[i]["defects"], nlohmann::json::array()) << texts[i];
  }
}

}  // namespace
}  // namespace dirwatcher
