// How a job ended, as a shell is told it and as people are.
//
//   128 + n  signal n killed it     126  it cannot be executed
//   124      it took too long       127  it was not found
//
// as timeout(1), env(1) and shells have it; otherwise its own code.

#ifndef DIRWATCHER_SUPERVISE_EXIT_CODE_H_
#define DIRWATCHER_SUPERVISE_EXIT_CODE_H_

#include <string>

#include "supervise/job_end.h"

namespace dirwatcher {

constexpr int kExitTimedOut = 124;
constexpr int kExitNotExecutable = 126;
constexpr int kExitNotFound = 127;

// The exit code that stands for `end`. One that was not started because signal
// n came before has 128 + n, as if it had been killed by it.
int ExitCode(const JobEnd& end);

// Whether it ended by itself with exit code 0.
bool Succeeded(const JobEnd& end);

// "exit code 3", "killed by signal 9 (SIGKILL)", "killed by signal 11
// (SIGSEGV), core dumped", "timed out after 5 s", "command not found", "cannot
// be executed: Permission denied", "not started: SIGTERM came before".
std::string HowItEnded(const JobEnd& end);

}  // namespace dirwatcher

#endif  // DIRWATCHER_SUPERVISE_EXIT_CODE_H_
