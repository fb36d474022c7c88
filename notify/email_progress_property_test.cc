#include <string>
#include <vector>

#include "absl/types/optional.h"
#include "gtest/gtest.h"
#include "notify/email_progress.h"
#include "rapidcheck.h"
#include "rapidcheck/gtest.h"
#include "text/utf8.h"

namespace dirwatcher {
namespace {

RC_GTEST_PROP(EmailProgress, ComesBack, ()) {
  EmailProgress progress;
  progress.is_delivered = *rc::gen::arbitrary<bool>();
  for (const std::string& address :
       *rc::gen::arbitrary<std::vector<std::string>>()) {
    progress.left.push_back(ReplaceInvalidUtf8(address));
  }
  const std::string text = progress.ToText();
  RC_ASSERT(!text.empty());
  const absl::optional<EmailProgress> back = EmailProgress::FromText(text);
  RC_ASSERT(back.has_value());
  RC_ASSERT(back->is_delivered == progress.is_delivered);
  RC_ASSERT(back->left == progress.left);
}

TEST(EmailProgress, TakesNothingElseForItself) {
  for (const char* text :
       {"", "3", "{", "[]", "{}", R"({"left":[]})", R"({"delivered":true})",
        R"({"delivered":1,"left":[]})", R"({"delivered":true,"left":[1]})",
        R"({"delivered":true,"left":"a"})"}) {
    EXPECT_FALSE(EmailProgress::FromText(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace dirwatcher
