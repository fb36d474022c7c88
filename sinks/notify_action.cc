// The action `notify TARGET SUBJECT`: tells somebody, as docs/supervise.md has
// it. A library to be linked, with nothing to be called: it registers itself.

#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "env/system_clock.h"
#include "logging/escape.h"
#include "logging/fd_byte_sink.h"
#include "logging/log_level.h"
#include "logging/logger.h"
#include "notify/messenger.h"
#include "notify/repeats.h"
#include "notify/secret.h"
#include "notify/spool_place.h"
#include "notify/target.h"
#include "signals/action.h"
#include "signals/action_registry.h"

namespace dirwatcher {
namespace {

// Less than what an action has to end when its program does.
constexpr absl::Duration kSendTimeout = absl::Seconds(10);

// Keeps what goes wrong, for the status of the action.
class FailureLogger : public Logger {
 public:
  absl::Status TakeStatus() {
    const std::lock_guard<std::mutex> lock(mutex_);
    const std::string text = std::exchange(text_, "");
    return text.empty() ? absl::OkStatus() : absl::UnavailableError(text);
  }

  bool Keeps(LogLevel level) const override {
    return level >= LogLevel::kWarning;
  }

 private:
  void Write(LogLevel level, absl::string_view text, SourceLocation) override {
    if (!Keeps(level)) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    absl::StrAppend(&text_, text_.empty() ? "" : "; ", text);
  }

  std::mutex mutex_;  // guards text_
  std::string text_;
};

class NotifyAction : public Action {
 public:
  absl::Status SetUp(ActionHost*,
                     absl::Span<const std::string> arguments) override {
    if (arguments.size() != 2) return ArgumentCountError(2, arguments);
    const absl::StatusOr<Target> target = ParseTarget(arguments[0]);
    if (!target.ok()) return target.status();
    subject_ = arguments[1];
    Messenger::Options options;
    // That of dirwatcher's own messages.
    options.spool_dir =
        options.environment("DIRWATCHER_NOTIFY_SPOOL").value_or("");
    if (options.spool_dir.empty()) {
      options.spool_dir =
          SpoolPlace("dirwatcher", options.environment, geteuid() == 0);
    }
    options.name = "dirwatcher";
    options.send_timeout = kSendTimeout;
    auto messenger = Messenger::Create(options, &clock_, &failures_, &console_);
    if (!messenger.ok()) return messenger.status();
    messenger_ = *std::move(messenger);
    absl::StatusOr<std::vector<std::string>> usable =
        messenger_->CheckTargets({*target});
    if (!usable.ok()) return usable.status();
    if (usable->empty()) return failures_.TakeStatus();
    targets_ = *std::move(usable);
    return absl::OkStatus();
  }

  absl::Status Run(const ActionCause& cause) override {
    MessageDetails details;
    details.subject = ExpandArgument(subject_, cause);
    for (const auto& [key, value] : cause.values) {
      if (value.empty()) continue;
      absl::StrAppend(&details.message, key, ": ", EscapeForLog(value), "\n");
    }
    messenger_->Send(details, targets_, RepeatRule());
    return failures_.TakeStatus();
  }

  void TearDown() override { messenger_.reset(); }

 private:
  SystemClock clock_;
  FailureLogger failures_;
  FdByteSink console_{STDERR_FILENO, "standard error"};
  std::unique_ptr<Messenger> messenger_;
  std::vector<std::string> targets_;  // one
  std::string subject_;
};

const ActionRegistration kNotify({"notify",
                                  "NotifyAction",
                                  "tell somebody, as supervise does",
                                  {{"target", "string"}, {"subject", "string"}},
                                  [] {
                                    return std::make_unique<NotifyAction>();
                                  }});

}  // namespace
}  // namespace dirwatcher
