#include "signals/action.h"

#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

TEST(ExpandArgument, ReplacesEachPlaceholderWhereverItStands) {
  ActionCause cause;
  cause.values = {{"file", "a.log"}, {"line", "7"}};
  EXPECT_EQ(ExpandArgument("{file}:{line} {file}", cause), "a.log:7 a.log");
  EXPECT_EQ(ExpandArgument("", cause), "");
}

TEST(ExpandArgument, LeavesOtherBraces) {
  ActionCause cause;
  cause.values = {{"file", "a.log"}};
  EXPECT_EQ(ExpandArgument("{} {fil {line} {{file}} }", cause),
            "{} {fil {line} {a.log} }");
  EXPECT_EQ(ExpandArgument("{file}", ActionCause()), "{file}");
}

TEST(ExpandArgument, DoesNotLookAgainAtWhatItPutIn) {
  ActionCause cause;
  cause.values = {{"text", "{file}"}, {"file", "{text}"}};
  EXPECT_EQ(ExpandArgument("{text}{file}", cause), "{file}{text}");
}

TEST(ActionClosed, IsToldFromOtherFailures) {
  EXPECT_TRUE(IsActionClosed(ActionClosed("done")));
  EXPECT_EQ(ActionClosed("done").message(), "done");
  EXPECT_FALSE(IsActionClosed(absl::CancelledError("done")));
  EXPECT_FALSE(IsActionClosed(absl::OkStatus()));
}

class CountingAction : public Action {
 public:
  absl::Status SetUp(ActionHost*, absl::Span<const std::string>) override {
    return absl::OkStatus();
  }
  absl::Status Run(const ActionCause&) override { return absl::OkStatus(); }
  void TearDown() override { ++torn_down; }

  int torn_down = 0;
};

TEST(Action, ClosingTwiceTearsDownOnce) {
  CountingAction action;
  EXPECT_FALSE(action.closed());
  action.Close();
  action.Close();
  EXPECT_TRUE(action.closed());
  EXPECT_EQ(action.torn_down, 1);
}

}  // namespace
}  // namespace dirwatcher
