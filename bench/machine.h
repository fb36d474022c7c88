// What was measured on, and with what.

#ifndef DIRWATCHER_BENCH_MACHINE_H_
#define DIRWATCHER_BENCH_MACHINE_H_

#include <string>

namespace dirwatcher {

// Lines for people: processor, kernel, and the versions of the programs.
std::string DescribeMachine(const std::string& dirwatcher);

}  // namespace dirwatcher

#endif  // DIRWATCHER_BENCH_MACHINE_H_
