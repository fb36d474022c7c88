#include "dirwatch/line_matcher.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace dirwatcher {
namespace {

absl::Status Refuse(absl::string_view magic, absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("magic \"", absl::CHexEscape(magic), "\" ", why));
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
      RE2::Options re2_options(RE2::Quiet);
      re2_options.set_case_sensitive(options.case_rule == CaseRule::kExact);
      auto regex = std::make_unique<RE2>(magic, re2_options);
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

LineMatcher::Hits::Hits(const LineMatcher& matcher, absl::string_view text)
    : matcher_(matcher), text_(text) {
  next_.reserve(matcher.literals_.size());
  for (const ByteSearch& literal : matcher.literals_) {
    next_.push_back(literal.Find(text, 0));
  }
}

absl::optional<Hit> LineMatcher::Hits::Next(size_t from) {
  absl::optional<Hit> first;
  for (size_t i = 0; i < next_.size(); ++i) {
    const ByteSearch& literal = matcher_.literals_[i];
    if (next_[i] != ByteSearch::npos && next_[i] < from) {
      next_[i] = literal.Find(text_, from);
    }
    if (next_[i] == ByteSearch::npos) continue;
    if (!first.has_value() || next_[i] < first->begin) {
      first = Hit{next_[i], next_[i] + literal.size(), i};
    }
  }
  return first;
}

}  // namespace dirwatcher
