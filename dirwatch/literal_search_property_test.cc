// ByteSearch, LiteralSet and the counting kernels against comparisons at every
// position, for each set of vector instructions that this processor has.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "dirwatch/byte_search.h"
#include "dirwatch/literal_set.h"
#include "dirwatch/scan_kernels.h"
#include "gtest/gtest.h"
#include "hwy/highway.h"
#include "rapidcheck/gtest.h"

namespace dirwatcher {
namespace {

// The instruction sets that scan_kernels.cc is compiled for and that can be run
// here, as bits of Highway's.
std::vector<int64_t> Targets() { return hwy::SupportedAndGeneratedTargets(); }

// Has the kernels use one instruction set as long as it lives.
class WithTarget {
 public:
  explicit WithTarget(int64_t target) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(target);
  }
  ~WithTarget() {
    hwy::SetSupportedTargetsForTest(0);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
};

// Few bytes, so that occurrences, near misses and overlaps happen by chance.
rc::Gen<std::string> AnyNeedle() {
  return rc::gen::nonEmpty(
      rc::gen::resize(6, rc::gen::container<std::string>(rc::gen::element(
                             'a', 'b', 'A', 'B', '[', '\0', '\r', '\xC4'))));
}

// So long that its rarest bytes may stand anywhere in it.
rc::Gen<std::string> AnyLongNeedle() {
  const auto common =
      rc::gen::map(rc::gen::inRange<size_t>(0, 40),
                   [](size_t n) { return std::string(n, 'e'); });
  return rc::gen::map(
      rc::gen::tuple(common, AnyNeedle(), common), [](const auto& parts) {
        return std::get<0>(parts) + std::get<1>(parts) + std::get<2>(parts);
      });
}

// Some of them the same, or a part of others.
std::vector<std::string> AnyNeedles() {
  auto needles =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(
          rc::gen::oneOf(AnyNeedle(), AnyNeedle(), AnyLongNeedle())));
  const auto more = *rc::gen::inRange<size_t>(0, 6);
  for (size_t i = 0; i < more; ++i) {
    const std::string whole = *rc::gen::elementOf(needles);
    const auto begin = *rc::gen::inRange<size_t>(0, whole.size());
    const auto size = *rc::gen::inRange<size_t>(1, whole.size() - begin + 1);
    needles.insert(
        needles.begin() + *rc::gen::inRange<ptrdiff_t>(
                              0, static_cast<ptrdiff_t>(needles.size()) + 1),
        whole.substr(begin, size));
  }
  return needles;
}

// A text that is as long as several vectors, with the needles at any place,
// whole or nearly.
std::string AnyText(const std::vector<std::string>& needles) {
  const auto part = rc::gen::oneOf(
      rc::gen::elementOf(needles),
      rc::gen::map(rc::gen::elementOf(needles),
                   [](const std::string& s) { return s.substr(1); }),
      rc::gen::map(rc::gen::elementOf(needles),
                   [](std::string s) {
                     s.pop_back();
                     return s;
                   }),
      rc::gen::container<std::string>(rc::gen::element(
          'a', 'b', 'A', '[', '{', '\0', '\n', '\r', 'e', '\xC4', '\xE4')),
      rc::gen::map(
          rc::gen::inRange(0, 300),
          [](int n) { return std::string(static_cast<size_t>(n), 'x'); }),
      rc::gen::just(std::string("\n")));
  std::string text;
  for (const std::string& each :
       *rc::gen::container<std::vector<std::string>>(part)) {
    text += each;
  }
  return text;
}

TextHit NaiveFind(absl::string_view text,
                  const std::vector<std::string>& needles, CaseRule rule,
                  size_t from) {
  TextHit hit;
  for (size_t at = from; at < text.size(); ++at) {
    for (size_t i = 0; i < needles.size(); ++i) {
      const absl::string_view there = text.substr(at, needles[i].size());
      const bool same = rule == CaseRule::kExact
                            ? there == needles[i]
                            : absl::EqualsIgnoreCase(there, needles[i]);
      if (!same) continue;
      hit.begin = at;
      hit.literal = i;
      return hit;
    }
    if (text[at] == '\n') ++hit.newlines;
  }
  return hit;
}

// All beginnings of occurrences, each with the newlines before it.
std::vector<TextHit> AllNaively(absl::string_view text,
                                const std::vector<std::string>& needles,
                                CaseRule rule) {
  std::vector<TextHit> all;
  size_t from = 0;
  size_t newlines = 0;
  for (;;) {
    TextHit hit = NaiveFind(text, needles, rule, from);
    if (hit.begin == TextHit::npos) return all;
    newlines = hit.newlines += newlines;
    from = hit.begin + 1;
    all.push_back(hit);
  }
}

void ExpectSame(const TextHit& hit, const TextHit& naive) {
  RC_ASSERT(hit.begin == naive.begin);
  RC_ASSERT(hit.newlines == naive.newlines);
  if (naive.begin != TextHit::npos) RC_ASSERT(hit.literal == naive.literal);
}

template <typename Search>
void FindsWhatANaiveSearchFinds(const Search& search,
                                const std::vector<std::string>& needles,
                                CaseRule rule) {
  // Vectors begin at any place in their cache lines.
  const auto shift = *rc::gen::inRange<size_t>(0, 64).as("shift");
  const std::string shifted = std::string(shift, 'a') + AnyText(needles);
  const absl::string_view text = absl::string_view(shifted).substr(shift);
  RC_CLASSIFY(text.size() > 300, "longer than a few vectors");
  RC_CLASSIFY(NaiveFind(text, needles, rule, 0).begin != TextHit::npos,
              "found");
  for (size_t from = 0; from <= text.size(); from += 1 + text.size() / 40) {
    const TextHit naive = NaiveFind(text, needles, rule, from);
    for (const int64_t target : Targets()) {
      const WithTarget with(target);
      ExpectSame(search.FindCountingLines(text, from), naive);
    }
  }
  RC_ASSERT(search.FindCountingLines(text, text.size() + 1).begin ==
            TextHit::npos);
}

CaseRule AnyRule() {
  return *rc::gen::element(CaseRule::kExact, CaseRule::kIgnoreAscii);
}

RC_GTEST_PROP(LiteralSearchProperty, OneLiteralIsFoundAsANaiveSearchFindsIt,
              ()) {
  const std::string needle = *AnyNeedle().as("needle");
  const CaseRule rule = AnyRule();
  FindsWhatANaiveSearchFinds(ByteSearch(needle, rule), {needle}, rule);
}

RC_GTEST_PROP(LiteralSearchProperty, SeveralAreFoundAsANaiveSearchFindsThem,
              ()) {
  const std::vector<std::string> needles = AnyNeedles();
  RC_LOG() << rc::toString(needles) << "\n";
  const CaseRule rule = AnyRule();
  RC_CLASSIFY(needles.size() > SetPlan::kBuckets, "literals share buckets");
  RC_CLASSIFY(needles.size() > SetPlan::kBuckets * SetPlan::kMaxTables,
              "in all tables");
  FindsWhatANaiveSearchFinds(LiteralSet(needles, rule), needles, rule);
}

RC_GTEST_PROP(LiteralSearchProperty, NoneOfThousandsIsMissed, ()) {
  const std::vector<std::string> needles = AnyNeedles();
  RC_LOG() << rc::toString(needles) << "\n";
  const CaseRule rule = AnyRule();
  // Gaps of all lengths, up to those that a search looks through in pieces.
  const auto max_gap = *rc::gen::element<size_t>(0, 60, 5000, 30000);
  // Cheaper than generated numbers, which could be shrunk.
  std::mt19937 random(*rc::gen::arbitrary<uint32_t>());
  const auto below = [&random](size_t n) { return random() % n; };
  std::string text;
  size_t parts = 0;
  for (; text.size() < 40000 && parts < 3000; ++parts) {
    text.append(below(max_gap + 1), below(2) == 0 ? 'x' : 'e');
    if (below(4) == 0) text.push_back('\n');
    text += needles[below(needles.size())];
  }
  RC_CLASSIFY(parts == 3000, "thousands");
  RC_CLASSIFY(needles.size() > 1 && needles.size() <= 6, "one by one");

  const LiteralSet set(needles, rule);
  const std::vector<TextHit> all = AllNaively(text, needles, rule);
  for (const int64_t target : Targets()) {
    const WithTarget with(target);
    size_t from = 0;
    size_t newlines = 0;
    for (const TextHit& naive : all) {
      TextHit hit = set.FindCountingLines(text, from);
      hit.newlines += newlines;
      ExpectSame(hit, naive);
      from = hit.begin + 1;
      newlines = hit.newlines;
    }
    RC_ASSERT(set.FindCountingLines(text, from).begin == TextHit::npos);
  }
}

RC_GTEST_PROP(LiteralSearchProperty, NewlinesAndNulsAreCounted, ()) {
  const std::string text =
      std::string(*rc::gen::inRange<size_t>(0, 300), '\0') + AnyText({"a"});
  const auto newlines = std::count(text.begin(), text.end(), '\n');
  const size_t nuls = std::min(text.find_first_not_of('\0'), text.size());
  for (const int64_t target : Targets()) {
    const WithTarget with(target);
    RC_ASSERT(CountNewlines(text) == static_cast<size_t>(newlines));
    RC_ASSERT(CountLeadingNuls(text) == nuls);
  }
}

TEST(LiteralSearch, IsTestedForMoreThanOneSetOfInstructions) {
  EXPECT_GT(Targets().size(), 1u) << "as on every processor of the last decade";
}

}  // namespace
}  // namespace dirwatcher
