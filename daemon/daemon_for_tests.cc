// A daemon that behaves in the ways that daemon_e2e_test asks for:
//
//   daemon_for_tests asks|checkpoints|stuck|throw|return
//
// with the options of the environment, DAEMON_<NAME>, and of the file $CONFIG.

#include <atomic>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "absl/time/time.h"
#include "daemon/daemon.h"
#include "daemon/daemon_options.h"
#include "logging/log_level.h"

using dirwatcher::Daemon;
using dirwatcher::LogLevel;

int main(int, char** argv) {
  const std::string way = argv[1];
  const char* const config = std::getenv("CONFIG");
  const auto options = dirwatcher::ReadDaemonOptions(
      {{"name_app", "tested"}}, "DAEMON_", dirwatcher::OwnEnvironment(),
      config == nullptr ? "" : config);
  return Daemon::Main(options, [&way](Daemon& daemon) {
    daemon.logger()->Log(LogLevel::kWarning, "working");
    std::atomic<bool> always{true};
    while (way == "checkpoints") daemon.Checkpoint();
    while (way == "asks" && !daemon.interrupted()) {
    }
    while (way == "stuck" && always) {
    }
    if (way == "throw") throw std::runtime_error("oh");
  });
}
