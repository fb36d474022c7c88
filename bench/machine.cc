#include "bench/machine.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "bench/process_run.h"

namespace dirwatcher {
namespace {

std::string ProcessorModel() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (!absl::StartsWith(line, "model name")) continue;
    return std::string(
        absl::StripAsciiWhitespace(line.substr(line.find(':') + 1)));
  }
  return "unknown processor";
}

// The first line that it prints.
std::string VersionOf(const std::string& program) {
  std::string first;
  const auto run =
      RunReading({{program, "--version"}}, [&](absl::string_view line) {
        if (first.empty()) first = std::string(line);
      });
  return run.ok() ? first : std::string(run.status().message());
}

}  // namespace

std::string DescribeMachine(const std::string& dirwatcher) {
  struct utsname names = {};
  uname(&names);
  std::string result =
      absl::StrCat("- ", ProcessorModel(), ", ", sysconf(_SC_NPROCESSORS_ONLN),
                   " cores; ", names.sysname, " ", names.release, "\n");
  for (const char* program :
       {dirwatcher.c_str(), "rg", "grep", "tail", "find"}) {
    absl::StrAppend(&result, "- ", VersionOf(program), "\n");
  }
  return result;
}

}  // namespace dirwatcher
