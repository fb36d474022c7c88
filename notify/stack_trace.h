// CurrentStackTrace: who called whom, for people.

#ifndef DIRWATCHER_NOTIFY_STACK_TRACE_H_
#define DIRWATCHER_NOTIFY_STACK_TRACE_H_

#include <string>
#include <vector>

namespace dirwatcher {

// A line for each of up to 256 callers of this function, the innermost first:
// its address and, where the program has its symbols, its name.
std::vector<std::string> CurrentStackTrace();

// The exception that is being handled, as "std::runtime_error: disk full"; an
// empty text if there is none.
std::string DescribeCurrentException();

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_STACK_TRACE_H_
