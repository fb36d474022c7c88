#include "cmd/process_setup.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"

namespace dirwatcher {

absl::Status PrepareProcess() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (fcntl(fd, F_GETFD) < 0) open("/dev/null", O_RDONLY);
  }
  const char* const user_dir = getenv("BUILD_WORKING_DIRECTORY");
  if (user_dir != nullptr && chdir(user_dir) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("go to ", user_dir));
  }
  return absl::OkStatus();
}

int Fail(absl::string_view program, const absl::Status& status, int exit_code) {
  fprintf(stderr, "%s: %s\n", std::string(program).c_str(),
          std::string(status.message()).c_str());
  return exit_code;
}

int PrintAndEnd(absl::string_view text) {
  const bool shown =
      fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
      fflush(stdout) == 0;
  return shown ? 0 : kCouldNotStart;
}

}  // namespace dirwatcher
