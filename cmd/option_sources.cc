#include "cmd/option_sources.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "cmd/option_values.h"
#include "daemon/config_file.h"
#include "logging/escape.h"

namespace dirwatcher {
namespace {

// A word that nothing is known of, quoted for a message. Behind a :// may stand
// a password, so that is left out.
std::string QuotedUnknown(absl::string_view word) {
  constexpr absl::string_view kColonSlashes = "://";
  const size_t found = word.find(kColonSlashes);
  if (found == absl::string_view::npos) return Quoted(word);
  return Quoted(
      absl::StrCat(word.substr(0, found + kColonSlashes.size()), "..."));
}

// CLI11 takes an argument such as [ERROR] or [a,b] for a list in brackets, and
// {} for no value at all. So it gets to see no opening bracket, but a mark in
// its place, and a mark before each brace. The mark is no character that CLI11
// treats in a way of its own.
constexpr absl::string_view kMark = "\x7F";
constexpr absl::string_view kMaskedMark = "\x7Fm";
constexpr absl::string_view kMaskedBracket = "\x7F(";
constexpr absl::string_view kMaskedBrace = "\x7F{";

std::string Mask(absl::string_view word) {
  return absl::StrReplaceAll(
      word, {{kMark, kMaskedMark}, {"[", kMaskedBracket}, {"{", kMaskedBrace}});
}

// REQUIRES: `word` is one that Mask returned, or an end of it that does not
// begin within a mark.
std::string Unmask(absl::string_view word) {
  return absl::StrReplaceAll(
      word, {{kMaskedMark, kMark}, {kMaskedBracket, "["}, {kMaskedBrace, "{"}});
}

// What is left over when all options and arguments are taken.
absl::Status UnknownWords(const std::vector<std::string>& words) {
  bool options_ended = false;
  for (const std::string& word : words) {
    if (word == "--" && !options_ended) {
      options_ended = true;
      continue;
    }
    const bool is_option =
        word.size() > 1 && word.front() == '-' && !options_ended;
    return UsageError(absl::StrCat("unknown ",
                                   is_option ? "option " : "argument ",
                                   QuotedUnknown(Unmask(word))));
  }
  return absl::OkStatus();
}

// CLI11 would take the next argument for the value of "--int=".
absl::Status CheckEqualsSigns(const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    if (argument == "--") break;
    if (absl::StartsWith(argument, "--") &&
        argument.find('=') == argument.size() - 1) {
      return UsageError(absl::StrCat("option ", Quoted(argument),
                                     " has no value behind the ="));
    }
  }
  return absl::OkStatus();
}

CLI::Option* AddTo(CLI::App* app, const OptionSpec& spec) {
  std::string names = OptionTable::CommandLineName(spec);
  if (spec.letter != '\0') {
    names = absl::StrCat("-", std::string(1, spec.letter), ",", names);
  }
  CLI::Option* option;
  if (spec.kind == OptionKind::kFlag || spec.kind == OptionKind::kInformation) {
    option = app->add_flag(names);
  } else {
    constexpr int kOneOrMore = -1;
    option = app->add_option(names)->expected(
        spec.kind == OptionKind::kArguments ? kOneOrMore : 1);
  }
  return option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

// The values that stand in the variable of an option.
std::vector<std::string> SplitVariable(const OptionSpec& spec,
                                       const std::string& value) {
  if (spec.kind == OptionKind::kAction) return absl::StrSplit(value, '\n');
  if (spec.kind != OptionKind::kList && spec.kind != OptionKind::kArguments) {
    return {value};
  }
  switch (spec.environment_separator) {
    case ' ':
      return absl::StrSplit(value, absl::ByAnyChar(" \t\n"), absl::SkipEmpty());
    case '\n':
      return absl::StrSplit(value, '\n', absl::SkipEmpty());
    default:
      return absl::StrSplit(value, spec.environment_separator);
  }
}

bool TakesList(const OptionSpec& spec) {
  return spec.kind == OptionKind::kList ||
         spec.kind == OptionKind::kArguments ||
         spec.kind == OptionKind::kAction;
}

}  // namespace

const std::vector<RawValue>* OptionSource::Find(absl::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? nullptr : &found->second;
}

void OptionSource::Add(absl::string_view name, RawValue value) {
  values_[std::string(name)].push_back(std::move(value));
}

void OptionSource::Merge(OptionSource other) { values_.merge(other.values_); }

absl::StatusOr<OptionSource> ReadCommandLineOptions(
    const OptionTable& table, const std::vector<std::string>& arguments) {
  if (absl::Status s = CheckEqualsSigns(arguments); !s.ok()) return s;
  OptionSource source;
  try {
    CLI::App app;
    app.set_help_flag();  // --help, if there is one, is in the table
    app.allow_extras();   // to be named by UnknownWords
    std::vector<std::pair<const OptionSpec*, CLI::Option*>> options;
    for (const OptionSpec& spec : table.specs()) {
      if (spec.kind == OptionKind::kAction) continue;
      options.emplace_back(&spec, AddTo(&app, spec));
    }
    std::vector<std::string> masked;
    for (const std::string& argument : arguments) {
      masked.push_back(Mask(argument));
    }
    std::reverse(masked.begin(), masked.end());  // as CLI11 wants them
    app.parse(std::move(masked));

    if (absl::Status s = UnknownWords(app.remaining()); !s.ok()) return s;
    for (const auto& [spec, option] : options) {
      for (const std::string& result : option->results()) {
        const std::string text = Unmask(result);
        source.Add(spec->name,
                   {text, absl::StrCat(OptionTable::CommandLineName(*spec), " ",
                                       Quoted(text))});
      }
    }
  } catch (const CLI::ArgumentMismatch&) {
    return UsageError(
        absl::StrCat("option ", Quoted(arguments.back()), " needs a value"));
  } catch (const CLI::Error& error) {
    return UsageError(EscapeForLog(Unmask(error.what())));
  }
  return source;
}

OptionSource ReadEnvironmentOptions(
    const OptionTable& table,
    absl::FunctionRef<absl::optional<std::string>(const std::string& name)>
        get_environment) {
  OptionSource source;
  for (const OptionSpec& spec : table.specs()) {
    if (spec.kind == OptionKind::kInformation) continue;
    const std::string name = table.EnvironmentName(spec);
    const absl::optional<std::string> value = get_environment(name);
    if (!value.has_value() || value->empty()) continue;
    for (const std::string& text : SplitVariable(spec, *value)) {
      source.Add(spec.name, {text, absl::StrCat(name, "=", Quoted(text))});
    }
  }
  return source;
}

absl::StatusOr<OptionSource> ReadConfigOptions(const OptionTable& table,
                                               const RawValue& path) {
  if (path.text.empty()) return WrongValue(path, "must not be empty");
  absl::StatusOr<std::vector<ConfigEntry>> entries = ReadConfigFile(path.text);
  if (!entries.ok()) return WrongValue(path, entries.status().message());
  OptionSource source;
  for (const ConfigEntry& entry : *entries) {
    const std::string place =
        absl::StrCat(EscapeForLog(path.text), ":", entry.line, ": ");
    const OptionSpec* const spec = table.Find(entry.key);
    if (spec == nullptr || spec->kind == OptionKind::kInformation ||
        spec->name == "config") {
      return UsageError(absl::StrCat(place, "unknown key ", Quoted(entry.key)));
    }
    if (entry.is_list && !TakesList(*spec)) {
      return UsageError(
          absl::StrCat(place, Quoted(entry.key), " takes one value, no list"));
    }
    if (entry.values.empty()) {
      return UsageError(
          absl::StrCat(place, Quoted(entry.key), " needs a value"));
    }
    for (const std::string& text : entry.values) {
      source.Add(spec->name,
                 {text, absl::StrCat(place, entry.key, " = ", Quoted(text))});
    }
  }
  return source;
}

}  // namespace dirwatcher
