// Action options: the ones that take an action's name and all its arguments.
//
//   --usr1 exec backup --all --usr2 print 'a message' --quiet
//
// asks for two actions, and leaves --quiet to whoever reads the other options.

#ifndef DIRWATCHER_CMD_ACTION_ARGUMENTS_H_
#define DIRWATCHER_CMD_ACTION_ARGUMENTS_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "signals/action_registry.h"
#include "signals/action_runner.h"

namespace dirwatcher {

struct ActionOption {
  absl::string_view name;     // "--usr1"
  absl::string_view trigger;  // of the request: "SIGUSR1"
};

struct ActionArguments {
  std::vector<ActionRequest> requests;  // in order
  std::vector<std::string> others;      // what belongs to no action, in order
};

// Takes the action options out of a command line. An action's arguments end
// before the next option of the program, at "--", which stays, or at the end of
// the line. What begins with a hyphen and is no option of the program is an
// argument if the action takes such, and an error else; a hyphen alone is an
// argument. `is_option` says whether a word is one of the program's other
// options.
//   INVALID_ARGUMENT  an option has no action, or an argument looks like an
//                     option; one line that names it
absl::StatusOr<ActionArguments> TakeActionArguments(
    const std::vector<std::string>& arguments,
    absl::Span<const ActionOption> options, const ActionRegistry& registry,
    absl::FunctionRef<bool(absl::string_view word)> is_option);

// The actions of a registry as text: a header, a line of 80 dashes, and each
// with its documentation, wrapped at 80 columns; names in bold if `bold`.
enum class NameStyle { kPlain, kBold };
std::string ListActions(const ActionRegistry& registry, NameStyle style);

}  // namespace dirwatcher

#endif  // DIRWATCHER_CMD_ACTION_ARGUMENTS_H_
