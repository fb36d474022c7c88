// The table of all options of dirwatcher, from which the command line, the
// environment, the config file and the help are derived.

#ifndef DIRWATCHER_CMD_DIRWATCHER_SPECS_H_
#define DIRWATCHER_CMD_DIRWATCHER_SPECS_H_

#include <string>

#include "cmd/option_table.h"

namespace dirwatcher {

const OptionTable& DirwatcherOptionTable();

// What --help prints.
std::string DirwatcherHelp();

}  // namespace dirwatcher

#endif  // DIRWATCHER_CMD_DIRWATCHER_SPECS_H_
