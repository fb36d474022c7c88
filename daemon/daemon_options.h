// DaemonOptions: how a daemon runs and logs, as one plain value.
//
//   absl::StatusOr<DaemonOptions> options = ReadDaemonOptions(
//       {{"name_app", "backup"}, {"log_lvl", "20"}},   // from code
//       "BACKUP_", OwnEnvironment(), "/etc/backup.conf");
//
// Each option has the same name everywhere: in code, in the config file, and,
// with a prefix and in upper case, in the environment.

#ifndef DIRWATCHER_DAEMON_DAEMON_OPTIONS_H_
#define DIRWATCHER_DAEMON_DAEMON_OPTIONS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "logging/log_level.h"
#include "logging/pattern_format.h"

namespace dirwatcher {

// How a daemon learns that it is to end.
enum class InterruptMode {
  kPassive,     // it asks, and leaves when it likes
  kAggressive,  // its waits and checkpoints throw
};

struct DaemonOptions {
  std::string name_app = "SIMPLEDAEMON";
  // As a number: 10 DEBUG, 20 INFO, 30 WARNING, 40 ERROR, 50 CRITICAL; 0,
  // NOTSET, mutes it.
  LogLevel log_lvl = LogLevel::kDebug;
  // The log file is always written.
  std::string log_path = "/tmp/";
  std::string log_name = "simple_daemon.log";
  std::string log_format{PatternFormat::kDefault};
  bool stream = false;    // log to standard output as well
  bool syslog = false;    // and to syslog
  bool journald = false;  // and to the journal
  InterruptMode interrupt_mode = InterruptMode::kPassive;  // "passive", or
                                                           // "aggressive"
  int64_t max_size_byte_log = int64_t{1} << 20;            // 0 = never roll it
  int max_count_file_rotation = 2;                         // old log files
  // For how long an aggressive daemon may miss its checkpoints. In seconds,
  // fractions allowed.
  absl::Duration shutdown_grace = absl::Seconds(10);
};

// Sets the option `name` to what `value` says. Booleans are true and false.
//   INVALID_ARGUMENT  there is no such option, or the value is none of its
//                     values; the message names both
absl::Status SetDaemonOption(absl::string_view name, absl::string_view value,
                             DaemonOptions* options);

// The options from three sources: the environment wins over the config file,
// and that over `from_code`. A variable that begins with `prefix` has to be an
// option's; `environment` is all of it, as NAME=VALUE. An empty `config_path`
// stands for no file; see daemon/config_file.h for its form.
//   INVALID_ARGUMENT  something is wrong; the message names where it stands
//   others            the file cannot be read
absl::StatusOr<DaemonOptions> ReadDaemonOptions(
    const std::vector<std::pair<std::string, std::string>>& from_code,
    absl::string_view prefix, const std::vector<std::string>& environment,
    const std::string& config_path);

// The environment of this process, as NAME=VALUE.
std::vector<std::string> OwnEnvironment();

}  // namespace dirwatcher

#endif  // DIRWATCHER_DAEMON_DAEMON_OPTIONS_H_
