#include "cmd/dirwatcher_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "cmd/version.h"
#include "daemon/config_file.h"
#include "dirwatch/line_matcher.h"
#include "logging/escape.h"

namespace dirwatcher {
namespace {

// ---- The table of all options; everything else is derived from it. ----------

enum class Kind {
  kArgument,     // stands by itself on the command line
  kFlag,         // has no value
  kValue,        // the last one counts
  kList,         // may be repeated
  kInformation,  // a flag of the command line alone
};

struct Spec {
  absl::string_view group;
  Kind kind;
  char letter;  // '\0' = none
  absl::string_view name;
  absl::string_view value_name;
  absl::string_view text;
  absl::string_view default_text;  // empty: `text` says what holds
};

constexpr Spec kSpecs[] = {
    {"Arguments", Kind::kArgument, '\0', "dir", "DIR",
     "the directory to watch; it may not exist yet", ""},
    {"Arguments", Kind::kArgument, '\0', "magic", "MAGIC",
     "what to look for in the lines, one or more; the environment has one a "
     "line",
     ""},
    {"What is watched", Kind::kList, 'e', "ext", "EXT",
     "ending of the names that are watched, `log` means `.log`; may be "
     "repeated; "
     "the environment has them with commas between",
     ".txt"},
    {"What is watched", Kind::kFlag, 'R', "recursive", "",
     "sub-directories too; names are then paths relative to DIR", ""},
    {"What is watched", Kind::kFlag, 'n', "from-end", "",
     "skip what stands in the files at the start, but count its lines", ""},
    {"What is looked for", Kind::kFlag, 'c', "ignore-case", "",
     "ASCII letters match in both cases", ""},
    {"What is looked for", Kind::kFlag, 'x', "regex", "",
     "each MAGIC is a regular expression (RE2), judged on whole lines", ""},
    {"When", Kind::kValue, 'i', "int", "SECONDS",
     "interval of the polls; fractions allowed", "1"},
    {"When", Kind::kValue, 'r', "retry", "SECONDS",
     "interval while DIR is missing", "that of --int"},
    {"When", Kind::kValue, 'w', "watch", "HOW",
     "what ends a wait: `poll` is the interval; `auto` is a change as well, "
     "where the system tells of it; `inotify` is the same, but does not start "
     "where it does not",
     "auto"},
    {"When", Kind::kFlag, '\0', "once", "", "poll once and end", ""},
    {"Output", Kind::kFlag, '\0', "json", "",
     "write every event as a line of JSON to standard output", ""},
    {"Output", Kind::kValue, '\0', "log-level", "LEVEL",
     "lowest level that is logged: debug, info, warning or error", "info"},
    {"Output", Kind::kValue, '\0', "log-file", "PATH",
     "log there instead of standard error", ""},
    {"Output", Kind::kValue, '\0', "log-max-mb", "N",
     "size in MiB beyond which the log file is rolled; 0 is never", "1"},
    {"Output", Kind::kValue, '\0', "log-backups", "N",
     "how many old log files are kept", "2"},
    {"Other", Kind::kValue, '\0', "config", "FILE",
     "read options from a file of lines such as `int = 0.5`; keys are the long "
     "names, and dir and magic; lists stand in brackets",
     ""},
    {"Other", Kind::kInformation, 'h', "help", "", "show this and end", ""},
    {"Other", Kind::kInformation, '\0', "version", "",
     "show the version and end", ""},
};

constexpr absl::string_view kIntroduction =
    "Usage: dirwatcher [OPTIONS] DIR MAGIC [MAGIC...]\n"
    "\n"
    "Watches the files of a directory and reports each line that contains a "
    "MAGIC.\n";

constexpr absl::string_view kConclusion =
    "\n"
    "-- ends the options. The command line wins over the environment, and "
    "that\n"
    "over the config file; there, what has no value is true or false.\n"
    "\n"
    "Exit status: 0 after SIGINT, SIGTERM or --once; 1 could not start; 2 "
    "wrong\n"
    "usage.\n";

const Spec* FindSpec(absl::string_view name) {
  for (const Spec& spec : kSpecs) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

std::string EnvironmentName(const Spec& spec) {
  return absl::StrCat("DIRWATCHER_", absl::AsciiStrToUpper(absl::StrReplaceAll(
                                         spec.name, {{"-", "_"}})));
}

// "--int", "DIR": what the command line calls it.
std::string CommandLineName(const Spec& spec) {
  return spec.kind == Kind::kArgument ? std::string(spec.value_name)
                                      : absl::StrCat("--", spec.name);
}

// ---- Help -------------------------------------------------------------------

constexpr size_t kHelpWidth = 80;
constexpr size_t kHelpIndent = 27;
constexpr char kGlue = '\x1f';

// Appends `text`, whose first line begins at column `column`, so that no line
// is longer than the width and the others begin at the indent.
void AppendWrapped(absl::string_view text, size_t column, std::string* out) {
  bool first = true;
  for (const absl::string_view word : absl::StrSplit(text, ' ')) {
    if (!first && column + 1 + word.size() > kHelpWidth) {
      absl::StrAppend(out, "\n", std::string(kHelpIndent, ' '));
      column = kHelpIndent;
    } else if (!first) {
      out->push_back(' ');
      ++column;
    }
    out->append(absl::StrReplaceAll(word, {{std::string(1, kGlue), " "}}));
    column += word.size();
    first = false;
  }
  out->push_back('\n');
}

std::string HelpText() {
  std::string out(kIntroduction);
  absl::string_view group;
  for (const Spec& spec : kSpecs) {
    if (spec.group != group) {
      group = spec.group;
      absl::StrAppend(&out, "\n", group, ":\n");
    }
    std::string line;
    if (spec.kind == Kind::kArgument) {
      line = absl::StrCat("  ", spec.value_name);
    } else {
      line = spec.letter != '\0'
                 ? absl::StrCat("  -", std::string(1, spec.letter), ", ")
                 : std::string(6, ' ');
      absl::StrAppend(&line, "--", spec.name);
      if (!spec.value_name.empty()) {
        absl::StrAppend(&line, " ", spec.value_name);
      }
    }
    absl::StrAppend(&out, line, std::string(kHelpIndent - line.size(), ' '));
    std::string text(spec.text);
    if (spec.kind != Kind::kInformation) {
      if (!spec.default_text.empty()) {
        absl::StrAppend(&text, " [default: ", spec.default_text, "]");
      }
      absl::StrAppend(&text, " [env: ", EnvironmentName(spec), "]");
      // What stands in brackets stays together.
      for (size_t i = spec.text.size() + 1; i < text.size(); ++i) {
        if (text[i] == ' ' && text[i - 1] != ']') text[i] = kGlue;
      }
    }
    AppendWrapped(text, kHelpIndent, &out);
  }
  absl::StrAppend(&out, kConclusion);
  return out;
}

// ---- The three sources ------------------------------------------------------

// A value as it was written, and by what words to name it when it is wrong.
struct RawValue {
  std::string text;
  std::string origin;  // `--int "0"`
};

// The options that one source has, by name.
using Source = std::map<absl::string_view, std::vector<RawValue>>;

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

absl::StatusOr<Source> ReadCommandLine(
    const std::vector<std::string>& arguments) {
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
  try {
    CLI::App app;
    app.set_help_flag();  // --help is one of ours
    app.allow_extras();   // to be named below
    std::vector<std::pair<const Spec*, CLI::Option*>> options;
    for (const Spec& spec : kSpecs) {
      std::string names = CommandLineName(spec);
      if (spec.letter != '\0') {
        names = absl::StrCat("-", std::string(1, spec.letter), ",", names);
      }
      CLI::Option* option;
      if (spec.kind == Kind::kFlag || spec.kind == Kind::kInformation) {
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
        source[spec->name].push_back(
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
  for (const Spec& spec : kSpecs) {
    if (spec.kind == Kind::kInformation) continue;
    const std::string name = EnvironmentName(spec);
    const absl::optional<std::string> value = get_environment(name);
    if (!value.has_value() || value->empty()) continue;
    std::vector<std::string> texts = {*value};
    if (spec.name == "magic") {
      // A magic holds no line feed, so that may stand between two.
      texts = absl::StrSplit(*value, '\n', absl::SkipEmpty());
    } else if (spec.kind == Kind::kList) {
      texts = absl::StrSplit(*value, ',');
    }
    for (const std::string& text : texts) {
      source[spec.name].push_back(
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
    const Spec* const spec = FindSpec(entry.key);
    if (spec == nullptr || spec->kind == Kind::kInformation ||
        spec->name == "config") {
      return UsageError(absl::StrCat(place, "unknown key ", Quoted(entry.key)));
    }
    if (entry.is_list && spec->kind != Kind::kList && spec->name != "magic") {
      return UsageError(
          absl::StrCat(place, Quoted(entry.key), " takes one value, no list"));
    }
    if (entry.values.empty()) {
      return UsageError(
          absl::StrCat(place, Quoted(entry.key), " needs a value"));
    }
    for (const std::string& text : entry.values) {
      source[spec->name].push_back(
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
    return source_[name];
  }

  // Sets `*target` to what `convert` makes of the option's last value, if it
  // has any.
  template <typename T, typename Convert>
  void Read(absl::string_view name, Convert convert, T* target) {
    const std::vector<RawValue>& values = source_[name];
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
  if (source->count("help") > 0) return Information{HelpText()};
  if (source->count("version") > 0) {
    return Information{absl::StrCat("dirwatcher ", kVersion, "\n")};
  }
  source->merge(ReadEnvironment(get_environment));
  if (const auto config = source->find("config"); config != source->end()) {
    absl::StatusOr<Source> from_file = ReadConfig(config->second.back());
    if (!from_file.ok()) return from_file.status();
    source->merge(*from_file);
  }
  absl::StatusOr<DirwatcherOptions> options = ToOptions(*std::move(source));
  if (!options.ok()) return options.status();
  return *std::move(options);
}

}  // namespace dirwatcher
