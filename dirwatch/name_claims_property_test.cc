// GrantClaims against all sets of claims that could be granted.

#include <algorithm>
#include <cstdint>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "dirwatch/name_claims.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"

namespace dirwatcher {
namespace {

// Who holds which name and who wants which.
struct Scene {
  std::map<std::string, uint64_t> held;
  std::vector<NameClaim> claims;
};

std::ostream& operator<<(std::ostream& os, const Scene& scene) {
  for (const auto& [name, file] : scene.held) {
    os << file << " holds " << name << ", ";
  }
  for (const NameClaim& claim : scene.claims) {
    os << claim.file << " wants " << claim.name << ", ";
  }
  return os;
}

rc::Gen<Scene> AnyScene() {
  return rc::gen::exec([] {
    const auto name = [] {
      return rc::gen::element<std::string>("", "", "a", "b", "c", "d", "e");
    };
    Scene scene;
    for (uint64_t file = 1; file <= 7; ++file) {
      const std::string holds = *name();
      const std::string wants = *name();
      const bool is_free = !holds.empty() && scene.held.count(holds) == 0;
      if (is_free) scene.held[holds] = file;
      if (wants.empty() || (is_free && wants == holds)) continue;
      scene.claims.push_back({file, wants});
    }
    const auto order = *rc::gen::arbitrary<std::vector<uint8_t>>();
    for (size_t i = 0; i < std::min(order.size(), scene.claims.size()); ++i) {
      std::swap(scene.claims[i], scene.claims[order[i] % scene.claims.size()]);
    }
    return scene;
  });
}

bool Contains(const std::vector<NameClaim>& claims, uint64_t file) {
  return std::any_of(claims.begin(), claims.end(),
                     [file](const NameClaim& c) { return c.file == file; });
}

// Whether all of these can be granted at once.
bool IsValid(const Scene& scene, const std::vector<NameClaim>& claims) {
  std::set<std::string> names;
  for (const NameClaim& claim : claims) {
    if (!names.insert(claim.name).second) return false;
    const auto holder = scene.held.find(claim.name);
    if (holder != scene.held.end() && !Contains(claims, holder->second)) {
      return false;
    }
  }
  return true;
}

std::vector<std::vector<NameClaim>> ValidSets(const Scene& scene) {
  std::vector<std::vector<NameClaim>> valid;
  for (size_t bits = 0; bits < size_t{1} << scene.claims.size(); ++bits) {
    std::vector<NameClaim> claims;
    for (size_t i = 0; i < scene.claims.size(); ++i) {
      if ((bits >> i & 1) != 0) claims.push_back(scene.claims[i]);
    }
    if (IsValid(scene, claims)) valid.push_back(claims);
  }
  return valid;
}

std::vector<NameClaim> Grant(const Scene& scene) {
  return GrantClaims(scene.claims, [&](absl::string_view name) {
    const auto found = scene.held.find(std::string(name));
    return found == scene.held.end() ? absl::nullopt
                                     : absl::make_optional(found->second);
  });
}

RC_GTEST_PROP(NameClaimsProperty, WhatIsGrantedCanBeGrantedAtOnce, ()) {
  const Scene scene = *AnyScene();
  const std::vector<NameClaim> granted = Grant(scene);
  RC_CLASSIFY(granted.size() > 1, "several are granted");
  RC_CLASSIFY(granted.size() < scene.claims.size(), "some are not");
  RC_ASSERT(IsValid(scene, granted));
  // They are claims, in the order of the claims.
  auto next = scene.claims.begin();
  for (const NameClaim& claim : granted) {
    next = std::find_if(next, scene.claims.end(), [&](const NameClaim& other) {
      return other.file == claim.file && other.name == claim.name;
    });
    RC_ASSERT(next != scene.claims.end());
    ++next;
  }
}

RC_GTEST_PROP(NameClaimsProperty, NothingMoreCouldBeGranted, ()) {
  const Scene scene = *AnyScene();
  const std::vector<NameClaim> granted = Grant(scene);
  for (const std::vector<NameClaim>& other : ValidSets(scene)) {
    const bool has_all = std::all_of(
        granted.begin(), granted.end(),
        [&](const NameClaim& c) { return Contains(other, c.file); });
    RC_ASSERT(!has_all || other.size() == granted.size());
  }
}

RC_GTEST_PROP(NameClaimsProperty, NoOlderFileIsPassedOverThatCouldGo, ()) {
  const Scene scene = *AnyScene();
  const std::vector<NameClaim> granted = Grant(scene);
  const std::vector<std::vector<NameClaim>> valid = ValidSets(scene);
  bool passed_over = false;
  for (const NameClaim& claim : granted) {
    for (const NameClaim& older : scene.claims) {
      if (older.name != claim.name || older.file >= claim.file) continue;
      passed_over = true;
      RC_ASSERT(std::none_of(valid.begin(), valid.end(), [&](const auto& set) {
        return Contains(set, older.file);
      }));
    }
  }
  RC_CLASSIFY(passed_over, "an older file is passed over");
}

}  // namespace
}  // namespace dirwatcher
