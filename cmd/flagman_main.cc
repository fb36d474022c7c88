// flagman: see flagman --help. Linked with libraries of actions, it has those,
// too.

#include <unistd.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/variant.h"
#include "cmd/action_arguments.h"
#include "cmd/flagman_options.h"
#include "cmd/flagman_program.h"
#include "cmd/process_setup.h"
#include "signals/action_registry.h"

namespace dirwatcher {
namespace {

constexpr absl::string_view kName = "flagman";

int Main(int argc, char** argv) {
  if (absl::Status s = PrepareProcess(); !s.ok()) {
    return Fail(kName, s, kCouldNotStart);
  }
  const ActionRegistry& registry = ActionRegistry::Global();
  const absl::StatusOr<FlagmanCommand> command = ParseFlagmanCommand(
      {argv + 1, argv + argc}, registry,
      isatty(STDOUT_FILENO) != 0 ? NameStyle::kBold : NameStyle::kPlain);
  if (!command.ok()) return Fail(kName, command.status(), kWrongUsage);
  if (const auto* information = absl::get_if<FlagmanInformation>(&*command)) {
    return PrintAndEnd(information->text);
  }
  const auto& options = absl::get<FlagmanOptions>(*command);
  const absl::StatusOr<FlagmanEnd> end = RunFlagman(options, registry);
  if (!end.ok()) return Fail(kName, end.status(), kCouldNotStart);
  switch (*end) {
    case FlagmanEnd::kSignal:
      return 0;
    case FlagmanEnd::kNothingToDo:
      return kWrongUsage;
    case FlagmanEnd::kSetUpFailed:
      return kCouldNotStart;
    case FlagmanEnd::kAllHaveClosed:
      return options.successful_empty ? 0 : 1;
  }
  return kCouldNotStart;
}

}  // namespace
}  // namespace dirwatcher

int main(int argc, char** argv) { return dirwatcher::Main(argc, argv); }
