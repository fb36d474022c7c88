#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "dirwatch/match_text.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"

namespace dirwatcher {
namespace {

// Any of [min, max), whatever the size that is asked for.
template <typename T>
rc::Gen<T> Between(T min, T max) {
  return rc::gen::resize(rc::kNominalSize, rc::gen::inRange(min, max));
}

RC_GTEST_PROP(TextWindowProperty, ShowsTheMatchAndAsMuchOfItsLineAsFits, ()) {
  const auto length = [] { return Between<int64_t>(0, 40); };
  const int64_t start = *length().as("line start");
  const int64_t before = *length().as("bytes before the match");
  const int64_t matched = *length().as("bytes of the match");
  const int64_t after = *length().as("bytes after the match");
  const int64_t max_bytes = 1 + *length().as("most that is shown, less one");

  LineMatch match;
  match.line_start = start;
  match.match_begin = start + before;
  match.match_end = match.match_begin + matched;
  match.known_end = match.match_end + after;
  const int64_t line_bytes = match.known_end - start;
  const ByteRange window = TextWindow(match, max_bytes);
  RC_CLASSIFY(line_bytes <= max_bytes, "the whole line fits");
  RC_CLASSIFY(matched > max_bytes, "the match does not fit");

  RC_ASSERT(window.size() == std::min(line_bytes, max_bytes));
  RC_ASSERT(window.begin >= start);
  RC_ASSERT(window.end <= match.known_end);
  if (line_bytes <= max_bytes) return;
  if (matched > max_bytes) {
    RC_ASSERT(window.begin == match.match_begin);
    return;
  }
  RC_ASSERT(window.begin <= match.match_begin);
  RC_ASSERT(window.end >= match.match_end);
  const int64_t shown_before = match.match_begin - window.begin;
  const int64_t shown_after = window.end - match.match_end;
  if (shown_before > shown_after + 1) RC_ASSERT(window.end == match.known_end);
  if (shown_after > shown_before + 1) RC_ASSERT(window.begin == start);
}

rc::Gen<std::string> AnyCharacter() {
  return rc::gen::element<std::string>("a", "\xC3\xA4", "\xE2\x82\xAC",
                                       "\xF0\x9F\x98\x80");
}

RC_GTEST_PROP(TrimCutCharactersProperty, LeavesExactlyTheWholeCharacters, ()) {
  const auto characters =
      *rc::gen::container<std::vector<std::string>>(AnyCharacter())
           .as("characters");
  std::string text;
  std::vector<size_t> boundaries = {0};
  for (const std::string& character : characters) {
    text += character;
    boundaries.push_back(text.size());
  }
  const size_t begin = *Between<size_t>(0, text.size() + 1).as("from");
  const size_t end = *Between(begin, text.size() + 1).as("to");

  const size_t first =
      *std::lower_bound(boundaries.begin(), boundaries.end(), begin);
  const size_t last =
      *(std::upper_bound(boundaries.begin(), boundaries.end(), end) - 1);
  RC_CLASSIFY(first != begin, "cut within a character at the beginning");
  RC_CLASSIFY(last != end, "cut within a character at the end");
  const std::string expected =
      first < last ? text.substr(first, last - first) : "";
  RC_ASSERT(TrimCutCharacters(text.substr(begin, end - begin),
                              CutSides::kBoth) == expected);
}

RC_GTEST_PROP(TrimCutCharactersProperty, TakesLittleFromAnyBytes, ()) {
  const auto text = *rc::gen::container<std::string>(
                         rc::gen::element('a', '\x80', '\xBF', '\xC0', '\xC3',
                                          '\xE2', '\xF0', '\xF8', '\xFF', '\0'))
                         .as("text");
  const absl::string_view view = text;
  const absl::string_view front = TrimCutCharacters(view, CutSides::kBefore);
  RC_ASSERT(front.size() + 3 >= view.size());
  RC_ASSERT(view.substr(view.size() - front.size()) == front);
  const absl::string_view back = TrimCutCharacters(view, CutSides::kAfter);
  RC_ASSERT(back.size() + 3 >= view.size());
  RC_ASSERT(view.substr(0, back.size()) == back);
  const absl::string_view both = TrimCutCharacters(view, CutSides::kBoth);
  RC_ASSERT(both == TrimCutCharacters(front, CutSides::kAfter));
}

}  // namespace
}  // namespace dirwatcher
