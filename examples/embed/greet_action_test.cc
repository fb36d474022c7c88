#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "signals/action.h"
#include "signals/action_registry.h"
#include "signals/fake_action_host.h"

namespace example {
namespace {

using ::testing::ElementsAre;

TEST(GreetAction, GreetsThreeTimes) {
  const dirwatcher::ActionSpec* const spec =
      dirwatcher::ActionRegistry::Global().Find("greet");
  ASSERT_NE(spec, nullptr);
  dirwatcher::FakeActionHost host;
  const std::unique_ptr<dirwatcher::Action> action = spec->make();
  const std::vector<std::string> arguments = {"World"};
  ASSERT_TRUE(action->SetUp(&host, arguments).ok());
  EXPECT_TRUE(action->Run({}).ok());
  EXPECT_TRUE(action->Run({}).ok());
  EXPECT_TRUE(dirwatcher::IsActionClosed(action->Run({})));
  EXPECT_THAT(host.TakeLines(),
              ElementsAre("Hello, World!", "Hello, World!", "Hello, World!"));
}

TEST(GreetAction, NeedsAName) {
  dirwatcher::FakeActionHost host;
  const std::unique_ptr<dirwatcher::Action> action =
      dirwatcher::ActionRegistry::Global().Find("greet")->make();
  EXPECT_TRUE(absl::IsInvalidArgument(action->SetUp(&host, {})));
}

}  // namespace
}  // namespace example
