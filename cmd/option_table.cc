#include "cmd/option_table.h"

#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace dirwatcher {
namespace {

constexpr size_t kHelpWidth = 80;
constexpr size_t kHelpIndent = 27;  // where the texts begin
constexpr size_t kMinGap = 2;       // between a name and its text
constexpr char kGlue = '\x1f';      // a blank where no line ends

// Appends `text`, whose first line begins at the indent, so that no line is
// longer than the width and the others begin at the indent, too.
void AppendWrapped(absl::string_view text, std::string* out) {
  size_t column = kHelpIndent;
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

// " [LABEL: TEXT]", in one piece if a line can hold that.
std::string InBrackets(absl::string_view label, absl::string_view text) {
  const std::string brackets = absl::StrCat("[", label, ": ", text, "]");
  if (brackets.size() > kHelpWidth - kHelpIndent) return " " + brackets;
  return " " + absl::StrReplaceAll(brackets, {{" ", std::string(1, kGlue)}});
}

// "  -i, --int SECONDS".
std::string NamesOf(const OptionSpec& spec) {
  const std::string name = OptionTable::CommandLineName(spec);
  if (name == spec.value_name) return absl::StrCat("  ", name);
  return absl::StrCat(
      spec.letter == '\0'
          ? "      "
          : absl::StrCat("  -", std::string(1, spec.letter), ", "),
      name, spec.value_name.empty() ? "" : " ", spec.value_name);
}

}  // namespace

const OptionSpec* OptionTable::Find(absl::string_view name) const {
  for (const OptionSpec& spec : specs_) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

std::string OptionTable::EnvironmentName(const OptionSpec& spec) const {
  return absl::StrCat(
      environment_prefix_,
      absl::AsciiStrToUpper(absl::StrReplaceAll(spec.name, {{"-", "_"}})));
}

std::string OptionTable::CommandLineName(const OptionSpec& spec) {
  const bool is_argument =
      spec.kind == OptionKind::kArgument || spec.kind == OptionKind::kArguments;
  return is_argument ? std::string(spec.value_name)
                     : absl::StrCat("--", spec.name);
}

std::string OptionTable::Help() const {
  std::string out;
  absl::string_view group;
  for (const OptionSpec& spec : specs_) {
    if (spec.group != group) {
      group = spec.group;
      absl::StrAppend(&out, "\n", group, ":\n");
    }
    const std::string names = NamesOf(spec);
    const bool fits = names.size() + kMinGap <= kHelpIndent;
    absl::StrAppend(&out, names, fits ? "" : "\n",
                    std::string(kHelpIndent - (fits ? names.size() : 0), ' '));
    std::string text(spec.text);
    if (spec.kind != OptionKind::kInformation) {
      if (!spec.default_text.empty()) {
        text += InBrackets("default", spec.default_text);
      }
      text += InBrackets("env", EnvironmentName(spec));
    }
    AppendWrapped(text, &out);
  }
  return out;
}

}  // namespace dirwatcher
