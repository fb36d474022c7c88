// Actions for tests of flagman, which link them into it as a stranger would.

#include <fcntl.h>
#include <unistd.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "signals/action.h"
#include "signals/action_registry.h"

namespace dirwatcher {
namespace {

// Waits in SetUp until somebody writes to a FIFO, and prints what it is called
// for.
class SlowSetUpAction : public Action {
 public:
  absl::Status SetUp(ActionHost* host,
                     absl::Span<const std::string> arguments) override {
    if (arguments.size() != 1) return ArgumentCountError(1, arguments);
    host_ = host;
    host_->Print("setting up");
    const int fifo = open(arguments[0].c_str(), O_RDONLY | O_CLOEXEC);
    if (fifo < 0) return absl::NotFoundError(arguments[0]);
    close(fifo);
    return absl::OkStatus();
  }
  absl::Status Run(const ActionCause&) override {
    host_->Print("run");
    return absl::OkStatus();
  }
  void TearDown() override { host_->Print("torn down"); }

 private:
  ActionHost* host_ = nullptr;
};

class ThrowAction : public Action {
 public:
  absl::Status SetUp(ActionHost*, absl::Span<const std::string>) override {
    return absl::OkStatus();
  }
  absl::Status Run(const ActionCause&) override {
    throw std::runtime_error("thrown");
  }
};

class CloseSilentlyAction : public Action {
 public:
  absl::Status SetUp(ActionHost*, absl::Span<const std::string>) override {
    return absl::OkStatus();
  }
  absl::Status Run(const ActionCause&) override {
    Close();
    return absl::OkStatus();
  }
};

const ActionRegistration kSlowSetUp({
    "slow_set_up",
    "SlowSetUpAction",
    "wait for a FIFO in SetUp",
    {{"fifo", "string"}},
    [] { return std::make_unique<SlowSetUpAction>(); },
});

const ActionRegistration kThrow({
    "throw",
    "ThrowAction",
    "throw an exception",
    {},
    [] { return std::make_unique<ThrowAction>(); },
});

const ActionRegistration kCloseSilently({
    "close_silently",
    "CloseSilentlyAction",
    "close without a word",
    {},
    [] { return std::make_unique<CloseSilentlyAction>(); },
});

}  // namespace
}  // namespace dirwatcher
