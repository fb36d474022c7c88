#include "sinks/match_digest.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "text/utf8.h"

namespace dirwatcher {
namespace {

using testing::HasSubstr;

LineMatched Match(absl::string_view file, int64_t line,
                  absl::string_view text) {
  LineMatched match;
  match.file = file;
  match.line = line;
  match.magic = "magic";
  match.text = text;
  return match;
}

DigestOptions Options() {
  DigestOptions options;
  options.dir = "/var/log";
  options.max_lines = 3;
  options.max_files = 2;
  return options;
}

TEST(MatchDigest, TellsOneLineByItself) {
  MatchDigest digest(Options());
  EXPECT_EQ(digest.due(), absl::InfiniteDuration());
  digest.Add(Match("a.log", 7, "some magic\t!"), absl::Seconds(10));
  EXPECT_EQ(digest.due(), absl::Seconds(15));
  const MessageDetails details = digest.Take(absl::Seconds(15));
  EXPECT_EQ(details.subject, "Found \"magic\" in a.log:7");
  EXPECT_EQ(details.message,
            "Directory: /var/log\n\na.log:7: some magic\\t!\n");
  EXPECT_EQ(digest.due(), absl::InfiniteDuration());
}

TEST(MatchDigest, CountsWhatItHasNoRoomFor) {
  MatchDigest digest(Options());
  for (int i = 1; i <= 4; ++i) digest.Add(Match("a", i, "x"), absl::Seconds(i));
  digest.Add(Match("b", 1, "y"), absl::Seconds(5));
  digest.Add(Match("c", 1, "z"), absl::Seconds(6));
  const MessageDetails details = digest.Take(absl::Seconds(6));
  EXPECT_EQ(details.subject, "Found 6 lines in /var/log");
  EXPECT_EQ(details.message,
            "Directory: /var/log\n\na:1: x\na:2: x\na:3: x\n... and 3 more\n\n"
            "Lines by file:\n4  a\n1  b\n1  in other files\n");
}

TEST(MatchDigest, CutsLongLinesBetweenCharacters) {
  DigestOptions options = Options();
  options.max_line_bytes = 5;
  MatchDigest digest(options);
  digest.Add(Match("a", 1, "abcd\xC3\xA9"), absl::ZeroDuration());
  digest.Add(Match("a", 2, "ab\xF0\x9F\x98\x80"), absl::ZeroDuration());
  digest.Add(Match("a", 3, "abc\xC3\xA9"), absl::ZeroDuration());
  EXPECT_THAT(digest.Take(absl::ZeroDuration()).message,
              HasSubstr("a:1: abcd...\na:2: ab...\na:3: abc\xC3\xA9\n"));
}

RC_GTEST_PROP(MatchDigest, CutsAnyTextToSomethingThatIsNoLongerAndAsValid, ()) {
  const auto text = *rc::gen::container<std::string>(
      rc::gen::element('a', '\xC3', '\xA9', '\xF0', '\x9F', '\x98', '\x80'));
  DigestOptions options;
  options.max_line_bytes = 4;
  MatchDigest digest(options);
  digest.Add(Match("a", 1, text), absl::ZeroDuration());
  const std::string message = digest.Take(absl::ZeroDuration()).message;
  RC_ASSERT(IsValidUtf8(message));
  if (IsValidUtf8(text)) {
    // No byte of a broken character is left over.
    RC_ASSERT(message.find("\\x") == std::string::npos);
  }
}

// How many lines a message says that there are.
int64_t CountOf(const MessageDetails& details) {
  const std::vector<std::string> words = absl::StrSplit(details.subject, ' ');
  int64_t count = 0;
  return absl::SimpleAtoi(words[1], &count) ? count : 1;
}

RC_GTEST_PROP(MatchDigest, CountsEachLineOnceAndKeepsItsIntervals, ()) {
  const auto gaps =
      *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 30));
  DigestOptions options = Options();
  options.wait = absl::Seconds(*rc::gen::inRange(0, 10));
  options.interval = absl::Seconds(*rc::gen::inRange(0, 60));
  MatchDigest digest(options);
  absl::Duration now = absl::ZeroDuration();
  absl::Duration last_sent = -absl::InfiniteDuration();
  absl::Duration oldest = absl::InfiniteDuration();  // not told yet
  int64_t told = 0;
  int messages = 0;
  const auto send_until = [&](absl::Duration end) {
    if (digest.due() > end) return;
    const absl::Duration sent = digest.due();
    RC_ASSERT(sent - last_sent >= options.interval);
    RC_ASSERT(sent ==
              std::max(oldest + options.wait, last_sent + options.interval));
    told += CountOf(digest.Take(sent));
    ++messages;
    last_sent = sent;
    oldest = absl::InfiniteDuration();
    RC_ASSERT(digest.due() == absl::InfiniteDuration());
  };
  for (const int gap : gaps) {
    now += absl::Seconds(gap);
    send_until(now);
    digest.Add(Match(absl::StrCat("f", gap % 4), 1, "x"), now);
    oldest = std::min(oldest, now);
  }
  send_until(absl::InfiniteDuration());
  RC_ASSERT(told == static_cast<int64_t>(gaps.size()));
  RC_CLASSIFY(messages > 1, "several messages");
  RC_CLASSIFY(messages < told, "lines together");
}

}  // namespace
}  // namespace dirwatcher
