#include "cmd/dirwatcher_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "cmd/action_arguments.h"
#include "cmd/dirwatcher_specs.h"
#include "cmd/version.h"
#include "daemon/config_file.h"
#include "dirwatch/line_matcher.h"
#include "logging/escape.h"
#include "signals/action_registry.h"

namespace dirwatcher {
namespace {

// ---- The three sources ------------------------------------------------------

// A value as it was written, and by what words to name it when it is wrong.
struct RawValue {
  std::string text;
  std::string origin;  // `--int "0"`
};

// The options that one source has, by name.
struct Source {
  std::map<absl::string_view, std::vector<RawValue>> values;
  std::map<absl::string_view, std::vector<ActionRequest>> actions;

  // Adds those that only `other` has.
  void Merge(Source other) {
    values.merge(other.values);
    actions.merge(other.actions);
  }
};

std::string Quoted(absl::string_view text) {
  return absl::StrCat("\"", EscapeForLog(text), "\"");
}

absl::Status UsageError(absl::string_view what) {
  return absl::InvalidArgumentError(what);
}

absl::Status WrongValue(const RawValue& value, absl::string_view why) {
  return UsageError(absl::StrCat(value.origin, ": ", why));
}

// CLI11 takes a value such as [ERROR] or [a,b] for a list in brackets. So
// arguments that begin with a bracket get this character before it, and those
// that begin with the character itself do as well; both lose it afterwards.
constexpr char kGuard = '\x01';

std::string Guard(const std::string& argument) {
  const bool needs_guard = !argument.empty() && (argument.front() == '[' ||
                                                 argument.front() == kGuard);
  return needs_guard ? std::string(1, kGuard) + argument : argument;
}

std::string Unguard(const std::string& argument) {
  return !argument.empty() && argument.front() == kGuard ? argument.substr(1)
                                                         : argument;
}

constexpr ActionOption kActionOptions[] = {
    {"--on-match", "match"},     {"--on-added", "added"},
    {"--on-removed", "removed"}, {"--hup", "SIGHUP"},
    {"--usr1", "SIGUSR1"},       {"--usr2", "SIGUSR2"}};

// The trigger of an action option.
std::string TriggerOf(const OptionSpec& spec) {
  const std::string name = CommandLineName(spec);
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
  for (const OptionSpec& spec : OptionSpecs()) {
    if (spec.kind != OptionKind::kArgument && name == CommandLineName(spec)) {
      return true;
    }
  }
  return false;
}

// The action of an option that a source has as a list of words.
ActionRequest ToRequest(const OptionSpec& spec,
                        const std::vector<std::string>& words) {
  return {TriggerOf(spec), words[0], {words.begin() + 1, words.end()}};
}

absl::StatusOr<Source> ReadCommandLine(
    const std::vector<std::string>& all_arguments) {
  absl::StatusOr<ActionArguments> taken = TakeActionArguments(
      all_arguments, kActionOptions, ActionRegistry::Global(), IsOtherOption);
  if (!taken.ok()) return taken.status();
  const std::vector<std::string>& arguments = taken->others;
  std::vector<std::string> reversed;  // as CLI11 wants them
  bool options_ended = false;
  for (const std::string& argument : arguments) {
    options_ended = options_ended || argument == "--";
    // CLI11 would take the next argument for the value.
    if (!options_ended && absl::StartsWith(argument, "--") &&
        absl::EndsWith(argument, "=")) {
      return UsageError(absl::StrCat("option ", Quoted(argument),
                                     " has no value behind the ="));
    }
    reversed.push_back(Guard(argument));
  }
  std::reverse(reversed.begin(), reversed.end());

  Source source;
  for (const OptionSpec& spec : OptionSpecs()) {
    if (spec.kind != OptionKind::kAction) continue;
    for (ActionRequest& request : taken->requests) {
      if (request.trigger != TriggerOf(spec)) continue;
      source.actions[spec.name].push_back(std::move(request));
    }
  }
  try {
    CLI::App app;
    app.set_help_flag();  // --help is one of ours
    app.allow_extras();   // to be named below
    std::vector<std::pair<const OptionSpec*, CLI::Option*>> options;
    for (const OptionSpec& spec : OptionSpecs()) {
      if (spec.kind == OptionKind::kAction) continue;
      std::string names = CommandLineName(spec);
      if (spec.letter != '\0') {
        names = absl::StrCat("-", std::string(1, spec.letter), ",", names);
      }
      CLI::Option* option;
      if (spec.kind == OptionKind::kFlag ||
          spec.kind == OptionKind::kInformation) {
        option = app.add_flag(names);
      } else {
        option = app.add_option(names);
        option->expected(spec.name == "magic" ? -1 : 1);
      }
      option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
      options.emplace_back(&spec, option);
    }
    app.parse(std::move(reversed));

    for (const std::string& extra : app.remaining()) {
      if (extra != "--") {
        return UsageError(
            absl::StrCat("unknown option ", Quoted(Unguard(extra))));
      }
    }
    for (const auto& [spec, option] : options) {
      for (const std::string& result : option->results()) {
        const std::string text = Unguard(result);
        source.values[spec->name].push_back(
            {text, absl::StrCat(CommandLineName(*spec), " ", Quoted(text))});
      }
    }
  } catch (const CLI::ArgumentMismatch&) {
    return UsageError(
        absl::StrCat("option ", Quoted(arguments.back()), " needs a value"));
  } catch (const CLI::Error& error) {
    return UsageError(EscapeForLog(error.what()));
  }
  return source;
}

Source ReadEnvironment(
    absl::FunctionRef<absl::optional<std::string>(const std::string&)>
        get_environment) {
  Source source;
  for (const OptionSpec& spec : OptionSpecs()) {
    if (spec.kind == OptionKind::kInformation) continue;
    const std::string name = EnvironmentName(spec);
    const absl::optional<std::string> value = get_environment(name);
    if (!value.has_value() || value->empty()) continue;
    if (spec.kind == OptionKind::kAction) {
      source.actions[spec.name] = {
          ToRequest(spec, absl::StrSplit(*value, '\n'))};
      continue;
    }
    std::vector<std::string> texts = {*value};
    if (spec.name == "magic") {
      // A magic holds no line feed, so that may stand between two.
      texts = absl::StrSplit(*value, '\n', absl::SkipEmpty());
    } else if (spec.kind == OptionKind::kList) {
      texts = absl::StrSplit(*value, ',');
    }
    for (const std::string& text : texts) {
      source.values[spec.name].push_back(
          {text, absl::StrCat(name, "=", Quoted(text))});
    }
  }
  return source;
}

absl::StatusOr<Source> ReadConfig(const RawValue& path) {
  if (path.text.empty()) return WrongValue(path, "must not be empty");
  absl::StatusOr<std::vector<ConfigEntry>> entries = ReadConfigFile(path.text);
  if (!entries.ok()) return WrongValue(path, entries.status().message());
  Source source;
  for (const ConfigEntry& entry : *entries) {
    const std::string place =
        absl::StrCat(EscapeForLog(path.text), ":", entry.line, ": ");
    const OptionSpec* const spec = FindSpec(entry.key);
    if (spec == nullptr || spec->kind == OptionKind::kInformation ||
        spec->name == "config") {
      return UsageError(absl::StrCat(place, "unknown key ", Quoted(entry.key)));
    }
    const bool takes_list = spec->kind == OptionKind::kList ||
                            spec->kind == OptionKind::kAction ||
                            spec->name == "magic";
    if (entry.is_list && !takes_list) {
      return UsageError(
          absl::StrCat(place, Quoted(entry.key), " takes one value, no list"));
    }
    if (entry.values.empty()) {
      return UsageError(
          absl::StrCat(place, Quoted(entry.key), " needs a value"));
    }
    if (spec->kind == OptionKind::kAction) {
      source.actions[spec->name] = {ToRequest(*spec, entry.values)};
      continue;
    }
    for (const std::string& text : entry.values) {
      source.values[spec->name].push_back(
          {text, absl::StrCat(place, entry.key, " = ", Quoted(text))});
    }
  }
  return source;
}

// ---- From text to values ----------------------------------------------------

constexpr double kMinSeconds = 0.001;
constexpr double kMaxSeconds = 365.0 * 24 * 3600;
constexpr int64_t kMaxLogMegabytes = 1'000'000;
constexpr int64_t kMaxLogBackups = 1000;
constexpr int64_t kMaxActionJobs = 1000;
constexpr int64_t kMaxActionQueue = 1'000'000;

absl::StatusOr<bool> ToBool(const RawValue& value) {
  if (value.text == "true") return true;
  if (value.text == "false") return false;
  return WrongValue(value, "must be true or false");
}

absl::StatusOr<absl::Duration> ToInterval(const RawValue& value) {
  // absl also takes blanks, "inf", "nan" and hexadecimal numbers.
  const bool decimal =
      !value.text.empty() &&
      value.text.find_first_not_of("0123456789.eE+-") == std::string::npos;
  double seconds;
  if (!decimal || !absl::SimpleAtod(value.text, &seconds)) {
    return WrongValue(value, "is not a number of seconds");
  }
  if (!(seconds > 0)) return WrongValue(value, "must be more than 0 seconds");
  if (seconds < kMinSeconds || seconds > kMaxSeconds) {
    return WrongValue(value, "must be from 0.001 to 31536000 seconds");
  }
  return absl::Seconds(seconds);
}

absl::StatusOr<int64_t> ToInteger(const RawValue& value, int64_t max) {
  const bool digits =
      !value.text.empty() &&
      value.text.find_first_not_of("0123456789") == std::string::npos;
  int64_t number;
  if (!digits || !absl::SimpleAtoi(value.text, &number) || number > max) {
    return WrongValue(value,
                      absl::StrCat("must be a whole number from 0 to ", max));
  }
  return number;
}

template <typename T>
absl::StatusOr<T> ToChoice(
    const RawValue& value,
    const std::vector<std::pair<absl::string_view, T>>& choices) {
  std::vector<absl::string_view> names;
  for (const auto& [name, choice] : choices) {
    if (value.text == name) return choice;
    names.push_back(name);
  }
  return WrongValue(
      value, absl::StrCat("must be one of ", absl::StrJoin(names, ", ")));
}

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

// Reads the values of one source after the other into options, and keeps the
// first thing that is wrong.
class Reader {
 public:
  explicit Reader(Source source) : source_(std::move(source)) {}

  const absl::Status& status() const { return status_; }

  const std::vector<RawValue>& All(absl::string_view name) {
    return source_.values[name];
  }

  // Sets `*target` to what `convert` makes of the option's last value, if it
  // has any.
  template <typename T, typename Convert>
  void Read(absl::string_view name, Convert convert, T* target) {
    const std::vector<RawValue>& values = source_.values[name];
    if (values.empty() || !status_.ok()) return;
    Keep(convert(values.back()), target);
  }

  template <typename T, typename Value>
  void Keep(absl::StatusOr<Value> value, T* target) {
    if (value.ok()) {
      *target = static_cast<T>(*std::move(value));
    } else if (status_.ok()) {
      status_ = value.status();
    }
  }

  void Fail(absl::Status status) { status_.Update(status); }

  // The actions of all options, in the order of the table.
  std::vector<ActionRequest> Actions() const {
    std::vector<ActionRequest> result;
    for (const OptionSpec& spec : OptionSpecs()) {
      const auto found = source_.actions.find(spec.name);
      if (found == source_.actions.end()) continue;
      result.insert(result.end(), found->second.begin(), found->second.end());
    }
    return result;
  }

 private:
  Source source_;
  absl::Status status_;
};

absl::StatusOr<std::string> ToNonEmpty(const RawValue& value) {
  if (value.text.empty()) return WrongValue(value, "must not be empty");
  return value.text;
}

absl::StatusOr<DirwatcherOptions> ToOptions(Source source) {
  DirwatcherOptions options;
  Reader reader(std::move(source));
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
  options.actions = reader.Actions();
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
  absl::StatusOr<Source> source = ReadCommandLine(arguments);
  if (!source.ok()) return source.status();
  if (source->values.count("help") > 0) return Information{HelpText()};
  if (source->values.count("version") > 0) {
    return Information{absl::StrCat("dirwatcher ", kVersion, "\n")};
  }
  source->Merge(ReadEnvironment(get_environment));
  if (const auto config = source->values.find("config");
      config != source->values.end()) {
    absl::StatusOr<Source> from_file = ReadConfig(config->second.back());
    if (!from_file.ok()) return from_file.status();
    source->Merge(*std::move(from_file));
  }
  absl::StatusOr<DirwatcherOptions> options = ToOptions(*std::move(source));
  if (!options.ok()) return options.status();
  return *std::move(options);
}

}  // namespace dirwatcher
