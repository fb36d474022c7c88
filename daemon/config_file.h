// Config files: reads KEY = VALUE lines as every program here understands them.
//
//   # comments are TOML's; at the start of a line ; does as well
//   int = 0.5
//   json = true
//   ext = [".log", '.txt']         # strings as in TOML, lists over many lines
//   magic = disk full              # or bare, up to the end of the line
//
// That is the part of TOML 1.0 that options need, with INI's bare words in
// addition. What is not understood is an error, never passed over: a config
// that is believed to hold must hold. So there are no sections, no dotted or
// quoted keys, no multi-line strings and no tables, and a key stands once.

#ifndef DIRWATCHER_DAEMON_CONFIG_FILE_H_
#define DIRWATCHER_DAEMON_CONFIG_FILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dirwatcher {

// One KEY = VALUE, or KEY = [VALUE, ...].
struct ConfigEntry {
  std::string key;
  std::vector<std::string> values;
  bool is_list = false;  // in brackets; otherwise there is one value
  int line = 0;          // where the key stands, from 1
};

// Reads the text of a config file, in the order of its lines. `path` is for
// messages only.
//   INVALID_ARGUMENT  it cannot be understood; the message begins with
//                     "PATH:LINE: "
absl::StatusOr<std::vector<ConfigEntry>> ParseConfig(absl::string_view text,
                                                     absl::string_view path);

// Reads the file at `path`, of up to 1 MiB.
//   INVALID_ARGUMENT  as above, or the file is too long
//   others            it cannot be read; the message names it and says why
absl::StatusOr<std::vector<ConfigEntry>> ReadConfigFile(
    const std::string& path);

}  // namespace dirwatcher

#endif  // DIRWATCHER_DAEMON_CONFIG_FILE_H_
