// An action of this project's own. It registers itself; who links it into a
// flagman has it there: see //:flagman_with_greet.
//
//   bazel run //:flagman_with_greet -- --usr1 greet World

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "signals/action.h"
#include "signals/action_registry.h"

namespace example {
namespace {

using dirwatcher::Action;
using dirwatcher::ActionCause;
using dirwatcher::ActionHost;

class GreetAction : public Action {
 public:
  absl::Status SetUp(ActionHost* host,
                     absl::Span<const std::string> arguments) override {
    if (arguments.size() != 1) {
      return dirwatcher::ArgumentCountError(1, arguments);
    }
    host_ = host;
    name_ = arguments[0];
    return absl::OkStatus();
  }

  absl::Status Run(const ActionCause& cause) override {
    host_->Print("Hello, " + dirwatcher::ExpandArgument(name_, cause) + "!");
    if (++greeted_ == 3)
      return dirwatcher::ActionClosed("Three times is enough");
    return absl::OkStatus();
  }

 private:
  ActionHost* host_ = nullptr;
  std::string name_;
  int greeted_ = 0;
};

const dirwatcher::ActionRegistration kGreet({
    "greet",
    "GreetAction",
    "greet somebody, three times",
    {{"name", "string"}},
    [] { return std::make_unique<GreetAction>(); },
});

}  // namespace
}  // namespace example
