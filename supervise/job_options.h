// JobOptions: what is to be run under supervision, and how. A value.

#ifndef DIRWATCHER_SUPERVISE_JOB_OPTIONS_H_
#define DIRWATCHER_SUPERVISE_JOB_OPTIONS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "supervise/output_tail.h"
#include "supervise/retry_delay.h"

namespace dirwatcher {

struct JobOptions {
  // As ChildSettings::command. Not empty, and no NUL in it.
  std::vector<std::string> command;
  // How long a try may take. Its process group then gets SIGTERM, and SIGKILL
  // `kill_grace` later; what is left of the group when the command has ended
  // gets SIGKILL then. Default: for ever.
  absl::Duration timeout = absl::InfiniteDuration();
  absl::Duration kill_grace = absl::Seconds(10);
  OutputTailOptions tail;
  RetryOptions retries;
  // Called before each try, with its number from 1 on. May be empty.
  std::function<void(int number)> on_try;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SUPERVISE_JOB_OPTIONS_H_
