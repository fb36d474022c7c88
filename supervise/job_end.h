// JobEnd: how a supervised command ended, for the exit code
// (supervise/exit_code.h) and for the message. A value.

#ifndef DIRWATCHER_SUPERVISE_JOB_END_H_
#define DIRWATCHER_SUPERVISE_JOB_END_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace dirwatcher {

struct JobEnd {
  enum class Kind {
    kExited,         // by itself, with exit_code
    kKilled,         // by signal_number
    kTimedOut,       // and was ended; exit_code or signal_number says by what
    kNotFound,       // there is no such command; it was not started
    kNotExecutable,  // it cannot be started, for another reason
    kNotStarted,     // a request to stop, stop_signal, came before
  };

  Kind kind = Kind::kExited;
  int exit_code = 0;      // if no signal ended it
  int signal_number = 0;  // 0: none did
  bool core_dumped = false;
  // kTimedOut: after how long.
  absl::Duration timeout;
  // kNotFound, kNotExecutable: why, in the system's words.
  std::string start_error;

  // The request to stop (SIGTERM, SIGINT, SIGHUP or SIGQUIT) that came while it
  // ran or before it did, and was passed on to it; 0: none. There is to be no
  // other try then.
  int stop_signal = 0;

  // Which try it was, from 1 on.
  int tries = 1;

  absl::Time start_time;
  absl::Duration duration;  // until it ended; its output may have taken longer

  // What it used, with the children that it waited for.
  absl::Duration user_time;
  absl::Duration system_time;
  // Of the largest process among them. Not less than what this process used
  // when it started the command, some MiB, as the kernel counts from before
  // execve(2).
  int64_t peak_memory_bytes = 0;

  // The last lines of its output, see OutputTail::Text.
  std::string output_tail;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SUPERVISE_JOB_END_H_
