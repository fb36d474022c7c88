#include "dirwatch/name_claims.h"

#include <algorithm>
#include <cstddef>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

namespace dirwatcher {

std::vector<NameClaim> GrantClaims(
    const std::vector<NameClaim>& claims,
    absl::FunctionRef<absl::optional<uint64_t>(absl::string_view name)>
        holder) {
  absl::flat_hash_map<uint64_t, absl::string_view> wanted;
  for (const NameClaim& claim : claims) wanted.emplace(claim.file, claim.name);
  // Whether the files that stand in each other's way lead back to this one.
  // Such a round can move at any time; nobody else ever gets one of its names
  // before.
  const auto closes_round = [&](const NameClaim& claim) {
    absl::string_view name = claim.name;
    for (size_t steps = 0; steps < claims.size(); ++steps) {
      const absl::optional<uint64_t> file = holder(name);
      if (!file.has_value()) return false;
      if (*file == claim.file) return true;
      const auto next = wanted.find(*file);
      if (next == wanted.end()) return false;
      name = next->second;
    }
    return false;
  };
  // Who goes first for each name: a file of a round, else the oldest claim.
  using Rank = std::tuple<bool, uint64_t, uint64_t>;
  absl::flat_hash_map<absl::string_view, Rank> first;
  for (const NameClaim& claim : claims) {
    const Rank rank(!closes_round(claim), claim.since, claim.file);
    const auto [entry, is_new] = first.try_emplace(claim.name, rank);
    if (!is_new) entry->second = std::min(entry->second, rank);
  }
  std::vector<NameClaim> granted;
  absl::flat_hash_set<uint64_t> moving;
  for (const NameClaim& claim : claims) {
    if (std::get<2>(first[claim.name]) != claim.file) continue;
    granted.push_back(claim);
    moving.insert(claim.file);
  }
  // Take back what rests on a holder that stays; that makes others stay in
  // turn.
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
