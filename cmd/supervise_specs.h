// The table of all options of supervise, from which the command line, the
// environment, the config file and the help are derived.

#ifndef DIRWATCHER_CMD_SUPERVISE_SPECS_H_
#define DIRWATCHER_CMD_SUPERVISE_SPECS_H_

#include <string>

#include "cmd/option_table.h"

namespace dirwatcher {

const OptionTable& SuperviseOptionTable();

// What --help prints.
std::string SuperviseHelp();

}  // namespace dirwatcher

#endif  // DIRWATCHER_CMD_SUPERVISE_SPECS_H_
