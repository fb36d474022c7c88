// FlagmanOptions: what the user asked flagman to do, as one plain value.

#ifndef DIRWATCHER_CMD_FLAGMAN_OPTIONS_H_
#define DIRWATCHER_CMD_FLAGMAN_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/variant.h"
#include "cmd/action_arguments.h"
#include "logging/log_level.h"
#include "signals/action_registry.h"
#include "signals/action_runner.h"
#include "signals/signal_schedule.h"

namespace dirwatcher {

struct FlagmanOptions {
  std::vector<ActionRequest> actions;  // in the order of the command line
  LogLevel log_level = LogLevel::kWarning;
  Overlap overlap = Overlap::kIgnore;
  // It ends well when every action has closed.
  bool successful_empty = false;
  // The service manager is told of what happens.
  bool systemd = true;
};

// The user asked for this text on standard output, and for nothing else.
struct FlagmanInformation {
  std::string text;  // ends with a line feed
};

using FlagmanCommand = absl::variant<FlagmanOptions, FlagmanInformation>;

// Reads `arguments`, without the program's name. `style` is that of --list.
//   INVALID_ARGUMENT  a usage error; one line that names the word
absl::StatusOr<FlagmanCommand> ParseFlagmanCommand(
    const std::vector<std::string>& arguments, const ActionRegistry& registry,
    NameStyle style);

}  // namespace dirwatcher

#endif  // DIRWATCHER_CMD_FLAGMAN_OPTIONS_H_
