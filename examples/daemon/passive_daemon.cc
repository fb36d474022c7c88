// A daemon that is asked to end and leaves when it likes: here, between two
// pieces of work.
//
//   bazel run //examples/daemon:passive_daemon
//   PASSIVE_DAEMON_LOG_LVL=20 PASSIVE_DAEMON_STREAM=true passive_daemon

#include "absl/time/time.h"
#include "daemon/daemon.h"
#include "daemon/daemon_options.h"
#include "logging/log_level.h"

using dirwatcher::Daemon;
using dirwatcher::LogLevel;

int main() {
  const auto options = dirwatcher::ReadDaemonOptions(
      {{"name_app", "passive"}, {"stream", "true"}}, "PASSIVE_DAEMON_",
      dirwatcher::OwnEnvironment(), /*config_path=*/"");
  return Daemon::Main(options, [](Daemon& daemon) {
    while (!daemon.interrupted()) {
      daemon.logger()->Log(LogLevel::kInfo, "still here");
      daemon.Wait(absl::Seconds(5));
    }
  });
}
