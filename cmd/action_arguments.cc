#include "cmd/action_arguments.h"

#include <algorithm>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "logging/escape.h"

namespace dirwatcher {
namespace {

constexpr size_t kColumns = 80;

// The option that `word` is or begins with: "--usr1", "--usr1=print".
const ActionOption* FindOption(absl::Span<const ActionOption> options,
                               absl::string_view word) {
  for (const ActionOption& option : options) {
    if (word == option.name ||
        absl::StartsWith(word, absl::StrCat(option.name, "="))) {
      return &option;
    }
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<ActionArguments> TakeActionArguments(
    const std::vector<std::string>& arguments,
    absl::Span<const ActionOption> options, const ActionRegistry& registry,
    absl::FunctionRef<bool(absl::string_view word)> is_option) {
  ActionArguments result;
  ActionRequest* request = nullptr;        // whose arguments come
  const ActionSpec* spec = nullptr;        // its action; null if it is unknown
  const ActionOption* awaiting = nullptr;  // whose action comes
  bool ended = false;                      // by "--"
  const auto missing = [&awaiting] {
    return absl::InvalidArgumentError(
        absl::StrCat("option \"", awaiting->name, "\" needs an action"));
  };
  const auto begin = [&](const ActionOption& option, const std::string& name) {
    result.requests.push_back({std::string(option.trigger), name, {}});
    request = &result.requests.back();
    spec = registry.Find(name);
    awaiting = nullptr;
  };
  for (const std::string& word : arguments) {
    if (ended) {
      result.others.push_back(word);
      continue;
    }
    const ActionOption* const option = FindOption(options, word);
    if (option != nullptr || word == "--" || is_option(word)) {
      if (awaiting != nullptr) return missing();
      request = nullptr;
      if (option == nullptr) {
        ended = word == "--";
        result.others.push_back(word);
      } else if (word.size() == option->name.size()) {
        awaiting = option;
      } else {
        begin(*option, word.substr(option->name.size() + 1));
      }
    } else if (awaiting != nullptr) {
      if (word.empty() || word.front() == '-') return missing();
      begin(*awaiting, word);
    } else if (request == nullptr) {
      result.others.push_back(word);
    } else if (word.size() > 1 && word.front() == '-' &&
               (spec == nullptr || !spec->takes_hyphens)) {
      return absl::InvalidArgumentError(
          absl::StrCat("unknown option \"", EscapeForLog(word),
                       "\" among the arguments of action `",
                       EscapeForLog(request->action), "`"));
    } else {
      request->arguments.push_back(word);
    }
  }
  if (awaiting != nullptr) return missing();
  return result;
}

std::string ListActions(const ActionRegistry& registry, NameStyle style) {
  const absl::string_view kHeader = "name";
  size_t width = kHeader.size();
  for (const ActionSpec* spec : registry.All()) {
    width = std::max(width, spec->name.size());
  }
  const size_t indent = width + 3;  // the name and " - "
  std::string out =
      absl::StrCat(kHeader, std::string(width - kHeader.size(), ' '),
                   " - description [(argument: type, ...)]\n",
                   std::string(kColumns, '-'), "\n");
  for (const ActionSpec* spec : registry.All()) {
    const bool bold = style == NameStyle::kBold;
    absl::StrAppend(&out, bold ? "\x1b[1m" : "", spec->name,
                    bold ? "\x1b[0m" : "",
                    std::string(width - spec->name.size(), ' '), " -");
    size_t column = indent - 1;
    for (const absl::string_view word :
         absl::StrSplit(spec->Documentation(), ' ', absl::SkipEmpty())) {
      if (column + 1 + word.size() > kColumns && column > indent - 1) {
        absl::StrAppend(&out, "\n", std::string(indent - 1, ' '));
        column = indent - 1;
      }
      absl::StrAppend(&out, " ", word);
      column += 1 + word.size();
    }
    out += "\n";
  }
  return out;
}

}  // namespace dirwatcher
