#include "dirwatch/name_claims.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Which files are granted their claims, as "FILE NAME".
std::vector<std::string> Granted(const std::vector<NameClaim>& claims,
                                 const std::map<std::string, uint64_t>& held) {
  std::vector<std::string> granted;
  for (const NameClaim& claim :
       GrantClaims(claims, [&](absl::string_view name) {
         const auto found = held.find(std::string(name));
         return found == held.end() ? absl::nullopt
                                    : absl::make_optional(found->second);
       })) {
    granted.push_back(absl::StrCat(claim.file, " ", claim.name));
  }
  return granted;
}

TEST(NameClaims, ANameThatNobodyHoldsIsGranted) {
  EXPECT_THAT(Granted({{1, "a"}, {2, "b"}}, {}), ElementsAre("1 a", "2 b"));
  EXPECT_THAT(Granted({}, {{"a", 1}}), IsEmpty());
}

TEST(NameClaims, ANameWhoseHolderStaysIsNot) {
  EXPECT_THAT(Granted({{2, "a"}}, {{"a", 1}}), IsEmpty());
}

TEST(NameClaims, AChainMovesInOneGo) {
  EXPECT_THAT(Granted({{3, "b"}, {2, "c"}, {4, "a"}}, {{"a", 3}, {"b", 2}}),
              ElementsAre("3 b", "2 c", "4 a"));
}

TEST(NameClaims, AChainThatEndsAtAHolderWhoStaysDoesNotMove) {
  EXPECT_THAT(
      Granted({{4, "a"}, {3, "b"}, {2, "c"}}, {{"a", 3}, {"b", 2}, {"c", 1}}),
      IsEmpty());
}

TEST(NameClaims, ASwapSucceeds) {
  EXPECT_THAT(Granted({{1, "b"}, {2, "a"}}, {{"a", 1}, {"b", 2}}),
              ElementsAre("1 b", "2 a"));
}

TEST(NameClaims, ALongerRoundSucceeds) {
  EXPECT_THAT(
      Granted({{1, "b"}, {2, "c"}, {3, "a"}}, {{"a", 1}, {"b", 2}, {"c", 3}}),
      ElementsAre("1 b", "2 c", "3 a"));
}

TEST(NameClaims, OfSeveralTheOldestGoesFirst) {
  EXPECT_THAT(Granted({{3, "a"}, {2, "a"}, {4, "a"}}, {}), ElementsAre("2 a"));
}

TEST(NameClaims, WhoIsPassedOverStandsInTheWayOfOthers) {
  EXPECT_THAT(Granted({{1, "a"}, {2, "a"}, {3, "b"}}, {{"b", 2}}),
              ElementsAre("1 a"));
}

TEST(NameClaims, AnOlderFileThatWaitsInVainDoesNotStopASwap) {
  EXPECT_THAT(Granted({{1, "a"}, {2, "b"}, {3, "a"}}, {{"a", 2}, {"b", 3}}),
              ElementsAre("2 b", "3 a"));
}

}  // namespace
}  // namespace dirwatcher
