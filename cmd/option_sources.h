// The three sources of options, each read by the table of the program:
//
//   absl::StatusOr<OptionSource> options =
//       ReadCommandLineOptions(table, arguments);
//   if (!options.ok()) return options.status();
//   options->Merge(ReadEnvironmentOptions(table, get_environment));
//   if (const std::vector<RawValue>* config = options->Find("config")) {
//     ... ReadConfigOptions(table, config->back()) ... options->Merge(...)
//   }
//
// For each option the first source that has it counts, and that alone. Here is
// only found out which options there are; what their values are worth is up to
// the program, with the help of cmd/option_values.h.

#ifndef DIRWATCHER_CMD_OPTION_SOURCES_H_
#define DIRWATCHER_CMD_OPTION_SOURCES_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "cmd/option_table.h"
#include "cmd/raw_value.h"

namespace dirwatcher {

// The options that a source has, by name. A value; not safe for use from many
// threads while one of them changes it.
class OptionSource {
 public:
  // All values of an option, in their order and at least one; null: the source
  // does not have it. A flag without a value has the value "true".
  const std::vector<RawValue>* Find(absl::string_view name) const;

  // One more value of an option.
  void Add(absl::string_view name, RawValue value);

  // Adds the options that only `other` has, with all their values.
  void Merge(OptionSource other);

 private:
  // No list is empty.
  std::map<std::string, std::vector<RawValue>, std::less<>> values_;
};

// Reads `arguments`, without the program's name, as getopt_long(3) would, but
// that long names are not abbreviated: "-i 1", "-i1", "--int 1", "--int=1",
// "-vi1", and "--", behind which everything is an argument. The value of an
// option may begin with a hyphen, and be empty where it is a word of its own.
// "-vREST" is "-v -REST", even where REST begins with a hyphen. No options but
// arguments are: a hyphen alone; a hyphen and a digit, unless an option has it
// for its letter; three hyphens; hyphens and then a space, a line feed or a !.
//
// Options of kind kAction are unknown here: the program takes them out before
// (cmd/action_arguments.h).
//   INVALID_ARGUMENT  an option or an argument that the table does not have, or
//                     one without its value; one line that names it, without
//                     what stands behind the :// of a URL, as that may be
//                     secret
absl::StatusOr<OptionSource> ReadCommandLineOptions(
    const OptionTable& table, const std::vector<std::string>& arguments);

// Reads the variables of all options but those of kind kInformation;
// `get_environment` returns the value of a variable, or nothing if there is
// none. An empty one counts as none. Of a kList or kArguments the values are
// taken apart at the separator:
//   ' '   any run of spaces, tabs and line feeds
//   '\n'  any run of line feeds
//   else  each one, so that two in a row have an empty value between them
// A kAction has one word a line, and so an empty word on an empty line.
OptionSource ReadEnvironmentOptions(
    const OptionTable& table,
    absl::FunctionRef<absl::optional<std::string>(const std::string& name)>
        get_environment);

// Reads the file at `path` (daemon/config_file.h), whose keys are the names of
// the options but those of kind kInformation and "config". The values of a list
// and the words of an action may stand in brackets.
//   INVALID_ARGUMENT  whatever is wrong with the file; one line that names it,
//                     and the line in it, or the origin of `path` if it cannot
//                     be read or understood as a whole
absl::StatusOr<OptionSource> ReadConfigOptions(const OptionTable& table,
                                               const RawValue& path);

}  // namespace dirwatcher

#endif  // DIRWATCHER_CMD_OPTION_SOURCES_H_
