// ByteSearch against a comparison at every position.

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "dirwatch/byte_search.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"

namespace dirwatcher {
namespace {

// Few bytes, so that occurrences, near misses and overlaps happen by chance.
rc::Gen<std::string> AnyText() {
  return rc::gen::container<std::string>(
      rc::gen::element('a', 'b', 'A', 'B', '[', '{', '\0', '\xC4', '\xE4'));
}

rc::Gen<std::string> AnyNeedle() {
  return rc::gen::nonEmpty(
      rc::gen::resize(6, rc::gen::container<std::string>(rc::gen::element(
                             'a', 'b', 'A', 'B', '[', '\0', '\xC4'))));
}

size_t NaiveFind(const std::string& text, const std::string& needle,
                 CaseRule rule, size_t from) {
  for (size_t at = from; at + needle.size() <= text.size(); ++at) {
    const std::string there = text.substr(at, needle.size());
    const bool same = rule == CaseRule::kExact
                          ? there == needle
                          : absl::EqualsIgnoreCase(there, needle);
    if (same) return at;
  }
  return ByteSearch::npos;
}

void FindsWhatANaiveSearchFinds(CaseRule rule) {
  const std::string needle = *AnyNeedle().as("needle");
  const std::vector<std::string> parts =
      *rc::gen::container<std::vector<std::string>>(
           rc::gen::oneOf(AnyText(), rc::gen::just(needle)))
           .as("text");
  std::string text;
  for (const std::string& part : parts) text += part;
  const ByteSearch search(needle, rule);
  RC_CLASSIFY(NaiveFind(text, needle, rule, 0) != ByteSearch::npos, "found");
  for (size_t from = 0; from <= text.size() + 1; ++from) {
    RC_ASSERT(search.Find(text, from) == NaiveFind(text, needle, rule, from));
  }
}

RC_GTEST_PROP(ByteSearchProperty, ExactFindsWhatANaiveSearchFinds, ()) {
  FindsWhatANaiveSearchFinds(CaseRule::kExact);
}

RC_GTEST_PROP(ByteSearchProperty, IgnoreAsciiFindsWhatANaiveSearchFinds, ()) {
  FindsWhatANaiveSearchFinds(CaseRule::kIgnoreAscii);
}

}  // namespace
}  // namespace dirwatcher
