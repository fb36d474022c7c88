#include "dirwatch/set_plan.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "dirwatch/byte_search.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

SetPlan PlanFor(const std::vector<std::string>& literals,
                CaseRule rule = CaseRule::kExact) {
  std::vector<FoldedLiteral> folded;
  for (const std::string& literal : literals) {
    folded.push_back(FoldLiteral(literal, rule));
  }
  return MakeSetPlan(std::move(folded));
}

// Whether the tables let the four bytes pass.
bool Passes(const SetPlan& plan, absl::string_view bytes) {
  for (size_t t = 0; t < plan.table_count; ++t) {
    uint32_t buckets = 0xFF;
    for (size_t i = 0; i < SetPlan::kWindow; ++i) {
      const auto byte = static_cast<uint8_t>(bytes[i]);
      buckets &=
          plan.tables[t].low[i][byte & 15] & plan.tables[t].high[i][byte >> 4];
    }
    if (buckets != 0) return true;
  }
  return false;
}

TEST(SetPlan, TakesTheRarestBytes) {
  const SetPlan plan = PlanFor({"the end \x01\x02\x03\x04 of it", "[#] the"});
  EXPECT_EQ(plan.min_offset, 0u);
  EXPECT_EQ(plan.max_offset, 8u);
  EXPECT_EQ(plan.min_rest, 7u);
  EXPECT_TRUE(Passes(plan, "\x01\x02\x03\x04"));
  EXPECT_TRUE(Passes(plan, "[#] "));
  EXPECT_FALSE(Passes(plan, "the "));
  EXPECT_FALSE(Passes(plan, "[#\x03\x04")) << "half of each";
}

TEST(SetPlan, TakesNoBytesFarFromTheBeginning) {
  const SetPlan plan = PlanFor({std::string(100, 'e') + "\x01\x02\x03\x04"});
  EXPECT_LT(plan.max_offset, 32u);
}

TEST(SetPlan, BehindAShortLiteralAnyBytesPass) {
  const SetPlan plan = PlanFor({"#", "[]", "abc"});
  EXPECT_EQ(plan.masks.size(), 3u);
  for (const absl::string_view passes : {"#...", "[]..", "abc."}) {
    EXPECT_TRUE(Passes(plan, passes)) << passes;
  }
  for (const absl::string_view other : {"..#.", "[...", "ab..", "Abc."}) {
    EXPECT_FALSE(Passes(plan, other)) << other;
  }
}

TEST(SetPlan, LetsBothCasesPassIfCaseIsIgnored) {
  const SetPlan plan = PlanFor({"ab[]"}, CaseRule::kIgnoreAscii);
  EXPECT_TRUE(Passes(plan, "aB[]"));
  EXPECT_TRUE(Passes(plan, "Ab[]"));
  EXPECT_FALSE(Passes(plan, "ab{}"));
}

TEST(SetPlan, PutsLikeLiteralsTogether) {
  // In order of their names each bucket would have some of all kinds.
  std::vector<std::string> literals;
  for (const char letter : {'a', 'k', 'z'}) {
    for (const char digit : {'1', '2', '3', '4', '5', '6', '7'}) {
      literals.push_back(std::string(3, letter) + digit);
      literals.push_back(digit + std::string(3, letter));
    }
  }
  const SetPlan plan = PlanFor(literals);
  for (const std::string& literal : literals) {
    EXPECT_TRUE(Passes(plan, literal)) << literal;
  }
  for (const absl::string_view other : {"aaaz", "1aa1", "azz1", "1zza"}) {
    EXPECT_FALSE(Passes(plan, other)) << other;
  }
}

TEST(SetPlan, OfHundredsOfLiteralsMostPlacesAreStillTold) {
  std::vector<std::string> literals;
  for (const absl::string_view what :
       {"disk",    "volume",   "token",   "worker",  "queue",
        "broker",  "leader",   "shard",   "replica", "license",
        "schema",  "tenant",   "payment", "invoice", "mailer",
        "webhook", "firewall", "proxy",   "thread",  "container"}) {
    for (const absl::string_view how :
         {"unreachable", "quota exceeded", "corrupted", "not found", "rejected",
          "expired", "crashed", "is full", "aborted", "overloaded"}) {
      literals.push_back(absl::StrCat(what, " ", how));
    }
  }
  const SetPlan plan = PlanFor(literals);
  const std::string text =
      "2026-03-01T12:00:00.123456Z web-07 nginx[4711]: status=200 "
      "path=/v1/items/93217 user session was refreshed in 3411 ms\n"
      "2026-03-01T12:00:00.125102Z db-03 billing[112]: status=500 "
      "path=/v1/items/1020 configuration reloaded without changes in 7 ms\n"
      "2026-03-01T12:00:00.127311Z edge-04 indexer[9004]: status=300 "
      "path=/v1/items/77123 slow query was written to the log in 812 ms\n";
  size_t passed = 0;
  for (size_t at = 0; at + SetPlan::kWindow <= text.size(); ++at) {
    passed += Passes(plan, absl::string_view(text).substr(at)) ? 1 : 0;
  }
  EXPECT_LT(passed, text.size() / 10);
}

}  // namespace
}  // namespace dirwatcher
