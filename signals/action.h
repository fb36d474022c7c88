// Action: what a program does when something has happened: a signal, or an
// event that it reports.
//
//   class Greet : public Action {
//    public:
//     absl::Status SetUp(ActionHost* host,
//                        absl::Span<const std::string> arguments) override {
//       if (arguments.size() != 1) return ArgumentCountError(1, arguments);
//       host_ = host;
//       name_ = arguments[0];
//       return absl::OkStatus();
//     }
//     absl::Status Run(const ActionCause&) override {
//       host_->Print("Hello, " + name_);
//       return absl::OkStatus();
//     }
//    ...
//   };
//
// It gets its name in signals/action_registry.h; ActionRunner runs it.

#ifndef DIRWATCHER_SIGNALS_ACTION_H_
#define DIRWATCHER_SIGNALS_ACTION_H_

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "env/program.h"

namespace dirwatcher {

// Why an action runs.
struct ActionCause {
  // What {key} stands for in an argument.
  std::vector<std::pair<std::string, std::string>> values;
  // What is added to the environment of programs that it runs.
  std::vector<std::pair<std::string, std::string>> environment;
};

// `argument` with each {key} of the cause's values replaced, in one pass: what
// is put in is not looked at again. Other braces stay.
std::string ExpandArgument(absl::string_view argument,
                           const ActionCause& cause);

// What an action is given of the world. Thread-safe.
class ActionHost {
 public:
  virtual ~ActionHost() = default;

  // Writes a line to standard output, at once. One that cannot be written is
  // lost.
  virtual void Print(absl::string_view line) = 0;

  // Waits. False: the program ends, and the action should, too; it is returned
  // at once then.
  virtual bool Wait(absl::Duration duration) = 0;

  // Runs a program to its end, which comes soon when this program ends; see
  // RunProgram for the errors.
  virtual absl::StatusOr<ProgramEnd> Run(const Program& program) = 0;

  // Whether the program ends.
  virtual bool interrupted() const = 0;
};

// SetUp is called first and once; if it succeeds, Run any number of times, and
// Close at the end, which calls TearDown. None of them should throw; what they
// throw is logged all the same.
//
// Run is called by one thread at a time, which need not be that of the last
// call, unless RunsConcurrently().
class Action {
 public:
  Action() = default;
  virtual ~Action() = default;

  Action(const Action&) = delete;
  Action& operator=(const Action&) = delete;

  // Converts the arguments and gets hold of what Run needs. `host` outlives the
  // action. INVALID_ARGUMENT: the arguments are wrong; others: it cannot be
  // made to work. Nothing else is called after a failure.
  virtual absl::Status SetUp(ActionHost* host,
                             absl::Span<const std::string> arguments) = 0;

  // Does it once. What is not OK is logged, and it is run again the next time;
  // but ActionClosed(reason) says that it will never run again.
  virtual absl::Status Run(const ActionCause& cause) = 0;

  // Gives up what SetUp got hold of.
  virtual void TearDown() {}

  // Whether Run may be called by several threads at once.
  virtual bool RunsConcurrently() const { return false; }

  // Tears it down, the first time. An action may call it in its own Run, and is
  // then removed when it would run the next time. REQUIRES: no other call is
  // under way, but for that Run.
  void Close() {
    if (!closed_.exchange(true)) TearDown();
  }
  bool closed() const { return closed_; }

 private:
  std::atomic<bool> closed_{false};
};

// What Run returns to say that the action has done all that it ever will.
absl::Status ActionClosed(absl::string_view reason);
bool IsActionClosed(const absl::Status& status);

// For SetUp: there are not `wanted` arguments.
absl::Status ArgumentCountError(size_t wanted,
                                absl::Span<const std::string> arguments);

}  // namespace dirwatcher

#endif  // DIRWATCHER_SIGNALS_ACTION_H_
