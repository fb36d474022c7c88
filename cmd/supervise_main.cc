// supervise: see supervise --help.

#include <unistd.h>

#include <cstdlib>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "absl/types/variant.h"
#include "cmd/process_setup.h"
#include "cmd/supervise_options.h"
#include "cmd/supervise_program.h"
#include "supervise/signal_mask.h"

namespace dirwatcher {
namespace {

constexpr absl::string_view kName = "supervise";

absl::optional<std::string> GetEnvironment(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  if (value == nullptr) return absl::nullopt;
  return std::string(value);
}

int Main(int argc, char** argv) {
  const InheritedSignals inherited = InheritedSignals::Current();
  if (absl::Status s = PrepareProcess(); !s.ok()) {
    return Fail(kName, s, kCouldNotStart);
  }
  const absl::StatusOr<SuperviseCommand> command = ParseSuperviseCommand(
      {argv + 1, argv + argc}, GetEnvironment, geteuid() == 0);
  if (!command.ok()) return Fail(kName, command.status(), kWrongUsage);
  if (const auto* information = absl::get_if<SuperviseInformation>(&*command)) {
    return PrintAndEnd(information->text);
  }
  const absl::StatusOr<int> exit_code =
      RunSupervise(absl::get<SuperviseOptions>(*command), inherited);
  if (exit_code.ok()) return *exit_code;
  return Fail(kName, exit_code.status(),
              absl::IsInvalidArgument(exit_code.status()) ? kWrongUsage
                                                          : kCouldNotStart);
}

}  // namespace
}  // namespace dirwatcher

int main(int argc, char** argv) { return dirwatcher::Main(argc, argv); }
