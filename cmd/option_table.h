// OptionTable: all options of a program, from which its command line, its
// environment, its config file and its help are derived.
//
//   constexpr OptionSpec kSpecs[] = {
//       {"When", OptionKind::kValue, 'i', "int", "SECONDS",
//        "interval of the polls", "1"},
//       {"Other", OptionKind::kInformation, 'h', "help", "",
//        "show this and end", ""}};
//   const OptionTable table("DIRWATCHER_", kSpecs);
//
// So there is no option that one of them knows and another does not. What reads
// the sources is in cmd/option_sources.h, what checks the values in
// cmd/option_values.h.

#ifndef DIRWATCHER_CMD_OPTION_TABLE_H_
#define DIRWATCHER_CMD_OPTION_TABLE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace dirwatcher {

// "true" or "false" is the value of a flag where a source has one for it.
enum class OptionKind {
  kArgument,     // stands by itself on the command line
  kArguments,    // the same, with all that follow; the last of the arguments
  kFlag,         // has no value
  kValue,        // the last one counts
  kList,         // may be repeated
  kAction,       // an action and its arguments; may be repeated
  kInformation,  // a flag of the command line alone
};

struct OptionSpec {
  absl::string_view group;  // heading in the help; those of one stand together
  OptionKind kind;
  char letter;             // '\0' = none
  absl::string_view name;  // "log-file"; no two have the same
  absl::string_view value_name;
  absl::string_view text;
  absl::string_view default_text;  // empty: `text` says what holds
  // What stands between the values of a kList or kArguments in its variable;
  // cmd/option_sources.h says how it is taken.
  char environment_separator = ',';
};

// A plain value; safe for use from many threads.
class OptionTable {
 public:
  // The variable of option "log-file" is `environment_prefix` + "LOG_FILE".
  // `specs` are in the order of the help. What both point to must outlive the
  // table, and is usually constant data.
  constexpr OptionTable(absl::string_view environment_prefix,
                        absl::Span<const OptionSpec> specs)
      : environment_prefix_(environment_prefix), specs_(specs) {}

  absl::Span<const OptionSpec> specs() const { return specs_; }

  // The option with this name; null: none has it.
  const OptionSpec* Find(absl::string_view name) const;

  // "DIRWATCHER_LOG_FILE".
  std::string EnvironmentName(const OptionSpec& spec) const;

  // "--int", "DIR": what the command line calls it.
  static std::string CommandLineName(const OptionSpec& spec);

  // The part of --help that tells of the options: for each group an empty line,
  // its heading, and its options with text, default and variable. Wrapped at 80
  // columns, which only a single longer word exceeds.
  std::string Help() const;

 private:
  absl::string_view environment_prefix_;
  absl::Span<const OptionSpec> specs_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_CMD_OPTION_TABLE_H_
