// Supervisor: tells people when a program comes to grief.
//
//   int main() {
//     ...
//     SupervisorOptions options;
//     options.project_name = "backup";
//     Supervisor supervisor(options, &clock, logging->logger());
//     supervisor.Add(std::make_unique<EmailHandler>(...));
//     MessageDetails details{"Backup is late", "The disk is slow.", {}};
//     supervisor.Notify(details);
//     return Work();   // what it throws and nobody catches is told, too
//   }

#ifndef DIRWATCHER_NOTIFY_SUPERVISOR_H_
#define DIRWATCHER_NOTIFY_SUPERVISOR_H_

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "env/clock.h"
#include "logging/logger.h"
#include "notify/message.h"
#include "notify/message_handler.h"

namespace dirwatcher {

struct SupervisorOptions {
  // Sign every message: "NAME version: VERSION".
  std::string project_name = "unknown client";
  std::string project_version = "not specified";
  // Errors that nobody handles are told, too.
  bool handle_errors = true;
  // Goes with the message about such an error, if there is such a file.
  std::string log_file;
  // For one handler and one message.
  absl::Duration send_timeout = absl::Seconds(30);
};

// While it exists, with handle_errors, an exception that nobody catches, and
// whatever else calls std::terminate in any thread, is recorded
//
//   global error handler line: N (file)      ERROR: where this was made
//   uncaught std::runtime_error: disk full   ERROR
//   0x55d0c0de main                          ERROR, and so on: the stack
//
// and told to every handler: subject "ERROR", the same lines as the text. Then
// the program ends as it would have without: std::terminate goes on to the
// handler that was there before, which usually aborts. Signals are no errors
// here, and the exit code of a program that ends by itself stays its own.
//
// The stack has the names of functions if the program was not stripped of them.
// At most one Supervisor with handle_errors may exist at a time. Thread-safe,
// but for Add.
class Supervisor {
 public:
  // `clock` and `logger` must outlive it.
  Supervisor(SupervisorOptions options, Clock* clock, Logger* logger,
             SourceLocation where = SourceLocation::Current());
  // Gives std::terminate back to the handler that was there before.
  ~Supervisor();

  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // Not after the first Notify.
  void Add(std::unique_ptr<MessageHandler> handler);

  // Has every handler send it, one after the other, whatever becomes of the
  // others; what goes wrong is logged as a WARNING. Returns how many delivered
  // it. Never throws.
  int Notify(const MessageDetails& details);

 private:
  [[noreturn]] static void OnTerminate();
  void TellOfError();

  const SupervisorOptions options_;
  Clock* const clock_;    // not owned
  Logger* const logger_;  // not owned
  const SourceLocation where_;
  std::vector<std::unique_ptr<MessageHandler>> handlers_;
  std::mutex mutex_;  // one message at a time
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_SUPERVISOR_H_
