// A daemon that is interrupted where it waits, and where it says that it may
// be: for work that is one long procedure.
//
//   bazel run //examples/daemon:aggressive_daemon

#include "absl/time/time.h"
#include "daemon/daemon.h"
#include "daemon/daemon_options.h"
#include "logging/log_level.h"

using dirwatcher::Daemon;
using dirwatcher::LogLevel;

int main() {
  const auto options = dirwatcher::ReadDaemonOptions(
      {{"name_app", "aggressive"},
       {"stream", "true"},
       {"interrupt_mode", "aggressive"}},
      "AGGRESSIVE_DAEMON_", dirwatcher::OwnEnvironment(), /*config_path=*/"");
  return Daemon::Main(options, [](Daemon& daemon) {
    for (;;) {
      daemon.logger()->Log(LogLevel::kInfo, "still here");
      daemon.Wait(absl::Seconds(5));
    }
  });
}
