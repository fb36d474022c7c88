#include "notify/slack_progress.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"

namespace dirwatcher {
namespace {

RC_GTEST_PROP(SlackProgress, IsReadBackAsItWasWritten,
              (size_t posted, const std::vector<size_t>& pending)) {
  SlackProgress progress;
  progress.posted = posted;
  progress.notes = {"a \"b\"\n", "\xC3\xA4"};
  progress.pending = pending;
  progress.late_notes = {""};
  const absl::optional<SlackProgress> read =
      SlackProgress::FromText(progress.ToText());
  RC_ASSERT(read.has_value());
  RC_ASSERT(read->posted == progress.posted);
  RC_ASSERT(read->notes == progress.notes);
  RC_ASSERT(read->pending == progress.pending);
  RC_ASSERT(read->late_notes == progress.late_notes);
}

RC_GTEST_PROP(SlackProgress, SurvivesAnyText, (const std::string& text)) {
  RC_ASSERT(!SlackProgress::FromText(text).has_value());
}

TEST(SlackProgress, IsNoneWhereAMemberIsMissingOrOfAnotherType) {
  const char kGood[] =
      R"({"posted":1,"notes":[],"pending":[],"late_notes":[]})";
  EXPECT_TRUE(SlackProgress::FromText(kGood).has_value());
  for (const char* const text :
       {R"({"notes":[],"pending":[],"late_notes":[]})",
        R"({"posted":1,"pending":[],"late_notes":[]})",
        R"({"posted":1,"notes":[],"late_notes":[]})",
        R"({"posted":1,"notes":[],"pending":[]})",
        R"({"posted":"1","notes":[],"pending":[],"late_notes":[]})",
        R"({"posted":1,"notes":[1],"pending":[],"late_notes":[]})",
        R"({"posted":1,"notes":[],"pending":[-1],"late_notes":[]})",
        R"({"posted":1,"notes":[],"pending":[],"late_notes":{}})"}) {
    EXPECT_FALSE(SlackProgress::FromText(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace dirwatcher
