#include "notify/supervisor.h"

#include <unistd.h>

#include <atomic>
#include <exception>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "logging/escape.h"
#include "logging/log_level.h"
#include "notify/outgoing.h"
#include "notify/stack_trace.h"

namespace dirwatcher {
namespace {

// The one that handles errors; null: none does.
std::atomic<Supervisor*> handling{nullptr};
std::terminate_handler handler_before = nullptr;

DeliveryResult SendGuarded(MessageHandler* handler,
                           const OutgoingMessage& message,
                           const DeliveryAttempt& attempt) {
  try {
    return handler->Send(message, attempt);
  } catch (const std::exception& error) {
    return DeliveryResult::TryAgain(error.what());
  } catch (...) {
    return DeliveryResult::TryAgain("unknown exception");
  }
}

}  // namespace

Supervisor::Supervisor(SupervisorOptions options, Clock* clock, Logger* logger,
                       SourceLocation where)
    : options_(std::move(options)),
      clock_(clock),
      logger_(logger),
      where_(where) {
  if (!options_.handle_errors) return;
  handling = this;
  handler_before = std::set_terminate(&OnTerminate);
}

Supervisor::~Supervisor() {
  if (!options_.handle_errors) return;
  std::set_terminate(handler_before);
  handling = nullptr;
}

void Supervisor::Add(std::unique_ptr<MessageHandler> handler) {
  handlers_.push_back(std::move(handler));
}

int Supervisor::Notify(const MessageDetails& details) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const OutgoingMessage message = WriteMessage(
      details, Signature(options_.project_name, options_.project_version),
      clock_->Now());
  DeliveryAttempt attempt;
  attempt.timeout = options_.send_timeout;
  int delivered = 0;
  for (const std::unique_ptr<MessageHandler>& handler : handlers_) {
    const DeliveryResult result = SendGuarded(handler.get(), message, attempt);
    for (const std::string& warning : result.warnings) {
      logger_->Log(LogLevel::kWarning, EscapeForLog(warning));
    }
    if (result.outcome == DeliveryOutcome::kDelivered) {
      ++delivered;
    } else {
      logger_->Log(
          LogLevel::kWarning,
          absl::StrCat("Message \"", EscapeForLog(message.subject),
                       "\" was not sent: ", EscapeForLog(result.reason)));
    }
  }
  return delivered;
}

void Supervisor::OnTerminate() {
  // The first thread tells; the others, and what the telling itself comes to,
  // must not tell over it. They wait for the end, which the first one brings.
  static std::atomic<bool> is_telling{false};
  static thread_local bool is_the_first = false;
  if (!is_telling.exchange(true)) {
    is_the_first = true;
    if (Supervisor* const supervisor = handling) supervisor->TellOfError();
  } else if (!is_the_first) {
    for (;;) pause();
  }
  if (handler_before != nullptr) handler_before();
  std::abort();
}

void Supervisor::TellOfError() {
  std::vector<std::string> lines = CurrentStackTrace();
  const std::string exception = DescribeCurrentException();
  lines.insert(lines.begin(), exception.empty()
                                  ? "std::terminate was called"
                                  : absl::StrCat("uncaught ", exception));
  logger_->Log(LogLevel::kError,
               absl::StrCat("global error handler line: ", where_.line, " (",
                            where_.file, ")"),
               where_);
  for (const std::string& line : lines) {
    logger_->Log(LogLevel::kError, EscapeForLog(line));
  }
  logger_->Flush();
  MessageDetails details;
  details.subject = "ERROR";
  details.message = absl::StrCat(absl::StrJoin(lines, "\n"), "\n");
  std::error_code ignored;
  if (std::filesystem::exists(options_.log_file, ignored)) {
    details.Attach(options_.log_file);
  }
  Notify(details);
  logger_->Flush();
}

}  // namespace dirwatcher
