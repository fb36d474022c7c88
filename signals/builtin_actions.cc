// The actions that every program has: print, delay_print, print_once, exec and
// touch. They register themselves; there is no header.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "env/program.h"
#include "env/unique_fd.h"
#include "signals/action.h"
#include "signals/action_registry.h"
#include "signals/signal_set.h"

namespace dirwatcher {
namespace {

// What those that print have in common.
class MessageAction : public Action {
 public:
  absl::Status SetUp(ActionHost* host,
                     absl::Span<const std::string> arguments) override {
    if (arguments.size() != 1) return ArgumentCountError(1, arguments);
    return Begin(host, arguments[0]);
  }

  void TearDown() override { host_->Print("cleanup"); }

 protected:
  absl::Status Begin(ActionHost* host, const std::string& message) {
    host_ = host;
    message_ = message;
    host_->Print("init");
    return absl::OkStatus();
  }

  void PrintMessage(const ActionCause& cause) const {
    host_->Print(ExpandArgument(message_, cause));
  }

  ActionHost* host_ = nullptr;  // set by SetUp

 private:
  std::string message_;
};

class PrintAction : public MessageAction {
 public:
  absl::Status Run(const ActionCause& cause) override {
    PrintMessage(cause);
    return absl::OkStatus();
  }
};

class PrintOnceAction : public MessageAction {
 public:
  absl::Status Run(const ActionCause& cause) override {
    PrintMessage(cause);
    return ActionClosed("Only print once");
  }
};

class DelayPrintAction : public MessageAction {
 public:
  absl::Status SetUp(ActionHost* host,
                     absl::Span<const std::string> arguments) override {
    if (arguments.size() != 2) return ArgumentCountError(2, arguments);
    double seconds;
    // Not "nan" either.
    if (!absl::SimpleAtod(arguments[1], &seconds) || !(seconds >= 0)) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", arguments[1], "\" is not a number of seconds"));
    }
    delay_ = absl::Seconds(seconds);
    return Begin(host, arguments[0]);
  }

  absl::Status Run(const ActionCause& cause) override {
    PrintMessage(cause);
    if (host_->Wait(delay_)) host_->Print("finished delaying");
    return absl::OkStatus();
  }

 private:
  absl::Duration delay_;
};

class ExecAction : public Action {
 public:
  absl::Status SetUp(ActionHost* host,
                     absl::Span<const std::string> arguments) override {
    if (arguments.empty() || arguments[0].empty()) {
      return absl::InvalidArgumentError("needs a command");
    }
    host_ = host;
    command_.assign(arguments.begin(), arguments.end());
    return absl::OkStatus();
  }

  absl::Status Run(const ActionCause& cause) override {
    Program program;
    for (const std::string& argument : command_) {
      program.command.push_back(ExpandArgument(argument, cause));
    }
    program.environment = cause.environment;
    const absl::StatusOr<ProgramEnd> end = host_->Run(program);
    if (!end.ok()) return end.status();
    if (end->interrupted) return absl::OkStatus();
    if (end->signal_number != 0) {
      return absl::UnknownError(absl::StrCat(program.command[0],
                                             " was ended by ",
                                             SignalName(end->signal_number)));
    }
    if (end->exit_code != 0) {
      return absl::UnknownError(absl::StrCat(
          program.command[0], " exited with code ", end->exit_code));
    }
    return absl::OkStatus();
  }

  bool RunsConcurrently() const override { return true; }

 private:
  ActionHost* host_ = nullptr;  // set by SetUp
  std::vector<std::string> command_;
};

class TouchAction : public Action {
 public:
  absl::Status SetUp(ActionHost*,
                     absl::Span<const std::string> arguments) override {
    if (arguments.size() != 1) return ArgumentCountError(1, arguments);
    if (arguments[0].empty()) {
      return absl::InvalidArgumentError("needs a path");
    }
    path_ = arguments[0];
    return absl::OkStatus();
  }

  absl::Status Run(const ActionCause& cause) override {
    const std::string path = ExpandArgument(path_, cause);
    if (utimensat(AT_FDCWD, path.c_str(), nullptr, 0) == 0) {
      return absl::OkStatus();
    }
    if (errno == ENOENT) {
      const UniqueFd fd(open(
          path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666));
      if (fd.get() >= 0) return absl::OkStatus();
    }
    return absl::ErrnoToStatus(errno, absl::StrCat("touch ", path));
  }

  bool RunsConcurrently() const override { return true; }

 private:
  std::string path_;
};

const ActionRegistration kPrint({
    "print",
    "PrintAction",
    "print a message",
    {{"message", "string"}},
    [] { return std::make_unique<PrintAction>(); },
});

const ActionRegistration kDelayPrint({
    "delay_print",
    "DelayPrintAction",
    "print a message, wait, and say so",
    {{"message", "string"}, {"seconds", "number"}},
    [] { return std::make_unique<DelayPrintAction>(); },
});

const ActionRegistration kPrintOnce({
    "print_once",
    "PrintOnceAction",
    "print a message the first time, and close",
    {{"message", "string"}},
    [] { return std::make_unique<PrintOnceAction>(); },
});

const ActionRegistration kExec({
    "exec",
    "ExecAction",
    "run a program, without a shell, and wait for it",
    {{"command", "string"}, {"arguments", "string..."}},
    [] { return std::make_unique<ExecAction>(); },
    /*takes_hyphens=*/true,
});

const ActionRegistration kTouch({
    "touch",
    "TouchAction",
    "set a file's times to now, or make an empty one",
    {{"path", "string"}},
    [] { return std::make_unique<TouchAction>(); },
});

}  // namespace
}  // namespace dirwatcher
