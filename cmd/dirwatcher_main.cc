// dirwatcher: see dirwatcher --help.

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "absl/types/variant.h"
#include "cmd/dirwatcher_options.h"
#include "cmd/dirwatcher_program.h"

namespace dirwatcher {
namespace {

constexpr int kCouldNotStart = 1;
constexpr int kWrongUsage = 2;

absl::optional<std::string> GetEnvironment(const std::string& name) {
  const char* const value = getenv(name.c_str());
  if (value == nullptr) return absl::nullopt;
  return std::string(value);
}

// Gives each standard descriptor that is closed something that fails to be
// written to, so that no file that is opened later takes its place.
void OccupyStandardDescriptors() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (fcntl(fd, F_GETFD) < 0) open("/dev/null", O_RDONLY);
  }
}

int Fail(const absl::Status& status, int exit_code) {
  fprintf(stderr, "dirwatcher: %s\n", std::string(status.message()).c_str());
  return exit_code;
}

// What a large listing needs is given back after it: unless told so, malloc
// keeps ever larger pieces for itself.
void GiveMemoryBack() { mallopt(M_MMAP_THRESHOLD, 128 << 10); }

int Main(int argc, char** argv) {
  OccupyStandardDescriptors();
  GiveMemoryBack();
  // `bazel run` starts programs elsewhere than where the user is.
  const char* const user_dir = getenv("BUILD_WORKING_DIRECTORY");
  if (user_dir != nullptr && chdir(user_dir) != 0) {
    return Fail(absl::ErrnoToStatus(errno, absl::StrCat("go to ", user_dir)),
                kCouldNotStart);
  }
  const absl::StatusOr<DirwatcherCommand> command =
      ParseDirwatcherCommand({argv + 1, argv + argc}, GetEnvironment);
  if (!command.ok()) return Fail(command.status(), kWrongUsage);
  if (const auto* information = absl::get_if<Information>(&*command)) {
    const bool shown =
        fputs(information->text.c_str(), stdout) >= 0 && fflush(stdout) == 0;
    return shown ? 0 : kCouldNotStart;
  }
  const absl::Status status =
      RunDirwatcher(absl::get<DirwatcherOptions>(*command));
  return status.ok() ? 0 : Fail(status, kCouldNotStart);
}

}  // namespace
}  // namespace dirwatcher

int main(int argc, char** argv) { return dirwatcher::Main(argc, argv); }
