// DirwatcherOptions: what the user asked dirwatcher to do, from the command
// line, the environment and a config file, as one plain value.
//
//   absl::StatusOr<DirwatcherCommand> command = ParseDirwatcherCommand(
//       {argv + 1, argv + argc}, [](const std::string& name) { ... });
//
// Everything that can be known to be wrong before anything is started is found
// here, so that whoever holds a DirwatcherOptions holds a usable one.

#ifndef DIRWATCHER_CMD_DIRWATCHER_OPTIONS_H_
#define DIRWATCHER_CMD_DIRWATCHER_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/variant.h"
#include "logging/log_level.h"
#include "notify/target.h"
#include "signals/action_runner.h"

namespace dirwatcher {

// What ends the wait between two polls.
enum class WakeBy {
  kAuto,     // inotify where it works, else polling
  kPoll,     // the interval alone
  kInotify,  // as kAuto, but it does not start where inotify does not work
};

struct DirwatcherOptions {
  std::string dir;                  // not empty; may not exist
  std::vector<std::string> magics;  // at least one, each one once, as
                                    // LineMatcher accepts them
  std::vector<std::string> extensions = {".txt"};    // each with its dot
  absl::Duration interval = absl::Seconds(1);        // 1 ms to a year
  absl::Duration retry_interval = absl::Seconds(1);  // the same
  bool ignore_case = false;
  bool regex = false;
  bool from_end = false;
  bool recursive = false;
  WakeBy wake_by = WakeBy::kAuto;
  bool once = false;
  bool json = false;
  LogLevel log_level = LogLevel::kInfo;
  std::string log_file;                      // empty = standard error
  int64_t log_max_bytes = int64_t{1} << 20;  // 0 = never roll
  int log_backups = 2;
  bool log_to_stdout = false;  // as well; not with json
  bool log_to_syslog = false;
  bool log_to_journald = false;
  // What is done on "match", "added", "removed", "SIGHUP", "SIGUSR1" and
  // "SIGUSR2".
  std::vector<ActionRequest> actions;
  size_t action_jobs = 1;      // at a time; at least 1
  size_t action_queue = 1000;  // that wait; at least 1
  // Who is told of the lines that are found.
  std::vector<Target> notify_targets;
  absl::Duration notify_wait = absl::Seconds(5);
  absl::Duration notify_interval = absl::Minutes(5);
  std::string notify_spool;  // empty: this user has no place for one
};

// The user asked for this text on standard output, and for nothing else.
struct Information {
  std::string text;  // ends with a line feed
};

using DirwatcherCommand = absl::variant<DirwatcherOptions, Information>;

// Reads `arguments`, without the program's name. `get_environment` returns the
// value of a variable, or nothing if there is none. The config file, if one is
// named, is read from disk.
//
// For each option the first source that has it counts, and that alone: the
// command line, the environment (DIRWATCHER_<NAME>; an empty value counts as
// none), the config file. On the command line the last one counts of an option
// that cannot be repeated. Magics and extensions that are there twice are
// dropped. Of an action the environment has one word a line, the config file a
// list; its name and arguments are looked at when it is set up, except that the
// command line asks the global ActionRegistry whether they may begin with a
// hyphen. Both names of the positional arguments, DIR and MAGIC, are also keys
// of the other two sources.
//
// INVALID_ARGUMENT for every usage error, with a message of one line that names
// the option and the value, or the variable, or the file and the line.
absl::StatusOr<DirwatcherCommand> ParseDirwatcherCommand(
    const std::vector<std::string>& arguments,
    absl::FunctionRef<absl::optional<std::string>(const std::string& name)>
        get_environment);

}  // namespace dirwatcher

#endif  // DIRWATCHER_CMD_DIRWATCHER_OPTIONS_H_
