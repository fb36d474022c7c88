// Any text, cut anywhere, against what Slack would see: entities and characters
// that are whole, and the same text when the parts are put together.

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "notify/slack_text.h"
#include "rapidcheck/gtest.h"
#include "text/utf8.h"

namespace dirwatcher {
namespace {

// Much of what is hard: entities, characters of each length, line ends, and
// bytes that make no sense.
rc::Gen<std::string> TextGen(size_t max_pieces) {
  return rc::gen::mapcat(
      rc::gen::inRange<size_t>(0, max_pieces), [](size_t count) {
        return rc::gen::map(
            rc::gen::container<std::vector<std::string>>(
                count, rc::gen::element<std::string>(
                           "a", "word ", "&", "<", ">", "&amp;", "\n",
                           "\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80",
                           "\xFF", "\xE2\x82", std::string(1, '\0'))),
            [](const std::vector<std::string>& pieces) {
              return absl::StrJoin(pieces, "");
            });
      });
}

// What a reader sees.
std::string Unescape(std::string text) {
  return absl::StrReplaceAll(text,
                             {{"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}});
}

// Whether all that Slack would take for markup is an entity of ours.
bool IsEscaped(const std::string& text) {
  const std::string rest =
      absl::StrReplaceAll(text, {{"&lt;", ""}, {"&gt;", ""}, {"&amp;", ""}});
  return rest.find_first_of("&<>") == std::string::npos;
}

size_t NaiveLength(absl::string_view text) {
  size_t length = 0;
  while (!text.empty()) {
    const size_t size = Utf8SequenceLength(text);
    length += DecodeUtf8(text.substr(0, size)) >= 0x10000 ? 2 : 1;
    text.remove_prefix(size);
  }
  return length;
}

RC_GTEST_PROP(SlackTextProperty, EscapedTextReadsAsTheText, ()) {
  const std::string text = *TextGen(200);
  const std::string escaped = EscapeForSlack(text);
  RC_ASSERT(IsEscaped(escaped));
  RC_ASSERT(IsValidUtf8(escaped));
  RC_ASSERT(SlackLength(escaped) == NaiveLength(escaped));
  RC_ASSERT(
      Unescape(escaped) ==
      absl::StrReplaceAll(ReplaceInvalidUtf8(text),
                          {{absl::string_view("\0", 1), kUtf8Replacement}}));
}

RC_GTEST_PROP(SlackTextProperty, PartsAreWholeAndMakeUpTheText, ()) {
  const std::string escaped = EscapeForSlack(*TextGen(300));
  const size_t max_length = *rc::gen::inRange<size_t>(10, 60);
  const std::vector<std::string> parts = SplitForSlack(escaped, max_length);
  RC_ASSERT(absl::StrJoin(parts, "") == escaped);
  for (const std::string& part : parts) {
    RC_ASSERT(!part.empty());
    RC_ASSERT(NaiveLength(part) <= max_length);
    RC_ASSERT(IsValidUtf8(part));
    RC_ASSERT(IsEscaped(part));
  }
  // Half full at least, but for the last and what does not fit any more.
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    RC_ASSERT(NaiveLength(parts[i]) + 5 > max_length / 2);
  }
  RC_CLASSIFY(parts.size() > 3, "several parts");
}

RC_GTEST_PROP(SlackTextProperty, MessageIsWholeInItsParts, ()) {
  OutgoingMessage message;
  message.subject = absl::StrReplaceAll(*TextGen(20), {{"\n", ""}});
  message.text = *TextGen(12000);
  message.signature = "job version: 1";
  const std::vector<std::string> parts = SlackParts(message, {});
  std::string expected;
  if (!message.subject.empty()) {
    expected = absl::StrCat("*", EscapeForSlack(message.subject), "*\n");
  }
  absl::StrAppend(&expected, EscapeForSlack(message.text));
  if (!expected.empty() && expected.back() != '\n') expected += '\n';
  RC_ASSERT(absl::StrJoin(parts, "") == expected + "_job version: 1_");
  RC_ASSERT(absl::EndsWith(parts.back(), "_job version: 1_"));
  for (const std::string& part : parts) {
    RC_ASSERT(NaiveLength(part) <= kSlackMaxCharacters);
  }
  RC_CLASSIFY(parts.size() > 1, "more than one part");
}

}  // namespace
}  // namespace dirwatcher
