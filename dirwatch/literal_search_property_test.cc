// ByteSearch, LiteralSet and the counting kernels against comparisons at every
// position, for each set of vector instructions that this processor has.

#include <algorithm>
#include <cstddef>
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
                             'a', 'b', 'A', 'B', '[', '\0', '\xC4'))));
}

// A text that is as long as several vectors, with the needles at any place,
// whole or nearly.
std::string AnyText(const std::vector<std::string>& needles) {
  const auto part = rc::gen::oneOf(
      rc::gen::elementOf(needles),
      rc::gen::map(rc::gen::elementOf(needles),
                   [](const std::string& s) { return s.substr(1); }),
      rc::gen::container<std::string>(rc::gen::element(
          'a', 'b', 'A', '[', '{', '\0', '\n', '\xC4', '\xE4')),
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
  const auto needles =
      *rc::gen::nonEmpty(
           rc::gen::container<std::vector<std::string>>(AnyNeedle()))
           .as("needles");
  const CaseRule rule = AnyRule();
  RC_CLASSIFY(needles.size() > SetPlan::kBuckets, "literals share buckets");
  FindsWhatANaiveSearchFinds(LiteralSet(needles, rule), needles, rule);
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
