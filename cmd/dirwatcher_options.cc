#include "cmd/dirwatcher_options.h"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "cmd/action_arguments.h"
#include "cmd/dirwatcher_specs.h"
#include "cmd/option_reader.h"
#include "cmd/option_sources.h"
#include "cmd/option_table.h"
#include "cmd/option_values.h"
#include "cmd/raw_value.h"
#include "cmd/version.h"
#include "dirwatch/line_matcher.h"
#include "logging/escape.h"
#include "notify/spool_place.h"
#include "notify/target.h"
#include "signals/action_registry.h"

namespace dirwatcher {
namespace {

// ---- Actions ----------------------------------------------------------------

constexpr ActionOption kActionOptions[] = {
    {"--on-match", "match"},     {"--on-added", "added"},
    {"--on-removed", "removed"}, {"--hup", "SIGHUP"},
    {"--usr1", "SIGUSR1"},       {"--usr2", "SIGUSR2"}};

// The trigger of an action option.
std::string TriggerOf(const OptionSpec& spec) {
  const std::string name = OptionTable::CommandLineName(spec);
  for (const ActionOption& option : kActionOptions) {
    if (option.name == name) return std::string(option.trigger);
  }
  return "";
}

// Whether `word` ends an action's arguments: a long option that is not an
// action's, "--ext" or "--ext=.log". Short ones do not, or `exec sh -c` would
// ignore case.
bool IsOtherOption(absl::string_view word) {
  const absl::string_view name = word.substr(0, word.find('='));
  for (const OptionSpec& spec : DirwatcherOptionTable().specs()) {
    // The name of an argument does not begin with hyphens.
    if (absl::StartsWith(name, "--") &&
        name == OptionTable::CommandLineName(spec)) {
      return true;
    }
  }
  return false;
}

// The actions of one option: those of the command line, or else the one that
// `source` has as a list of words.
std::vector<ActionRequest> ActionsOf(
    const OptionSpec& spec, const std::vector<ActionRequest>& command_line,
    const OptionSource& source) {
  const std::string trigger = TriggerOf(spec);
  std::vector<ActionRequest> actions;
  for (const ActionRequest& request : command_line) {
    if (request.trigger == trigger) actions.push_back(request);
  }
  const std::vector<RawValue>* const words = source.Find(spec.name);
  if (actions.empty() && words != nullptr) {
    actions.push_back({trigger, words->front().text, {}});
    for (size_t i = 1; i < words->size(); ++i) {
      actions.back().arguments.push_back((*words)[i].text);
    }
  }
  return actions;
}

// ---- From text to values ----------------------------------------------------

constexpr int64_t kMaxLogMegabytes = 1'000'000;
constexpr int64_t kMaxLogBackups = 1000;
constexpr int64_t kMaxActionJobs = 1000;
constexpr int64_t kMaxActionQueue = 1'000'000;

absl::StatusOr<std::string> ToExtension(const RawValue& value) {
  if (value.text.empty() || value.text == ".") {
    return WrongValue(value, "must not be empty");
  }
  if (absl::StrContains(value.text, '/')) {
    return WrongValue(value, "must not contain a /");
  }
  return value.text.front() == '.' ? value.text : "." + value.text;
}

absl::Status CheckMagic(const RawValue& value,
                        const DirwatcherOptions& options) {
  if (value.text.empty()) return WrongValue(value, "must not be empty");
  if (absl::StrContains(value.text, '\n')) {
    return WrongValue(value, "must not contain a newline");
  }
  LineMatcherOptions matcher_options;
  if (options.regex) matcher_options.syntax = MagicSyntax::kRegex;
  if (options.ignore_case) {
    matcher_options.case_rule = CaseRule::kIgnoreAscii;
  }
  const absl::Status status =
      LineMatcher::Create({value.text}, matcher_options).status();
  if (status.ok()) return status;
  // The message quotes the magic first, as does the origin.
  absl::string_view why = status.message();
  absl::ConsumePrefix(
      &why, absl::StrCat("magic \"", absl::CHexEscape(value.text), "\" "));
  return WrongValue(value, absl::StrCat(options.regex ? "with --regex it " : "",
                                        EscapeForLog(why)));
}

void AddOnce(std::string item, std::vector<std::string>* list) {
  if (std::find(list->begin(), list->end(), item) == list->end()) {
    list->push_back(std::move(item));
  }
}

absl::StatusOr<DirwatcherOptions> ToOptions(
    const OptionSource& source,
    const std::vector<ActionRequest>& command_line_actions) {
  DirwatcherOptions options;
  OptionReader reader(source);
  reader.Read("ignore-case", ToBool, &options.ignore_case);
  reader.Read("regex", ToBool, &options.regex);
  reader.Read("from-end", ToBool, &options.from_end);
  reader.Read("recursive", ToBool, &options.recursive);
  reader.Read("once", ToBool, &options.once);
  reader.Read("json", ToBool, &options.json);
  reader.Read("int", ToInterval, &options.interval);
  options.retry_interval = options.interval;
  reader.Read("retry", ToInterval, &options.retry_interval);
  reader.Read(
      "watch",
      [](const RawValue& value) {
        return ToChoice<WakeBy>(value, {{"auto", WakeBy::kAuto},
                                        {"poll", WakeBy::kPoll},
                                        {"inotify", WakeBy::kInotify}});
      },
      &options.wake_by);
  reader.Read(
      "log-level",
      [](const RawValue& value) {
        return ToChoice<LogLevel>(value, {{"debug", LogLevel::kDebug},
                                          {"info", LogLevel::kInfo},
                                          {"warning", LogLevel::kWarning},
                                          {"error", LogLevel::kError}});
      },
      &options.log_level);
  reader.Read("log-file", ToNonEmpty, &options.log_file);
  int64_t log_megabytes = options.log_max_bytes >> 20;
  reader.Read(
      "log-max-mb",
      [](const RawValue& value) { return ToInteger(value, kMaxLogMegabytes); },
      &log_megabytes);
  options.log_max_bytes = log_megabytes << 20;
  reader.Read(
      "log-backups",
      [](const RawValue& value) { return ToInteger(value, kMaxLogBackups); },
      &options.log_backups);

  reader.Read("stdout", ToBool, &options.log_to_stdout);
  reader.Read("syslog", ToBool, &options.log_to_syslog);
  reader.Read("journald", ToBool, &options.log_to_journald);
  if (options.json && options.log_to_stdout) {
    reader.Fail(UsageError(
        "--stdout cannot be had with --json, which writes there, too"));
  }
  for (const OptionSpec& spec : DirwatcherOptionTable().specs()) {
    if (spec.kind != OptionKind::kAction) continue;
    for (ActionRequest& action :
         ActionsOf(spec, command_line_actions, source)) {
      options.actions.push_back(std::move(action));
    }
  }
  const auto positive = [](int64_t max) {
    return [max](const RawValue& value) -> absl::StatusOr<int64_t> {
      absl::StatusOr<int64_t> number = ToInteger(value, max);
      if (number.ok() && *number == 0) {
        return WrongValue(value, "must be at least 1");
      }
      return number;
    };
  };
  reader.Read("action-jobs", positive(kMaxActionJobs), &options.action_jobs);
  reader.Read("action-queue", positive(kMaxActionQueue), &options.action_queue);

  reader.ReadAll(
      "notify",
      // Its origin quotes all of it, where a secret may stand by mistake.
      [](const RawValue& value) { return ParseTarget(value.text); },
      &options.notify_targets);
  reader.Read("notify-wait", ToDuration, &options.notify_wait);
  reader.Read("notify-interval", ToDuration, &options.notify_interval);
  reader.Read("notify-spool", ToNonEmpty, &options.notify_spool);

  if (!reader.All("ext").empty()) options.extensions.clear();
  for (const RawValue& value : reader.All("ext")) {
    std::string extension;
    reader.Keep(ToExtension(value), &extension);
    AddOnce(std::move(extension), &options.extensions);
  }
  reader.Read("dir", ToNonEmpty, &options.dir);
  for (const RawValue& value : reader.All("magic")) {
    reader.Fail(CheckMagic(value, options));
    AddOnce(value.text, &options.magics);
  }
  if (!reader.status().ok()) return reader.status();
  if (options.dir.empty()) {
    return UsageError("DIR is missing; see dirwatcher --help");
  }
  if (options.magics.empty()) {
    return UsageError("MAGIC is missing; see dirwatcher --help");
  }
  return options;
}

}  // namespace

absl::StatusOr<DirwatcherCommand> ParseDirwatcherCommand(
    const std::vector<std::string>& arguments,
    absl::FunctionRef<absl::optional<std::string>(const std::string& name)>
        get_environment) {
  const absl::StatusOr<ActionArguments> taken = TakeActionArguments(
      arguments, kActionOptions, ActionRegistry::Global(), IsOtherOption);
  if (!taken.ok()) return taken.status();
  const OptionTable& table = DirwatcherOptionTable();
  absl::StatusOr<OptionSource> source =
      ReadCommandLineOptions(table, taken->others);
  if (!source.ok()) return source.status();
  if (source->Find("help") != nullptr) return Information{DirwatcherHelp()};
  if (source->Find("version") != nullptr) {
    return Information{absl::StrCat("dirwatcher ", kVersion, "\n")};
  }
  source->Merge(ReadEnvironmentOptions(table, get_environment));
  if (const std::vector<RawValue>* const config = source->Find("config")) {
    absl::StatusOr<OptionSource> from_file =
        ReadConfigOptions(table, config->back());
    if (!from_file.ok()) return from_file.status();
    source->Merge(*std::move(from_file));
  }
  absl::StatusOr<DirwatcherOptions> options =
      ToOptions(*source, taken->requests);
  if (!options.ok()) return options.status();
  if (options->notify_spool.empty()) {
    options->notify_spool = SpoolPlace(
        "dirwatcher",
        [&](const std::string& name) { return get_environment(name); },
        geteuid() == 0);
  }
  return *std::move(options);
}

}  // namespace dirwatcher
