#include "notify/slack_text.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using Parts = std::vector<std::string>;

OutgoingMessage MessageOf(std::string subject, std::string text,
                          std::string signature = "job version: 1") {
  OutgoingMessage message;
  message.subject = std::move(subject);
  message.text = std::move(text);
  message.signature = std::move(signature);
  return message;
}

TEST(SlackText, EscapesWhatSlackTakesForItsOwn) {
  EXPECT_EQ(EscapeForSlack("<!here> & <@U1> &amp;"),
            "&lt;!here&gt; &amp; &lt;@U1&gt; &amp;amp;");
}

TEST(SlackText, ReplacesWhatIsNotValid) {
  EXPECT_EQ(EscapeForSlack("a\xFF"), "a\xEF\xBF\xBD");
  EXPECT_EQ(EscapeForSlack(std::string("a\0b", 3)),
            "a\xEF\xBF\xBD"
            "b");
}

TEST(SlackText, CountsUtf16) {
  EXPECT_EQ(SlackLength(""), 0u);
  EXPECT_EQ(SlackLength("a\xC3\xA4\xE2\x82\xAC"), 3u);
  EXPECT_EQ(SlackLength("\xF0\x9F\x98\x80"), 2u);
}

TEST(SlackText, IsNotCutWhenItFits) {
  EXPECT_EQ(SplitForSlack("0123456789", 10), Parts{"0123456789"});
  EXPECT_EQ(SplitForSlack("", 10), Parts());
}

TEST(SlackText, IsCutBehindALine) {
  EXPECT_EQ(SplitForSlack("0123456\n890123", 10),
            (Parts{"0123456\n", "890123"}));
  EXPECT_EQ(SplitForSlack("01\n34567890123", 10),
            (Parts{"01\n3456789", "0123"}));
}

TEST(SlackText, IsNotCutWithinAnEntityOrACharacter) {
  EXPECT_EQ(SplitForSlack("0123456&amp;", 10), (Parts{"0123456", "&amp;"}));
  EXPECT_EQ(SplitForSlack("012345678\xF0\x9F\x98\x80", 10),
            (Parts{"012345678", "\xF0\x9F\x98\x80"}));
}

TEST(SlackText, IsOnePartWithHeaderAndFooter) {
  EXPECT_EQ(SlackParts(MessageOf("a < b", "text\n"), {}),
            Parts{"*a &lt; b*\ntext\n_job version: 1_"});
  EXPECT_EQ(SlackParts(MessageOf("a\r\nb", "text"), {}),
            Parts{"*a  b*\ntext\n_job version: 1_"});
}

TEST(SlackText, LeavesOutWhatIsEmpty) {
  EXPECT_EQ(SlackParts(MessageOf("", "text", ""), {}), Parts{"text"});
  EXPECT_EQ(SlackParts(MessageOf("s", "", ""), {}), Parts{"*s*\n"});
  EXPECT_EQ(SlackParts(MessageOf("", "", "v"), {}), Parts{"_v_"});
  EXPECT_EQ(SlackParts(MessageOf("", "", ""), {}), Parts{" "});
}

TEST(SlackText, PutsNotesBeforeTheFooter) {
  EXPECT_EQ(SlackParts(MessageOf("s", "text"), {"note <1>", "note 2"}),
            Parts{"*s*\ntext\nnote &lt;1&gt;\nnote 2\n_job version: 1_"});
}

TEST(SlackText, HasTheHeaderFirstAndTheFooterLast) {
  const Parts parts = SlackParts(MessageOf("s", std::string(7000, 'x')), {});
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[0], absl::StrCat("*s*\n", std::string(2996, 'x')));
  EXPECT_EQ(parts[1], std::string(3000, 'x'));
  EXPECT_EQ(parts[2],
            absl::StrCat(std::string(1004, 'x'), "\n_job version: 1_"));
}

TEST(SlackText, DoesNotCutTheFooter) {
  // One character more than has room beside it.
  const std::string text(3000 - 5 - 16 + 1, 'x');
  const Parts parts = SlackParts(MessageOf("s", text), {});
  EXPECT_EQ(parts,
            (Parts{absl::StrCat("*s*\n", text, "\n"), "_job version: 1_"}));
  EXPECT_EQ(SlackParts(MessageOf("s", text.substr(1)), {}).size(), 1u);
}

TEST(SlackText, CutsWhatIsTooLongOfAnySort) {
  const std::string all = absl::StrJoin(
      SlackParts(MessageOf(std::string(4000, 's'), "t", std::string(4000, 'v')),
                 {std::string(4000, 'n')}),
      "");
  EXPECT_EQ(all, absl::StrCat("*", std::string(4000, 's'), "*\nt\n",
                              std::string(4000, 'n'), "\n_",
                              std::string(4000, 'v'), "_"));
}

}  // namespace
}  // namespace dirwatcher
