#include "dirwatch/literal_set.h"

#include <algorithm>
#include <utility>

#include "dirwatch/set_plan.h"

namespace dirwatcher {
namespace {

// So many literals are found faster one by one than all at once, where
// occurrences are rare.
constexpr size_t kFewLiterals = 6;

// Where they are not, what is looked at for one literal in vain, as another one
// stands before, would outweigh that: the first bytes are searched for all at
// once. Behind these it is one by one, in pieces that grow from this size to
// the next: so in vain is at most a multiple of what lies before the
// occurrence, and all but the first literal find the piece in the cache.
constexpr size_t kFirstPieceBytes = size_t{4} << 10;
constexpr size_t kLastPieceBytes = size_t{32} << 10;

}  // namespace

LiteralSet::LiteralSet(const std::vector<std::string>& literals,
                       CaseRule rule) {
  std::vector<FoldedLiteral> folded;
  for (const std::string& literal : literals) {
    folded.push_back(FoldLiteral(literal, rule));
    max_size_ = std::max(max_size_, literal.size());
  }
  const bool one_by_one =
      literals.size() <= kFewLiterals && max_size_ <= kFirstPieceBytes;
  if (literals.size() == 1 || one_by_one) {
    for (const std::string& literal : literals) {
      few_.emplace_back(literal, rule);
    }
  }
  if (literals.size() > 1) all_ = MakeSetPlan(std::move(folded));
}

TextHit LiteralSet::FindCountingLines(absl::string_view text,
                                      size_t from) const {
  if (from > text.size()) return TextHit();
  if (few_.size() == 1) return few_.front().FindCountingLines(text, from);
  if (few_.empty() || text.size() - from <= kFirstPieceBytes) {
    return FindSet(all_, text, from);
  }
  // Occurrences begin in a piece, but may end behind it.
  const size_t end = from + kFirstPieceBytes;
  TextHit hit = FindSet(all_, text.substr(0, end + max_size_ - 1), from);
  if (hit.begin < end) return hit;
  hit = FindOneByOne(text, end);
  hit.newlines += CountNewlines(text.substr(from, kFirstPieceBytes));
  return hit;
}

TextHit LiteralSet::FindOneByOne(absl::string_view text, size_t from) const {
  TextHit hit;
  for (size_t bytes = kFirstPieceBytes;
       hit.begin == TextHit::npos && from < text.size();
       bytes = std::min(2 * bytes, kLastPieceBytes)) {
    size_t end = from + std::min(bytes, text.size() - from);
    for (size_t i = 0; i < few_.size(); ++i) {
      const absl::string_view piece = text.substr(0, end + few_[i].size() - 1);
      const size_t begin = few_[i].Find(piece, from);
      if (begin < end) {
        hit.begin = end = begin;
        hit.literal = i;
      }
    }
    hit.newlines += CountNewlines(text.substr(from, end - from));
    from = end;
  }
  return hit;
}

}  // namespace dirwatcher
