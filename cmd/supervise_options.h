// SuperviseOptions: what the user asked supervise to do, as one plain value.

#ifndef DIRWATCHER_CMD_SUPERVISE_OPTIONS_H_
#define DIRWATCHER_CMD_SUPERVISE_OPTIONS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/variant.h"
#include "notify/target.h"

namespace dirwatcher {

enum class SuperviseMode {
  kRun,    // a command
  kFlush,  // send what waits
  kQueue,  // list what waits
};

struct SuperviseOptions {
  SuperviseMode mode = SuperviseMode::kRun;
  std::vector<std::string> command;  // not empty if it is to be run

  std::vector<Target> targets;
  bool always = false;
  std::string ping_url;  // empty: nobody is pinged

  absl::optional<std::string> subject;
  std::string name;
  std::string project_version = "not specified";
  size_t tail_lines = 50;
  std::vector<std::string> attachments;

  absl::Duration timeout = absl::InfiniteDuration();
  int retries = 0;
  absl::Duration retry_delay = absl::Seconds(1);
  std::string lock_file;  // empty: no lock

  std::string spool_dir;  // empty: this user has no place for one
  absl::Duration send_timeout = absl::Seconds(30);
  absl::Duration group_wait = absl::ZeroDuration();
  absl::Duration repeat_interval = absl::ZeroDuration();

  std::string log_file;  // empty: standard error
  bool verbose = false;
};

// The user asked for this text on standard output, and for nothing else.
struct SuperviseInformation {
  std::string text;  // ends with a line feed
};

using SuperviseCommand = absl::variant<SuperviseOptions, SuperviseInformation>;

// Reads `arguments`, without the program's name, the environment and the config
// file that they name.
//   INVALID_ARGUMENT  a usage error; one line that names option and value, but
//                     no secret
absl::StatusOr<SuperviseCommand> ParseSuperviseCommand(
    const std::vector<std::string>& arguments,
    absl::FunctionRef<absl::optional<std::string>(const std::string& name)>
        get_environment,
    bool is_root);

}  // namespace dirwatcher

#endif  // DIRWATCHER_CMD_SUPERVISE_OPTIONS_H_
