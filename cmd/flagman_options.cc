#include "cmd/flagman_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "cmd/version.h"
#include "logging/escape.h"

namespace dirwatcher {
namespace {

constexpr ActionOption kActionOptions[] = {
    {"--hup", "SIGHUP"}, {"--usr1", "SIGUSR1"}, {"--usr2", "SIGUSR2"}};

constexpr absl::string_view kHelp =
    R"(Usage: flagman [OPTION...] [--hup|--usr1|--usr2 ACTION [ARG...]]...

Performs actions when signals arrive, until SIGINT or SIGTERM.

Actions:
  --hup ACTION [ARG...]   perform ACTION on SIGHUP
  --usr1 ACTION [ARG...]  perform ACTION on SIGUSR1
  --usr2 ACTION [ARG...]  perform ACTION on SIGUSR2

An action has all words up to the next option for arguments. The options may be
repeated, for one signal too: its actions are then performed in that order.

Other options:
  -l, --list              list the actions that there are, and end
      --coalesce HOW      what becomes of a signal whose own actions are being
                          performed: `ignore` it, or `rerun` them once
                          [default: ignore]
      --successful-empty  end with 0, not 1, when every action has closed
      --no-systemd        tell the service manager nothing
  -q, --quiet             log nothing below CRITICAL
  -v, --verbose           log from INFO on; twice: from DEBUG on
  -h, --help              print this and end
      --version           print the version and end

It exits with 0 after SIGINT, SIGTERM, --list and --help, with 1 when every
action has closed or one could not be set up, and with 2 when it is used wrongly
or has no actions. A second SIGINT or SIGTERM ends it at once with 128 + n.
)";

// Whether CLI11 will take `word` for an option: a long one, or letters.
bool IsOption(absl::string_view word) {
  static constexpr absl::string_view kLong[] = {
      "--list",       "--coalesce", "--successful-empty",
      "--no-systemd", "--quiet",    "--verbose",
      "--help",       "--version"};
  if (std::find(std::begin(kLong), std::end(kLong), word) != std::end(kLong) ||
      absl::StartsWith(word, "--coalesce=")) {
    return true;
  }
  return word.size() > 1 && word[0] == '-' &&
         word.find_first_not_of("lqvh", 1) == absl::string_view::npos;
}

absl::Status UsageError(absl::string_view what) {
  return absl::InvalidArgumentError(what);
}

}  // namespace

absl::StatusOr<FlagmanCommand> ParseFlagmanCommand(
    const std::vector<std::string>& arguments, const ActionRegistry& registry,
    NameStyle style) {
  absl::StatusOr<ActionArguments> taken =
      TakeActionArguments(arguments, kActionOptions, registry, IsOption);
  if (!taken.ok()) return taken.status();

  FlagmanOptions options;
  options.actions = std::move(taken->requests);
  bool help = false;
  bool version = false;
  bool list = false;
  bool no_systemd = false;
  bool quiet = false;
  int verbose = 0;
  std::string coalesce = "ignore";
  try {
    CLI::App app;
    app.set_help_flag();  // --help is one of ours
    app.allow_extras();   // to be named below
    app.add_flag("-h,--help", help);
    app.add_flag("--version", version);
    app.add_flag("-l,--list", list);
    app.add_flag("--successful-empty", options.successful_empty);
    app.add_flag("--no-systemd", no_systemd);
    app.add_flag("-q,--quiet", quiet);
    app.add_flag("-v,--verbose", verbose);
    app.add_option("--coalesce", coalesce);
    std::vector<std::string> reversed(taken->others.rbegin(),
                                      taken->others.rend());
    app.parse(std::move(reversed));
    for (const std::string& extra : app.remaining()) {
      if (extra == "--") continue;
      return UsageError(absl::StrCat(
          absl::StartsWith(extra, "-") ? "unknown option" : "unknown argument",
          " \"", EscapeForLog(extra), "\""));
    }
  } catch (const CLI::Error& error) {
    return UsageError(EscapeForLog(error.what()));
  }
  if (help) return FlagmanInformation{std::string(kHelp)};
  if (version) {
    return FlagmanInformation{absl::StrCat("flagman ", kVersion, "\n")};
  }
  if (list) return FlagmanInformation{ListActions(registry, style)};
  if (coalesce == "rerun") {
    options.overlap = Overlap::kRerun;
  } else if (coalesce != "ignore") {
    return UsageError(absl::StrCat("--coalesce \"", EscapeForLog(coalesce),
                                   "\": must be one of ignore, rerun"));
  }
  options.systemd = !no_systemd;
  if (quiet) {
    options.log_level = LogLevel::kCritical;
  } else if (verbose > 0) {
    options.log_level = verbose > 1 ? LogLevel::kDebug : LogLevel::kInfo;
  }
  return options;
}

}  // namespace dirwatcher
