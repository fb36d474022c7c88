#include "signals/action_registry.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "signals/action.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;

class Idle : public Action {
 public:
  absl::Status SetUp(ActionHost*, absl::Span<const std::string>) override {
    return absl::OkStatus();
  }
  absl::Status Run(const ActionCause&) override { return absl::OkStatus(); }
};

ActionSpec Named(const std::string& name) {
  ActionSpec spec;
  spec.name = name;
  spec.description = "do nothing";
  spec.make = [] { return std::make_unique<Idle>(); };
  return spec;
}

const ActionRegistration kIdle(Named("idle"));

TEST(ActionRegistry, FindsWhatWasRegisteredAtLinkTime) {
  EXPECT_NE(ActionRegistry::Global().Find("idle"), nullptr);
  EXPECT_EQ(ActionRegistry::Global().Find("idl"), nullptr);
}

TEST(ActionRegistry, ListsInTheOrderOfNames) {
  ActionRegistry registry;
  for (const char* name : {"b", "c", "a"}) {
    EXPECT_TRUE(registry.Add(Named(name)).ok());
  }
  std::vector<std::string> names;
  for (const ActionSpec* spec : registry.All()) names.push_back(spec->name);
  EXPECT_THAT(names, ElementsAre("a", "b", "c"));
}

TEST(ActionRegistry, RefusesANameThatIsTaken) {
  ActionRegistry registry;
  EXPECT_TRUE(registry.Add(Named("a")).ok());
  const absl::Status status = registry.Add(Named("a"));
  EXPECT_TRUE(absl::IsAlreadyExists(status));
  EXPECT_EQ(status.message(), "there is an action `a` already");
}

TEST(ActionRegistry, DocumentsTheParameters) {
  ActionSpec spec = Named("a");
  EXPECT_EQ(spec.Documentation(), "do nothing");
  spec.parameters = {{"message", "string"}, {"seconds", "number"}};
  EXPECT_EQ(spec.Documentation(),
            "do nothing (message: string, seconds: number)");
}

TEST(ActionRegistryDeathTest, ANameThatIsRegisteredTwiceEndsTheProgram) {
  EXPECT_DEATH(ActionRegistration(Named("idle")), "`idle` already");
}

}  // namespace
}  // namespace dirwatcher
