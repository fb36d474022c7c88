// Any command line against a naive reading of it, and any list in the
// environment against the values that it was made of.

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "cmd/option_sources.h"
#include "cmd/option_table.h"
#include "cmd/raw_value.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"

namespace dirwatcher {
namespace {

using Words = std::vector<std::string>;
using Values = std::map<std::string, Words>;

constexpr OptionSpec kSpecs[] = {
    {"G", OptionKind::kArgument, '\0', "dir", "DIR", "", ""},
    {"G", OptionKind::kArguments, '\0', "magic", "MAGIC", "", "", '\n'},
    {"G", OptionKind::kList, 'e', "ext", "EXT", "", ""},
    {"G", OptionKind::kList, 't', "to", "TARGET", "", "", ' '},
    {"G", OptionKind::kValue, 'i', "int", "SECONDS", "", ""},
    {"G", OptionKind::kFlag, 'v', "json", "", "", ""},
};
constexpr OptionTable kTable("X_", kSpecs);

Values ValuesOf(const OptionSource& source) {
  Values values;
  for (const OptionSpec& spec : kSpecs) {
    const std::vector<RawValue>* const found = source.Find(spec.name);
    if (found == nullptr) continue;
    for (const RawValue& value : *found) {
      values[std::string(spec.name)].push_back(value.text);
    }
  }
  return values;
}

const OptionSpec* FindLetter(char letter) {
  for (const OptionSpec& spec : kSpecs) {
    if (spec.letter == letter) return &spec;
  }
  return nullptr;
}

bool CanBeginName(char c) {
  return c != '-' && c != '!' && c != ' ' && c != '\n';
}

// What a command line says; nothing if it is wrong.
absl::optional<Values> ReadNaively(const Words& arguments) {
  Values values;
  std::deque<std::string> words(arguments.begin(), arguments.end());
  bool ended = false;
  while (!words.empty()) {
    const std::string word = words.front();
    words.pop_front();
    const bool is_long = word.size() > 2 && absl::StartsWith(word, "--") &&
                         CanBeginName(word[2]);
    const bool is_number = word.size() > 1 && absl::ascii_isdigit(word[1]) &&
                           FindLetter(word[1]) == nullptr;
    const bool is_short = word.size() > 1 && word[0] == '-' &&
                          CanBeginName(word[1]) && !is_number;
    if (!ended && word == "--") {
      ended = true;
      continue;
    }
    if (ended || (!is_long && !is_short)) {
      values[values.count("dir") == 0 ? "dir" : "magic"].push_back(word);
      continue;
    }
    const size_t equals = is_long ? word.find('=') : std::string::npos;
    const OptionSpec* spec;
    std::string rest;
    if (is_long) {
      spec = kTable.Find(word.substr(0, equals).substr(2));
      if (equals != std::string::npos) rest = word.substr(equals + 1);
    } else {
      spec = FindLetter(word[1]);
      rest = word.substr(2);
    }
    if (spec == nullptr || spec->kind == OptionKind::kArgument ||
        spec->kind == OptionKind::kArguments) {
      return absl::nullopt;
    }
    Words* const texts = &values[std::string(spec->name)];
    if (spec->kind == OptionKind::kFlag) {
      texts->push_back(is_long && !rest.empty() ? rest : "true");
      if (is_short && !rest.empty()) words.push_front("-" + rest);
    } else if (!rest.empty()) {
      texts->push_back(rest);
    } else if (!words.empty()) {
      texts->push_back(words.front());
      words.pop_front();
    } else {
      return absl::nullopt;
    }
  }
  return values;
}

// Whether it is refused at once, wherever it stands.
bool HasEmptyValue(const Words& words) {
  for (const std::string& word : words) {
    if (word == "--") return false;
    if (absl::StartsWith(word, "--") && word.find('=') == word.size() - 1) {
      return true;
    }
  }
  return false;
}

rc::Gen<Words> GenWords() {
  const auto part = rc::gen::element<std::string>(
      "-", "--", "v", "i", "e", "json", "--json", "--ext", "--int",
      "--ext=", "=", "[", "]", "[a,b]", "\x7F", "\x7F(", "m", "\x01", "1", "a",
      "!", " ", "/", ":", "%%", "++", "{}", "\xC3\xA9");
  const auto word =
      rc::gen::map(rc::gen::resize(4, rc::gen::container<Words>(part)),
                   [](const Words& parts) { return absl::StrJoin(parts, ""); });
  // Enough words that are right, too, so that not nearly all lines are wrong.
  const auto right = rc::gen::element<std::string>(
      "-v", "-e", "-i", "--json", "--json=false", "--ext", "--int", "--int=1",
      "-vi1", "--", "a", "[a,b]", "[ERROR]", "-", "");
  return rc::gen::resize(
      8, rc::gen::container<Words>(
             rc::gen::weightedOneOf<std::string>({{1, word}, {3, right}})));
}

RC_GTEST_PROP(CommandLine, IsReadAsANaiveReaderDoes, ()) {
  const Words words = *GenWords();
  const absl::StatusOr<OptionSource> source =
      ReadCommandLineOptions(kTable, words);
  const absl::optional<Values> expected =
      HasEmptyValue(words) ? absl::nullopt : ReadNaively(words);
  RC_CLASSIFY(expected.has_value(), "right");
  RC_CLASSIFY(expected.has_value() && expected->count("magic") > 0, "magic");
  RC_CLASSIFY(expected.has_value() && expected->size() > 2, "three options");
  if (!expected.has_value()) {
    RC_ASSERT(!source.ok());
    RC_ASSERT(!absl::StrContains(source.status().message(), '\n'));
    return;
  }
  RC_ASSERT(source.ok());
  RC_ASSERT(ValuesOf(*source) == *expected);
}

// Texts of these characters, none of them empty.
rc::Gen<Words> GenTexts(const std::string& characters) {
  return rc::gen::nonEmpty(rc::gen::container<Words>(rc::gen::nonEmpty(
      rc::gen::container<std::string>(rc::gen::elementOf(characters)))));
}

Values ReadVariable(const std::string& name, const std::string& value) {
  return ValuesOf(ReadEnvironmentOptions(
      kTable, [&](const std::string& wanted) -> absl::optional<std::string> {
        if (wanted == name) return value;
        return absl::nullopt;
      }));
}

RC_GTEST_PROP(Environment, GivesBackWhatWasJoinedWithCommas, ()) {
  const Words texts = *GenTexts("a: \n[\\");
  RC_ASSERT(ReadVariable("X_EXT", absl::StrJoin(texts, ",")) ==
            (Values{{"ext", texts}}));
}

RC_GTEST_PROP(Environment, GivesBackWhatWasJoinedWithRunsOfBlanks, ()) {
  const Words texts = *GenTexts("a:,[\\");
  const auto blanks =
      rc::gen::container<std::string>(rc::gen::element(' ', '\t', '\n'));
  std::string value = *blanks;
  for (const std::string& text : texts) {
    absl::StrAppend(&value, text, *rc::gen::nonEmpty(blanks));
  }
  RC_ASSERT(ReadVariable("X_TO", value) == (Values{{"to", texts}}));
}

}  // namespace
}  // namespace dirwatcher
