#include "bench/compare_options.h"

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace dirwatcher {
namespace {

// Beyond these it is a slip of the finger.
constexpr int kMaxRounds = 1000;
constexpr double kMinScale = 1e-4;
constexpr double kMaxScale = 100;

absl::Status SetValue(absl::string_view name, absl::string_view value,
                      CompareOptions* options) {
  const auto wrong = [&](absl::string_view wanted) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": \"", value, "\" is not ", wanted));
  };
  if (name == "--rounds") {
    if (!absl::SimpleAtoi(value, &options->rounds) || options->rounds < 1 ||
        options->rounds > kMaxRounds) {
      return wrong("a number from 1 to 1000");
    }
  } else if (name == "--scale") {
    if (!absl::SimpleAtod(value, &options->scale) ||
        !(options->scale >= kMinScale && options->scale <= kMaxScale)) {
      return wrong("a number from 0.0001 to 100");
    }
  } else if (value.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(name, ": is empty"));
  } else if (name == "--only") {
    options->only = std::string(value);
  } else if (name == "--dir") {
    options->dir = std::string(value);
  } else {
    options->program = std::string(value);
  }
  return absl::OkStatus();
}

bool TakesValue(absl::string_view name) {
  return name == "--rounds" || name == "--scale" || name == "--only" ||
         name == "--dir" || name == "--dirwatcher";
}

}  // namespace

absl::string_view CompareHelp() {
  return R"(Usage: compare [OPTIONS]

Runs dirwatcher and its peers in turn and prints how they compare, as a table in
Markdown. At full size this takes 10 GB in a folder for temporary files, as much
memory to cache it, and half an hour.

  --rounds N         rounds of each measure [default: 5]
  --scale F          multiplies sizes and numbers of files, to try it out
                     [default: 1]
  --only TEXT        only the measures that have TEXT in their names
  --list             print the names of the measures and end
  --dir DIR          where corpora are kept for the next time
                     [default: dirwatcher-bench in $TMPDIR or /tmp]
  --clean            remove what is kept there and end
  --dirwatcher PATH  the program that is measured [default: the one that was
                     built together with this]
  --help             print this and end
)";
}

absl::StatusOr<CompareOptions> ParseCompareOptions(
    const std::vector<std::string>& arguments,
    absl::string_view temporary_dir) {
  CompareOptions options;
  options.dir = absl::StrCat(temporary_dir, "/dirwatcher-bench");
  for (size_t i = 0; i < arguments.size(); ++i) {
    const absl::string_view argument = arguments[i];
    const size_t equals = argument.find('=');
    const absl::string_view name = argument.substr(0, equals);
    if (TakesValue(name)) {
      absl::string_view value;
      if (equals != absl::string_view::npos) {
        value = argument.substr(equals + 1);
      } else if (++i < arguments.size()) {
        value = arguments[i];
      } else {
        return absl::InvalidArgumentError(
            absl::StrCat(name, ": needs a value"));
      }
      const absl::Status status = SetValue(name, value, &options);
      if (!status.ok()) return status;
    } else if (argument == "--clean") {
      options.clean = true;
    } else if (argument == "--list") {
      options.list = true;
    } else if (argument == "--help") {
      options.help = true;
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("unknown argument \"", argument, "\"; see --help"));
    }
  }
  return options;
}

}  // namespace dirwatcher
