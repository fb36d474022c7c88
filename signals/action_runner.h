// ActionRunner: the actions that were asked for, from their set-up to their
// end.
//
//   ActionRunner runner(&ActionRegistry::Global(), &host, logger);
//   absl::Status status = runner.SetUp({{"SIGUSR1", "print", {"Hello"}}});
//   runner.Run("SIGUSR1", cause);
//   runner.TearDown();

#ifndef DIRWATCHER_SIGNALS_ACTION_RUNNER_H_
#define DIRWATCHER_SIGNALS_ACTION_RUNNER_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "logging/logger.h"
#include "signals/action.h"
#include "signals/action_registry.h"

namespace dirwatcher {

// An action that somebody asked for.
struct ActionRequest {
  std::string trigger;  // what it answers: "SIGUSR1", "match"
  std::string action;   // its name
  std::vector<std::string> arguments;
};

// Run is thread-safe; the rest is called from one thread, while no Run is under
// way.
class ActionRunner {
 public:
  // All must outlive this.
  ActionRunner(const ActionRegistry* registry, ActionHost* host,
               Logger* logger);
  // Tears down what is left.
  ~ActionRunner();

  ActionRunner(const ActionRunner&) = delete;
  ActionRunner& operator=(const ActionRunner&) = delete;

  // Sets up all of them, in order; once. An action that the registry does not
  // have is skipped with a warning. If one fails, those before it are torn
  // down, and its status is returned, with the action's documentation.
  absl::Status SetUp(absl::Span<const ActionRequest> requests);

  // Runs those that answer `trigger`, in the order of their requests. When the
  // host is interrupted those that have not begun do not. One that
  // fails is logged and the next one runs; one that says that it is closed, or
  // was closed already, is removed.
  void Run(absl::string_view trigger, const ActionCause& cause);

  // Tears down what is left, in reverse order. Does nothing the second time.
  void TearDown();

  // How many can still run, in all and of one trigger. Thread-safe.
  size_t active_count() const { return active_; }
  bool HasActive(absl::string_view trigger) const;

 private:
  struct Entry {
    std::string trigger;
    const ActionSpec* spec = nullptr;
    std::unique_ptr<Action> action;
    // Held while it runs, alone unless it runs concurrently.
    std::shared_mutex running;
    std::atomic<bool> active{true};
    std::atomic<bool> has_said_closed{false};  // it will be removed
  };

  void RunOne(Entry* entry, const ActionCause& cause);
  void Remove(Entry* entry);
  // What `call` returns; INTERNAL if it throws.
  static absl::Status Guarded(absl::FunctionRef<absl::Status()> call);

  const ActionRegistry& registry_;
  ActionHost* const host_;
  Logger* const logger_;
  std::vector<std::unique_ptr<Entry>> entries_;  // in the order of requests
  std::atomic<size_t> active_{0};                // how many of them are
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SIGNALS_ACTION_RUNNER_H_
