#include "env/program.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "env/child_process.h"
#include "env/errno_status.h"
#include "env/unique_fd.h"

namespace dirwatcher {
namespace {

// This process's environment with what is added.
std::vector<std::string> EnvironmentWith(
    const std::vector<std::pair<std::string, std::string>>& added) {
  std::vector<std::string> result;
  for (char** each = environ; *each != nullptr; ++each) {
    const absl::string_view entry = *each;
    const bool is_ours = absl::StartsWith(entry, "NOTIFY_SOCKET=") ||
                         absl::StartsWith(entry, "WATCHDOG_USEC=") ||
                         absl::StartsWith(entry, "WATCHDOG_PID=");
    const bool is_replaced =
        is_ours ||
        std::any_of(added.begin(), added.end(), [entry](const auto& variable) {
          return absl::StartsWith(entry, absl::StrCat(variable.first, "="));
        });
    if (!is_replaced) result.emplace_back(entry);
  }
  for (const auto& [name, value] : added) {
    result.push_back(absl::StrCat(name, "=", value));
  }
  return result;
}

}  // namespace

void ProgramGroups::KillAll() {
  const std::lock_guard<std::mutex> lock(mutex_);
  closed_ = true;
  for (const pid_t group : groups_) kill(-group, SIGKILL);
}

// A child among the groups that can be killed at once.
class RunningProgram {
 public:
  static absl::StatusOr<std::unique_ptr<RunningProgram>> Start(
      ProgramGroups* groups, const ChildSettings& settings) {
    const std::lock_guard<std::mutex> lock(groups->mutex_);
    if (groups->closed_) {
      return absl::CancelledError(absl::StrCat(
          "run ", settings.command.front(), ": no more programs are started"));
    }
    absl::StatusOr<std::unique_ptr<ChildProcess>> child =
        ChildProcess::Start(settings);
    if (!child.ok()) return child.status();
    groups->groups_.insert((*child)->pid());
    return std::unique_ptr<RunningProgram>(
        new RunningProgram(*std::move(child), groups));
  }

  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  const ChildProcess& child() const { return *child_; }

  // REQUIRES: it has ended.
  ProgramEnd Reap() {
    {
      const std::lock_guard<std::mutex> lock(groups_.mutex_);
      groups_.groups_.erase(child_->pid());
    }
    const ChildEnd child_end = child_->Reap();
    ProgramEnd end;
    end.exit_code = child_end.exit_code;
    end.signal_number = child_end.signal_number;
    return end;
  }

 private:
  RunningProgram(std::unique_ptr<ChildProcess> child, ProgramGroups* groups)
      : child_(std::move(child)), groups_(*groups) {}

  const std::unique_ptr<ChildProcess> child_;
  ProgramGroups& groups_;
};

absl::StatusOr<ProgramEnd> RunProgram(const Program& program,
                                      const InterruptFlag& interrupt,
                                      ProgramGroups* groups) {
  if (interrupt.raised()) {
    ProgramEnd end;
    end.interrupted = true;
    return end;
  }
  const UniqueFd nothing(open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (nothing.get() < 0) return ErrnoStatus(errno, "open", "/dev/null");
  ChildSettings settings;
  settings.command = program.command;
  settings.environment = EnvironmentWith(program.environment);
  settings.stdin_fd = nothing.get();
  const auto running = RunningProgram::Start(groups, settings);
  if (!running.ok()) return running.status();
  const ChildProcess& child = (*running)->child();
  bool interrupted = false;
  if (!child.WaitFor(absl::InfiniteDuration(), interrupt.fd())) {
    interrupted = true;
    child.Signal(SIGTERM);
    child.Signal(SIGCONT);  // a stopped one would not see it
    if (!child.WaitFor(program.grace, -1)) {
      child.Signal(SIGKILL);
      child.WaitFor(absl::InfiniteDuration(), -1);
    }
    child.Signal(SIGKILL);  // what is left of the group
  }
  ProgramEnd end = (*running)->Reap();
  end.interrupted = interrupted;
  return end;
}

}  // namespace dirwatcher
