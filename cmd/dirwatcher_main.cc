// dirwatcher: see dirwatcher --help.

#include <malloc.h>

#include <cstdlib>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/variant.h"
#include "cmd/dirwatcher_options.h"
#include "cmd/dirwatcher_program.h"
#include "cmd/process_setup.h"

namespace dirwatcher {
namespace {

constexpr absl::string_view kName = "dirwatcher";

absl::optional<std::string> GetEnvironment(const std::string& name) {
  const char* const value = getenv(name.c_str());
  if (value == nullptr) return absl::nullopt;
  return std::string(value);
}

// What a large listing needs is given back after it: unless told so, malloc
// keeps ever larger pieces for itself.
void GiveMemoryBack() { mallopt(M_MMAP_THRESHOLD, 128 << 10); }

int Main(int argc, char** argv) {
  GiveMemoryBack();
  if (absl::Status s = PrepareProcess(); !s.ok()) {
    return Fail(kName, s, kCouldNotStart);
  }
  const absl::StatusOr<DirwatcherCommand> command =
      ParseDirwatcherCommand({argv + 1, argv + argc}, GetEnvironment);
  if (!command.ok()) return Fail(kName, command.status(), kWrongUsage);
  if (const auto* information = absl::get_if<Information>(&*command)) {
    return PrintAndEnd(information->text);
  }
  const auto reload = [argc, argv]() -> absl::StatusOr<DirwatcherOptions> {
    const absl::StatusOr<DirwatcherCommand> again =
        ParseDirwatcherCommand({argv + 1, argv + argc}, GetEnvironment);
    if (!again.ok()) return again.status();
    return absl::get<DirwatcherOptions>(*again);
  };
  const absl::Status status =
      RunDirwatcher(absl::get<DirwatcherOptions>(*command), reload);
  return status.ok() ? 0 : Fail(kName, status, kCouldNotStart);
}

}  // namespace
}  // namespace dirwatcher

int main(int argc, char** argv) { return dirwatcher::Main(argc, argv); }
