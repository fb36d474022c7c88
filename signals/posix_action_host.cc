#include "signals/posix_action_host.h"

#include "absl/strings/str_cat.h"

namespace dirwatcher {

void PosixActionHost::Print(absl::string_view line) {
  const std::lock_guard<std::mutex> lock(mutex_);
  // A reader that is gone is no reason to do anything else.
  (void)out_.Write(absl::StrCat(line, "\n"));
}

bool PosixActionHost::Wait(absl::Duration duration) {
  return interrupt_.WaitFor(duration);
}

absl::StatusOr<ProgramEnd> PosixActionHost::Run(const Program& program) {
  return RunProgram(program, interrupt_, &groups_);
}

}  // namespace dirwatcher
