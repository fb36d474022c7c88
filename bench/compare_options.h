// CompareOptions: what `compare` was asked to do.

#ifndef DIRWATCHER_BENCH_COMPARE_OPTIONS_H_
#define DIRWATCHER_BENCH_COMPARE_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dirwatcher {

struct CompareOptions {
  int rounds = 5;       // of each measure, at least 1
  double scale = 1;     // sizes and numbers of files are multiplied by it
  std::string only;     // part of the name of a measure; empty = all
  std::string dir;      // where corpora are kept, not empty
  std::string program;  // dirwatcher; empty = the one that was built with this
  bool clean = false;   // remove the corpora and end
  bool list = false;    // print the names of the measures and end
  bool help = false;
};

// What --help prints.
absl::string_view CompareHelp();

// Reads `arguments`, without the program's name; each option that has a value
// has it behind a "=" or as the next argument. `temporary_dir` is where a
// folder for the corpora goes unless one is named.
//
// INVALID_ARGUMENT with a message of one line that names the option.
absl::StatusOr<CompareOptions> ParseCompareOptions(
    const std::vector<std::string>& arguments, absl::string_view temporary_dir);

}  // namespace dirwatcher

#endif  // DIRWATCHER_BENCH_COMPARE_OPTIONS_H_
