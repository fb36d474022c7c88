#include "dirwatch/literal_set.h"

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace dirwatcher {

LiteralSet::LiteralSet(const std::vector<std::string>& literals,
                       CaseRule rule) {
  if (literals.size() == 1) {
    single_.emplace(literals.front(), rule);
    return;
  }
  plan_.min_size = literals.front().size();
  for (const std::string& literal : literals) {
    plan_.literals.push_back(FoldLiteral(literal, rule));
    plan_.min_size = std::min(plan_.min_size, literal.size());
  }
  plan_.prefix = std::min(plan_.min_size, SetPlan::kMaxPrefix);

  // Those that begin alike share a bucket: so each bucket lets few bytes pass.
  std::vector<uint32_t> order(literals.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [this](uint32_t a, uint32_t b) {
    return plan_.literals[a].bytes < plan_.literals[b].bytes;
  });
  for (size_t i = 0; i < order.size(); ++i) {
    const size_t bucket = i * SetPlan::kBuckets / order.size();
    plan_.buckets[bucket].push_back(order[i]);
    const auto bit = static_cast<uint8_t>(1 << bucket);
    const FoldedLiteral& literal = plan_.literals[order[i]];
    for (size_t at = 0; at < plan_.prefix; ++at) {
      const auto lower = static_cast<uint8_t>(literal.bytes[at]);
      const auto upper = static_cast<uint8_t>(lower & ~literal.fold[at]);
      for (const uint8_t byte : {lower, upper}) {
        plan_.low[at][byte & 15] |= bit;
        plan_.high[at][byte >> 4] |= bit;
      }
    }
  }
  for (std::vector<uint32_t>& bucket : plan_.buckets) {
    std::sort(bucket.begin(), bucket.end());
  }
}

TextHit LiteralSet::FindCountingLines(absl::string_view text,
                                      size_t from) const {
  if (single_.has_value()) return single_->FindCountingLines(text, from);
  return from > text.size() ? TextHit() : FindSet(plan_, text, from);
}

}  // namespace dirwatcher
