#include "dirwatch/match_oracle.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <tuple>
#include <utility>

namespace dirwatcher {
namespace {

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool SameBytes(absl::string_view a, absl::string_view b, bool ignores_case) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    const bool same = ignores_case ? Lower(a[i]) == Lower(b[i]) : a[i] == b[i];
    if (!same) return false;
  }
  return true;
}

bool GoesFirst(const Hit& a, const Hit& b) {
  return std::tie(a.begin, a.magic) < std::tie(b.begin, b.magic);
}

// The offset of the byte with which `hit`, which stands in `line`, is complete.
int64_t CompletedBy(const OracleLine& line, const Hit& hit) {
  const bool waits = line.text[hit.end - 1] == '\r';
  return line.begin + static_cast<int64_t>(hit.end) - (waits ? 0 : 1);
}

}  // namespace

std::vector<OracleLine> SplitLines(absl::string_view file) {
  std::vector<OracleLine> lines;
  OracleLine line;
  line.number = 1;
  for (size_t at = 0; at < file.size(); ++at) {
    if (file[at] == '\n') {
      if (!line.text.empty() && line.text.back() == '\r') line.text.pop_back();
      line.finished = true;
      lines.push_back(line);
      line = OracleLine();
      line.number = static_cast<int64_t>(lines.size()) + 1;
      line.begin = static_cast<int64_t>(at) + 1;
    } else if (file[at] == '\0' && line.text.empty()) {
      line.begin = static_cast<int64_t>(at) + 1;
    } else {
      line.text.push_back(file[at]);
    }
  }
  if (!line.text.empty()) lines.push_back(line);
  return lines;
}

std::ostream& operator<<(std::ostream& os, const FilePiece& piece) {
  const char* const use = piece.use == PieceUse::kScan        ? "scan"
                          : piece.use == PieceUse::kScanApart ? "scan apart"
                                                              : "skip";
  return os << use << " to " << piece.end;
}

bool operator==(const LineMatch& a, const LineMatch& b) {
  const auto tie = [](const LineMatch& m) {
    return std::tie(m.line, m.line_start, m.match_begin, m.match_end,
                    m.known_end, m.magic, m.judged_in_part);
  };
  return tie(a) == tie(b);
}

std::ostream& operator<<(std::ostream& os, const LineMatch& match) {
  return os << "{line " << match.line << " from " << match.line_start
            << ", magic " << match.magic << " at " << match.match_begin << ".."
            << match.match_end << ", known to " << match.known_end
            << (match.judged_in_part ? ", judged in part}" : "}");
}

ScanOutcome ScanInPieces(const AppendScanner& scanner, absl::string_view file,
                         const std::vector<FilePiece>& pieces, FileEnd end) {
  ScanOutcome outcome;
  const auto on_match = [&outcome](const LineMatch& match) {
    outcome.matches.push_back(match);
  };
  // On the heap and of the exact size: a sanitizer sees what lies outside.
  const auto bytes = [file](int64_t from, int64_t to) {
    const absl::string_view piece =
        file.substr(static_cast<size_t>(from), static_cast<size_t>(to - from));
    return std::vector<char>(piece.begin(), piece.end());
  };
  const auto view = [](const std::vector<char>& piece) {
    return absl::string_view(piece.data(), piece.size());
  };
  for (const FilePiece& piece : pieces) {
    if (piece.use == PieceUse::kSkip) {
      scanner.Skip(view(bytes(outcome.state.offset_bytes, piece.end)),
                   &outcome.state);
      continue;
    }
    const auto scan_to = [&](int64_t to) {
      scanner.Scan(view(bytes(scanner.ResumeOffset(outcome.state), to)),
                   &outcome.state, on_match);
    };
    if (piece.use == PieceUse::kScanApart) {
      const int64_t begin = outcome.state.offset_bytes;
      ScannedLines found;
      scanner.ScanLines(view(bytes(begin, piece.end)), begin,
                        /*max_matches=*/2, &found);
      if (found.begin < found.end) {
        scan_to(found.begin);
        scanner.TakeOver(found, &outcome.state, on_match);
      }
    }
    scan_to(piece.end);
  }
  if (end == FileEnd::kFinal && scanner.NeedsFinish(outcome.state)) {
    scanner.Finish(view(bytes(scanner.ResumeOffset(outcome.state),
                              outcome.state.offset_bytes)),
                   &outcome.state, on_match);
  }
  return outcome;
}

MatchOracle::MatchOracle(std::vector<std::string> magics,
                         const LineMatcherOptions& options)
    : magics_(std::move(magics)),
      ignores_case_(options.case_rule == CaseRule::kIgnoreAscii) {
  if (options.syntax == MagicSyntax::kLiteral) return;
  RE2::Options re2_options(RE2::Quiet);
  re2_options.set_case_sensitive(!ignores_case_);
  for (const std::string& magic : magics_) {
    regexes_.push_back(std::make_unique<RE2>(magic, re2_options));
  }
}

// Every occurrence of every literal; of each expression the leftmost.
std::vector<Hit> MatchOracle::AllIn(absl::string_view text) const {
  std::vector<Hit> hits;
  for (size_t magic = 0; magic < magics_.size(); ++magic) {
    if (!regexes_.empty()) {
      re2::StringPiece found;
      const re2::StringPiece all(text.data(), text.size());
      if (regexes_[magic]->Match(all, 0, all.size(), RE2::UNANCHORED, &found,
                                 1)) {
        const auto begin = static_cast<size_t>(found.data() - all.data());
        hits.push_back({begin, begin + found.size(), magic});
      }
      continue;
    }
    const size_t length = magics_[magic].size();
    for (size_t begin = 0; begin + length <= text.size(); ++begin) {
      if (SameBytes(text.substr(begin, length), magics_[magic],
                    ignores_case_)) {
        hits.push_back({begin, begin + length, magic});
      }
    }
  }
  return hits;
}

absl::optional<Hit> MatchOracle::FirstIn(absl::string_view text) const {
  absl::optional<Hit> first;
  for (const Hit& hit : AllIn(text)) {
    if (!first.has_value() || GoesFirst(hit, *first)) first = hit;
  }
  return first;
}

std::vector<LineMatch> MatchOracle::Expect(absl::string_view file,
                                           const std::vector<FilePiece>& pieces,
                                           FileEnd end) const {
  std::vector<LineMatch> matches;
  std::set<int64_t> reported;  // numbers of lines
  const auto report = [&](const OracleLine& line, const Hit& hit,
                          bool judged_in_part) {
    if (!reported.insert(line.number).second) return;
    LineMatch match;
    match.line = line.number;
    match.line_start = line.begin;
    match.match_begin = line.begin + static_cast<int64_t>(hit.begin);
    match.match_end = line.begin + static_cast<int64_t>(hit.end);
    match.known_end = line.begin + static_cast<int64_t>(line.text.size());
    match.magic = hit.magic;
    match.judged_in_part = judged_in_part;
    matches.push_back(match);
  };
  const auto was_skipped = [&](int64_t offset) {
    int64_t begin = 0;
    for (const FilePiece& piece : pieces) {
      if (begin <= offset && offset < piece.end) {
        return piece.use == PieceUse::kSkip;
      }
      begin = piece.end;
    }
    return false;
  };
  const auto raw_end = [&](const OracleLine& line) {
    const size_t newline = file.find('\n', static_cast<size_t>(line.begin));
    return static_cast<int64_t>(std::min(newline, file.size()));
  };
  const auto too_much_was_skipped = [&](const OracleLine& line) {
    for (const FilePiece& piece : pieces) {
      if (piece.use == PieceUse::kSkip &&
          piece.end > line.begin + AppendScanner::kJudgedBytes &&
          piece.end <= raw_end(line)) {
        return true;
      }
    }
    return false;
  };
  const auto judge_expressions = [&](const OracleLine& line, bool whole) {
    const auto limit = static_cast<size_t>(AppendScanner::kJudgedBytes);
    // With one byte more, it is clear that it will be judged in part.
    if (!whole && line.text.size() <= limit + 1) return;
    if (line.finished && was_skipped(raw_end(line))) return;
    if (too_much_was_skipped(line)) return;
    const auto hit = FirstIn(absl::string_view(line.text).substr(0, limit));
    if (hit.has_value()) report(line, *hit, line.text.size() > limit);
    reported.insert(line.number);
  };
  const auto find_literals = [&](const OracleLine& line) {
    absl::optional<Hit> first;
    for (const Hit& hit : AllIn(line.text)) {
      if (was_skipped(CompletedBy(line, hit))) continue;
      if (!first.has_value() || GoesFirst(hit, *first)) first = hit;
    }
    if (first.has_value()) report(line, *first, /*judged_in_part=*/false);
  };
  int64_t seen = 0;  // where the last piece ended
  const auto look = [&](int64_t size, FileEnd is_last) {
    for (OracleLine& line :
         SplitLines(file.substr(0, static_cast<size_t>(size)))) {
      if (raw_end(line) < seen) continue;  // its '\n' was seen before
      const bool whole = line.finished || is_last == FileEnd::kFinal;
      if (!whole && line.text.back() == '\r') line.text.pop_back();
      if (regexes_.empty()) {
        find_literals(line);
      } else {
        judge_expressions(line, whole);
      }
    }
  };

  for (const FilePiece& piece : pieces) {
    if (piece.use != PieceUse::kSkip) look(piece.end, FileEnd::kOpen);
    seen = piece.end;
  }
  if (end == FileEnd::kFinal) {
    look(static_cast<int64_t>(file.size()), FileEnd::kFinal);
  }
  return matches;
}

bool MatchOracle::MayBeReported(absl::string_view text, const Hit& hit) const {
  const auto same = [&hit](const absl::optional<Hit>& other) {
    return other.has_value() && other->begin == hit.begin &&
           other->end == hit.end && other->magic == hit.magic;
  };
  if (same(FirstIn(text))) return true;
  if (!regexes_.empty()) return false;
  for (size_t size = 0; size < text.size(); ++size) {
    const absl::string_view known = text.substr(0, size);
    // What ends with a '\r' is known when the next byte is there, and then that
    // one is known too, unless it is a '\r' itself.
    const bool ends_with_cr = !known.empty() && known.back() == '\r';
    if (ends_with_cr && text[size] != '\r') continue;
    if (same(FirstIn(known))) return true;
  }
  return false;
}

}  // namespace dirwatcher
