// The table of all options of dirwatcher, from which the command line, the
// environment, the config file and the help are derived.

#ifndef DIRWATCHER_CMD_DIRWATCHER_SPECS_H_
#define DIRWATCHER_CMD_DIRWATCHER_SPECS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace dirwatcher {

enum class OptionKind {
  kArgument,     // stands by itself on the command line
  kFlag,         // has no value
  kValue,        // the last one counts
  kList,         // may be repeated
  kAction,       // an action and its arguments; may be repeated
  kInformation,  // a flag of the command line alone
};

struct OptionSpec {
  absl::string_view group;
  OptionKind kind;
  char letter;  // '\0' = none
  absl::string_view name;
  absl::string_view value_name;
  absl::string_view text;
  absl::string_view default_text;  // empty: `text` says what holds
};

// In the order of the help.
absl::Span<const OptionSpec> OptionSpecs();

// Null: no option has the name.
const OptionSpec* FindSpec(absl::string_view name);

// "DIRWATCHER_LOG_FILE".
std::string EnvironmentName(const OptionSpec& spec);

// "--int", "DIR": what the command line calls it.
std::string CommandLineName(const OptionSpec& spec);

// What --help prints.
std::string HelpText();

}  // namespace dirwatcher

#endif  // DIRWATCHER_CMD_DIRWATCHER_SPECS_H_
