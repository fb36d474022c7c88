// SpoolPlace: where messages of a program wait if nobody says otherwise. Pure.

#ifndef DIRWATCHER_NOTIFY_SPOOL_PLACE_H_
#define DIRWATCHER_NOTIFY_SPOOL_PLACE_H_

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "notify/secret.h"

namespace dirwatcher {

// /var/spool/PROGRAM for root, else $XDG_STATE_HOME/PROGRAM, where a relative
// path does not count and ~/.local/state stands for none (XDG Base Directory
// Specification). Empty: there is no home.
inline std::string SpoolPlace(absl::string_view program,
                              const EnvironmentLookup& environment,
                              bool is_root) {
  if (is_root) return absl::StrCat("/var/spool/", program);
  const std::string state = environment("XDG_STATE_HOME").value_or("");
  if (absl::StartsWith(state, "/")) return absl::StrCat(state, "/", program);
  const std::string home = environment("HOME").value_or("");
  if (home.empty()) return "";
  return absl::StrCat(home, "/.local/state/", program);
}

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_SPOOL_PLACE_H_
