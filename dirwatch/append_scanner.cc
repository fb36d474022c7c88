#include "dirwatch/append_scanner.h"

#include <string.h>

#include <algorithm>
#include <limits>

#include "absl/types/optional.h"
#include "dirwatch/scan_kernels.h"

namespace dirwatcher {
namespace {

constexpr size_t npos = absl::string_view::npos;

}  // namespace

// One pass over one piece. Positions are indices into `bytes_`.
class AppendScanner::Walk {
 public:
  Walk(const LineMatcher& matcher, absl::string_view bytes, int64_t base,
       End end, ScanState* state, MatchCallback on_match)
      : matcher_(matcher),
        bytes_(bytes),
        base_(base),
        end_(end),
        fresh_(static_cast<size_t>(state->offset_bytes - base)),
        state_(*state),
        on_match_(on_match) {
    if (state_.line_start == state_.offset_bytes) StartLine(fresh_);
  }

  // Ends with the line of match number `matches`, if that line ends.
  void StopAfter(size_t matches) { matches_left_ = matches; }

  void Literals() {
    if (state_.line_done && !FinishLine(fresh_)) return;
    for (;;) {
      const TextHit next = PassToCandidate();
      if (next.begin == npos) return;
      const Hit hit = {next.begin,
                       next.begin + matcher_.magics()[next.literal].size(),
                       next.literal};
      const size_t newline = bytes_.find('\n', hit.end);
      if (const absl::optional<Hit> valid = Confirm(hit, newline)) {
        Report(*valid, ContentEnd(newline), /*judged_in_part=*/false);
        state_.line_done = true;
      }
      if (newline == npos) return;
      PassNewline(newline);
      if (matches_left_ == 0) return EndBehind(newline);
    }
  }

  void WholeLines() {
    if (state_.line_done && !FinishLine(fresh_)) return;
    for (;;) {
      const bool may_match = PassToCandidate().begin != npos;
      const size_t newline = bytes_.find('\n', std::max(LineBegin(), fresh_));
      if (newline == npos && LineBegin() == bytes_.size()) return;  // no line
      const size_t content_end = ContentEnd(newline);
      const bool complete = newline != npos || end_ == End::kFinal;
      const size_t length = content_end - std::min(LineBegin(), content_end);
      // One byte beyond the limit may yet turn out to be the terminator's '\r'.
      if (!complete && length <= AppendScanner::kJudgedBytes + 1) return;
      if (may_match) Judge(length);
      state_.line_done = true;
      if (newline == npos) return;
      PassNewline(newline);
      if (matches_left_ == 0) return EndBehind(newline);
    }
  }

  // The state at the end of the piece.
  ScanState Result() const {
    ScanState result = state_;
    result.offset_bytes = FileOffset(end_index_);
    return result;
  }

 private:
  int64_t FileOffset(size_t index) const {
    return base_ + static_cast<int64_t>(index);
  }

  // Where the current line begins in this piece.
  size_t LineBegin() const {
    return static_cast<size_t>(std::max<int64_t>(state_.line_start - base_, 0));
  }

  // A line begins at `index`, after any NULs that stand there.
  void StartLine(size_t index) {
    state_.line_start =
        FileOffset(index + CountLeadingNuls(bytes_.substr(index)));
    state_.line_done = false;
  }

  // Moves to the line after the one that ends with the newline at `newline`.
  void PassNewline(size_t newline) {
    ++state_.line;
    StartLine(newline + 1);
  }

  // Moves to the line after the one that `from` stands in; false: it does not
  // end here.
  bool FinishLine(size_t from) {
    const size_t newline = bytes_.find('\n', from);
    if (newline == npos) return false;
    PassNewline(newline);
    return true;
  }

  // Leaves what stands behind the newline at `newline`.
  void EndBehind(size_t newline) { end_index_ = newline + 1; }

  // Moves to the line of the next candidate, or to the last line if there is
  // none.
  TextHit PassToCandidate() {
    const TextHit next = matcher_.NextCandidate(bytes_, LineBegin());
    if (next.newlines > 0) {
      const size_t end = std::min(next.begin, bytes_.size());
      const void* const last = memrchr(bytes_.data(), '\n', end);
      state_.line += static_cast<int64_t>(next.newlines) - 1;
      PassNewline(
          static_cast<size_t>(static_cast<const char*>(last) - bytes_.data()));
    }
    return next;
  }

  // Where the text of the current line ends, its '\n' being at `newline`.
  size_t ContentEnd(size_t newline) const {
    size_t end = std::min(newline, bytes_.size());
    const bool may_be_terminator = newline != npos || end_ == End::kOpen;
    if (may_be_terminator && end > LineBegin() && bytes_[end - 1] == '\r') {
      --end;
    }
    return end;
  }

  // `hit` itself, unless it has to be refused; then the hit in the same line
  // that need not be, if any. Refused is what reaches into the terminator and
  // what lies in bytes that were skipped before.
  absl::optional<Hit> Confirm(const Hit& hit, size_t newline) const {
    const size_t content_end = ContentEnd(newline);
    if (hit.end > fresh_ && hit.end <= content_end) return hit;
    const size_t begin = LineBegin();
    size_t min_end = fresh_ > begin ? fresh_ - begin : 0;
    // A '\r' that was held back at the end of the last piece is judged now.
    if (min_end > 0 && bytes_[fresh_ - 1] == '\r') --min_end;
    absl::optional<Hit> found = matcher_.FirstIn(
        bytes_.substr(begin, content_end - begin), min_end + 1);
    if (found.has_value()) {
      found->begin += begin;
      found->end += begin;
    }
    return found;
  }

  // Judges `length` bytes of text of the current line.
  void Judge(size_t length) {
    const size_t limit = static_cast<size_t>(AppendScanner::kJudgedBytes);
    const bool in_part = length > limit;
    const size_t begin = LineBegin();
    absl::optional<Hit> hit =
        matcher_.FirstIn(bytes_.substr(begin, std::min(length, limit)));
    if (!hit.has_value()) return;
    hit->begin += begin;
    hit->end += begin;
    Report(*hit, begin + length, in_part);
  }

  void Report(const Hit& hit, size_t known_end, bool judged_in_part) {
    LineMatch match;
    match.line = state_.line;
    match.line_start = state_.line_start;
    match.match_begin = FileOffset(hit.begin);
    match.match_end = FileOffset(hit.end);
    match.known_end = FileOffset(known_end);
    match.magic = hit.magic;
    match.judged_in_part = judged_in_part;
    --matches_left_;
    on_match_(match);
  }

  const LineMatcher& matcher_;
  const absl::string_view bytes_;
  const int64_t base_;  // offset of bytes_[0] in the file
  const End end_;
  const size_t fresh_;  // bytes_ before this were scanned in an earlier piece
  size_t end_index_ = bytes_.size();
  size_t matches_left_ = std::numeric_limits<size_t>::max();
  ScanState state_;  // of the current line; offset_bytes is not kept up
  const MatchCallback on_match_;
};

int64_t AppendScanner::max_resume_bytes() const {
  return matcher_.judges_whole_lines()
             ? kJudgedBytes + 2
             : static_cast<int64_t>(matcher_.overlap_bytes());
}

int64_t AppendScanner::ResumeOffset(const ScanState& state) const {
  if (state.line_done) return state.offset_bytes;
  return std::max(state.line_start, state.offset_bytes - max_resume_bytes());
}

void AppendScanner::Scan(absl::string_view bytes, ScanState* state,
                         MatchCallback on_match) const {
  Walk walk(matcher_, bytes, ResumeOffset(*state), End::kOpen, state, on_match);
  matcher_.judges_whole_lines() ? walk.WholeLines() : walk.Literals();
  *state = walk.Result();
}

void AppendScanner::Finish(absl::string_view bytes, ScanState* state,
                           MatchCallback on_match) const {
  Walk walk(matcher_, bytes, ResumeOffset(*state), End::kFinal, state,
            on_match);
  matcher_.judges_whole_lines() ? walk.WholeLines() : walk.Literals();
  *state = walk.Result();
}

bool AppendScanner::NeedsFinish(const ScanState& state) const {
  return !state.line_done && state.line_start < state.offset_bytes &&
         (matcher_.judges_whole_lines() || matcher_.may_end_with_cr());
}

void AppendScanner::ScanLines(absl::string_view bytes, int64_t base,
                              size_t max_matches, ScannedLines* found) const {
  found->matches.clear();
  found->lines = 0;
  const size_t begin = bytes.find('\n');
  found->within_line = begin == npos;
  if (begin == npos) {
    found->begin = found->end = base;
    return;
  }
  const absl::string_view lines =
      bytes.substr(begin + 1, bytes.rfind('\n') - begin);
  found->begin = base + static_cast<int64_t>(begin) + 1;
  ScanState state;
  state.offset_bytes = state.line_start = found->begin;
  state.line = 0;
  const auto keep = [found](const LineMatch& match) {
    found->matches.push_back(match);
  };
  Walk walk(matcher_, lines, found->begin, End::kOpen, &state, keep);
  walk.StopAfter(max_matches);
  matcher_.judges_whole_lines() ? walk.WholeLines() : walk.Literals();
  state = walk.Result();
  found->end = state.offset_bytes;
  found->lines = state.line;
}

void AppendScanner::TakeOver(const ScannedLines& found, ScanState* state,
                             MatchCallback on_match) const {
  for (LineMatch match : found.matches) {
    match.line += state->line;
    on_match(match);
  }
  state->line += found.lines;
  state->offset_bytes = state->line_start = found.end;
  state->line_done = false;
}

void AppendScanner::Skip(absl::string_view bytes, ScanState* state) const {
  const int64_t base = state->offset_bytes;
  const size_t last = bytes.rfind('\n');
  // Leading NULs are no part of the line, be it a new one or one that had
  // nothing else so far.
  if (last != npos || state->line_start == base) {
    const size_t after = last == npos ? 0 : last + 1;
    const size_t begin = after + CountLeadingNuls(bytes.substr(after));
    state->line += static_cast<int64_t>(CountNewlines(bytes));
    state->line_start = base + static_cast<int64_t>(begin);
    state->line_done = false;
  }
  state->offset_bytes = base + static_cast<int64_t>(bytes.size());
  // Too long to be judged in whole, and its beginning is not to be looked at.
  if (matcher_.judges_whole_lines() &&
      state->offset_bytes - state->line_start > kJudgedBytes) {
    state->line_done = true;
  }
}

}  // namespace dirwatcher
