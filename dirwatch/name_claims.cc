#include "dirwatch/name_claims.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

namespace dirwatcher {

std::vector<NameClaim> GrantClaims(
    const std::vector<NameClaim>& claims,
    absl::FunctionRef<absl::optional<uint64_t>(absl::string_view name)>
        holder) {
  absl::flat_hash_map<absl::string_view, uint64_t> oldest;
  for (const NameClaim& claim : claims) {
    const auto [entry, is_new] = oldest.try_emplace(claim.name, claim.file);
    if (!is_new) entry->second = std::min(entry->second, claim.file);
  }
  std::vector<NameClaim> granted;
  absl::flat_hash_set<uint64_t> moving;
  for (const NameClaim& claim : claims) {
    if (oldest[claim.name] != claim.file) continue;
    granted.push_back(claim);
    moving.insert(claim.file);
  }
  // Take back what rests on a holder that stays; that makes others stay in turn.
  for (bool changed = true; changed;) {
    const auto blocked = [&](const NameClaim& claim) {
      const absl::optional<uint64_t> file = holder(claim.name);
      return file.has_value() && !moving.contains(*file);
    };
    const auto keep = std::stable_partition(
        granted.begin(), granted.end(),
        [&](const NameClaim& claim) { return !blocked(claim); });
    changed = keep != granted.end();
    for (auto it = keep; it != granted.end(); ++it) moving.erase(it->file);
    granted.erase(keep, granted.end());
  }
  return granted;
}

}  // namespace dirwatcher
