// NameClaims: who may be reported under which name now. Pure.
//
// In the event stream a name belongs to one file at a time. A file that has
// left its name is still reported under it until it is drained, so whoever
// stands there now has to wait. This decides which waiting files need wait no
// longer.

#ifndef DIRWATCHER_DIRWATCH_NAME_CLAIMS_H_
#define DIRWATCHER_DIRWATCH_NAME_CLAIMS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace dirwatcher {

// A file that wants a name other than the one it is reported under.
struct NameClaim {
  uint64_t file = 0;
  std::string name;
  uint64_t since = 0;  // the older a claim, the smaller
};

// Returns which of the claims may be granted, all at once; in the order of
// `claims`. `holder` tells which file is reported under a name, if any. Granted
// is a claim to a name that nobody holds, or whose holder is granted another
// name at the same time: so a chain a -> b -> c moves in one go and a swap of
// two names succeeds. Of several files that want one name, the oldest claim
// goes first, except that it does not hold up others that can move in a round
// without it. REQUIRES: no file claims twice; no file claims the name that it
// holds.
std::vector<NameClaim> GrantClaims(
    const std::vector<NameClaim>& claims,
    absl::FunctionRef<absl::optional<uint64_t>(absl::string_view name)> holder);

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_NAME_CLAIMS_H_
