#include "daemon/daemon_records.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "logging/log_level.h"

namespace dirwatcher {

void LogProcess(Logger* logger) {
  logger->Log(LogLevel::kInfo, absl::StrCat("PID: ", getpid()));
}

void LogStart(const SignalSet& handled, InterruptMode mode, Logger* logger) {
  for (const int number : handled.numbers()) {
    logger->Log(LogLevel::kDebug, absl::StrCat("Set signal handler: ", number));
  }
  logger->Log(LogLevel::kInfo, mode == InterruptMode::kPassive
                                   ? "Mode: PASSIVE"
                                   : "Mode: AGGRESSIVE");
}

void LogReceived(const ReceivedSignal& signal, Logger* logger) {
  logger->Log(LogLevel::kInfo,
              absl::StrCat("Received ", signal.number, " signal."));
  logger->Log(
      LogLevel::kDebug,
      signal.sender_pid != 0
          ? absl::StrCat("The signal was sent by PID ", signal.sender_pid)
          : "The signal was sent by the kernel");
}

void LogInterrupted(InterruptMode mode, Logger* logger) {
  if (mode != InterruptMode::kPassive) return;
  logger->Log(LogLevel::kInfo, "interrupted == True");
}

void LogEnd(Logger* logger) {
  logger->Log(LogLevel::kInfo, "Graceful Interrupt...");
}

}  // namespace dirwatcher
