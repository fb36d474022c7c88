#include "dirwatch/line_matcher.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "re2/filtered_re2.h"

namespace dirwatcher {
namespace {

absl::Status Refuse(absl::string_view magic, absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("magic \"", absl::CHexEscape(magic), "\" ", why));
}

RE2::Options RegexOptions(CaseRule rule) {
  RE2::Options options(RE2::Quiet);
  options.set_case_sensitive(rule == CaseRule::kExact);
  return options;
}

bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return c < 0x80; });
}

// Whether all letters that the regular expression names are ASCII and stand for
// themselves: no escape leads to others, and no case is folded.
bool NamesAsciiOnly(absl::string_view regex) {
  for (size_t i = 0; i + 1 < regex.size(); ++i) {
    const char next = regex[i + 1];
    if (regex[i] == '\\' &&
        (absl::ascii_isdigit(static_cast<unsigned char>(next)) || next == 'x' ||
         next == 'p' || next == 'P')) {
      return false;
    }
    const bool sets_flags = regex[i] == '?' && i > 0 && regex[i - 1] == '(' &&
                            next != ':' && next != 'P';
    if (sets_flags) return false;
  }
  return IsAscii(regex);
}

// Literals, ASCII case ignored, of which each line that matches one of the
// regular expressions contains at least one; none: there are no such.
// REQUIRES: RE2 accepts them.
std::vector<std::string> NeededLiterals(const std::vector<std::string>& regexes,
                                        CaseRule rule) {
  // Shorter ones stand in nearly every line.
  constexpr int kMinLiteralSize = 3;
  re2::FilteredRE2 filter(kMinLiteralSize);
  for (const std::string& regex : regexes) {
    int id;
    if (filter.Add(regex, RegexOptions(rule), &id) != RE2::NoError) return {};
  }
  std::vector<std::string> literals;
  filter.Compile(&literals);
  // Which may match a line that has none of them.
  std::vector<int> unfiltered;
  filter.AllPotentials({}, &unfiltered);
  // RE2 folds the case of other letters, too. Two of them become ASCII: the
  // long s (U+017F) and the Kelvin sign (U+212A), so an s or k may stand for
  // those.
  const bool ascii_only =
      rule == CaseRule::kExact &&
      std::all_of(regexes.begin(), regexes.end(), NamesAsciiOnly);
  const bool usable =
      unfiltered.empty() &&
      std::all_of(literals.begin(), literals.end(), [&](const auto& literal) {
        return IsAscii(literal) && literal.find('\n') == std::string::npos &&
               (ascii_only || literal.find_first_of("sk") == std::string::npos);
      });
  return usable ? literals : std::vector<std::string>();
}

}  // namespace

absl::StatusOr<LineMatcher> LineMatcher::Create(
    std::vector<std::string> magics, const LineMatcherOptions& options) {
  if (magics.empty()) return absl::InvalidArgumentError("there is no magic");
  LineMatcher matcher;
  for (const std::string& magic : magics) {
    if (magic.empty()) return Refuse(magic, "is empty");
    if (magic.find('\n') != std::string::npos) {
      return Refuse(magic, "contains a newline");
    }
    if (magic.front() == '\0') return Refuse(magic, "begins with a NUL byte");
    if (options.syntax == MagicSyntax::kRegex) {
      auto regex =
          std::make_unique<RE2>(magic, RegexOptions(options.case_rule));
      if (!regex->ok()) {
        return Refuse(
            magic, absl::StrCat("is no regular expression: ", regex->error()));
      }
      matcher.regexes_.push_back(std::move(regex));
      continue;
    }
    matcher.literals_.emplace_back(magic, options.case_rule);
    const bool ends_with_cr = magic.back() == '\r';
    matcher.may_end_with_cr_ |= ends_with_cr;
    matcher.overlap_bytes_ =
        std::max(matcher.overlap_bytes_, magic.size() - (ends_with_cr ? 0 : 1));
  }
  const std::vector<std::string> needed =
      matcher.judges_whole_lines() ? NeededLiterals(magics, options.case_rule)
                                   : magics;
  const CaseRule rule =
      matcher.judges_whole_lines() ? CaseRule::kIgnoreAscii : options.case_rule;
  if (!needed.empty()) matcher.search_.emplace(needed, rule);
  matcher.magics_ = std::move(magics);
  return matcher;
}

absl::optional<Hit> LineMatcher::FirstIn(absl::string_view line,
                                         size_t min_end) const {
  absl::optional<Hit> first;
  const auto offer = [&first](size_t begin, size_t length, size_t magic) {
    if (first.has_value() && first->begin <= begin) return;
    first = Hit{begin, begin + length, magic};
  };
  for (size_t i = 0; i < literals_.size(); ++i) {
    const size_t length = literals_[i].size();
    const size_t from = min_end > length ? min_end - length : 0;
    const size_t begin = literals_[i].Find(line, from);
    if (begin != ByteSearch::npos) offer(begin, length, i);
  }
  const re2::StringPiece text(line.data(), line.size());
  for (size_t i = 0; i < regexes_.size(); ++i) {
    re2::StringPiece found;
    if (!regexes_[i]->Match(text, 0, text.size(), RE2::UNANCHORED, &found, 1)) {
      continue;
    }
    offer(static_cast<size_t>(found.data() - text.data()), found.size(), i);
  }
  return first;
}

TextHit LineMatcher::NextCandidate(absl::string_view text, size_t from) const {
  if (search_.has_value()) return search_->FindCountingLines(text, from);
  TextHit here;
  if (from <= text.size()) here.begin = from;
  return here;
}

}  // namespace dirwatcher
