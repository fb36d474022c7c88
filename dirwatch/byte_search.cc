#include "dirwatch/byte_search.h"

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "dirwatch/byte_frequency.h"

namespace dirwatcher {
namespace {

// Whether only letters and digits stand from one place to the other.
bool InOneWord(absl::string_view text, size_t a, size_t b) {
  const auto begin = text.begin() + std::min(a, b);
  const auto end = text.begin() + std::max(a, b) + 1;
  return std::all_of(begin, end,
                     [](unsigned char c) { return absl::ascii_isalnum(c); });
}

}  // namespace

FoldedLiteral FoldLiteral(absl::string_view literal, CaseRule rule) {
  FoldedLiteral folded;
  for (const char c : literal) {
    const bool folds = rule == CaseRule::kIgnoreAscii &&
                       absl::ascii_isalpha(static_cast<unsigned char>(c));
    folded.fold.push_back(folds ? 0x20 : 0);
    folded.bytes.push_back(static_cast<char>(c | folded.fold.back()));
    folded.folds |= folds;
  }
  return folded;
}

int RankAt(const FoldedLiteral& literal, size_t at) {
  const auto byte = static_cast<uint8_t>(literal.bytes[at]);
  const int rank = ByteFrequencyRank(byte);
  if (literal.fold[at] == 0) return rank;
  const auto upper = static_cast<uint8_t>(byte & ~0x20);
  return std::max(rank, static_cast<int>(ByteFrequencyRank(upper)));
}

ByteSearch::ByteSearch(absl::string_view needle, CaseRule rule) {
  plan_.literal = FoldLiteral(needle, rule);
  const auto rarer = [this](size_t a, size_t b) {
    return RankAt(plan_.literal, a) < RankAt(plan_.literal, b);
  };
  for (size_t at = 1; at < needle.size(); ++at) {
    if (rarer(at, plan_.first)) plan_.first = at;
  }
  // The second from another word if there is one: what begins like a word often
  // goes on like it. In any case another byte, as the same one twice says
  // little more than once.
  const auto score = [this](size_t at) {
    const std::string& bytes = plan_.literal.bytes;
    const bool other_word = !InOneWord(bytes, plan_.first, at);
    const bool other_byte = bytes[at] != bytes[plan_.first];
    return std::make_tuple(other_byte, other_word, -RankAt(plan_.literal, at));
  };
  plan_.second = plan_.first;
  for (size_t at = 0; at < needle.size(); ++at) {
    if (at != plan_.first &&
        (plan_.second == plan_.first || score(at) > score(plan_.second))) {
      plan_.second = at;
    }
  }
  if (plan_.second < plan_.first) std::swap(plan_.first, plan_.second);
}

TextHit ByteSearch::FindCountingLines(absl::string_view haystack,
                                      size_t from) const {
  return from > haystack.size() ? TextHit() : FindPair(plan_, haystack, from);
}

}  // namespace dirwatcher
