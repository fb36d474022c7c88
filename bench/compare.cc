// Compares dirwatcher with its peers and prints a table:
//
//   bazel run -c opt //bench:compare -- --help

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "bench/compare_options.h"
#include "bench/corpora.h"
#include "bench/measure.h"
#include "bench/measures.h"

namespace dirwatcher {
namespace {

// To be seen at once: the next line may take minutes.
void Print(absl::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

int Fail(absl::string_view message, int exit_code) {
  std::fprintf(stderr, "compare: %s\n", std::string(message).c_str());
  return exit_code;
}

int Main(int argc, char** argv) {
  // `bazel run` starts programs elsewhere than where the user is.
  const char* const user_dir = getenv("BUILD_WORKING_DIRECTORY");
  if (user_dir != nullptr && chdir(user_dir) != 0) {
    return Fail(absl::StrCat("cannot go to ", user_dir), 1);
  }
  const char* const tmp = getenv("TMPDIR");
  const auto options = ParseCompareOptions(
      {argv + 1, argv + argc}, tmp == nullptr || *tmp == 0 ? "/tmp" : tmp);
  if (!options.ok()) return Fail(options.status().message(), 2);
  if (options->help) {
    Print(CompareHelp());
    return 0;
  }

  namespace fs = std::filesystem;
  const fs::path bin = fs::read_symlink("/proc/self/exe").parent_path();
  const Corpora corpora(fs::absolute(options->dir).string(), options->scale);
  if (options->clean) {
    const absl::Status status = corpora.Clean();
    return status.ok() ? 0 : Fail(status.message(), 1);
  }
  const MeasureContext context = {
      corpora,
      options->program.empty() ? (bin.parent_path() / "cmd/dirwatcher").string()
                               : fs::absolute(options->program).string(),
      (bin / "peers").string(), options->rounds, options->scale};
  std::vector<Measure> measures;
  for (Measure& measure : AllMeasures()) {
    if (absl::StrContains(measure.name, options->only)) {
      measures.push_back(std::move(measure));
    }
  }
  if (measures.empty()) {
    return Fail(absl::StrCat("--only: no measure has \"", options->only,
                             "\" in its name; see --list"),
                2);
  }
  if (options->list) {
    for (const Measure& measure : measures) {
      Print(absl::StrCat(measure.name, "\n"));
    }
    return 0;
  }
  RunMeasures(measures, context, Print);
  return 0;
}

}  // namespace
}  // namespace dirwatcher

int main(int argc, char** argv) { return dirwatcher::Main(argc, argv); }
