#include "sinks/match_digest.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "logging/escape.h"
#include "text/utf8.h"

namespace dirwatcher {
namespace {

// The beginning of `text`, up to `max_bytes`, that does not end within a
// character.
absl::string_view CutText(absl::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  for (size_t length = max_bytes; length > 0 && max_bytes - length < 3;) {
    --length;
    // A character that begins here and goes on behind the cut?
    if (Utf8SequenceLength(text.substr(length)) > max_bytes - length) {
      return text.substr(0, length);
    }
  }
  return text.substr(0, max_bytes);
}

}  // namespace

void MatchDigest::Add(const LineMatched& match, absl::Duration now) {
  const std::string file = EscapeForLog(match.file);
  if (count_++ == 0) {
    first_time_ = now;
    first_ = absl::StrCat("\"", EscapeForLog(match.magic), "\" in ", file, ":",
                          match.line);
  }
  if (const auto found = counts_.find(file); found != counts_.end()) {
    ++found->second;
  } else if (counts_.size() < options_.max_files) {
    counts_.emplace(file, 1);
  }
  if (line_count_ == options_.max_lines) return;
  ++line_count_;
  const absl::string_view text = CutText(match.text, options_.max_line_bytes);
  const bool cut = match.cut || text.size() < match.text.size();
  absl::StrAppend(&lines_, file, ":", match.line, ": ", EscapeForLog(text),
                  cut ? "..." : "", "\n");
}

absl::Duration MatchDigest::due() const {
  if (count_ == 0) return absl::InfiniteDuration();
  return std::max(first_time_ + options_.wait, last_sent_ + options_.interval);
}

MessageDetails MatchDigest::Take(absl::Duration now) {
  MessageDetails details;
  details.subject = count_ == 1 ? absl::StrCat("Found ", first_)
                                : absl::StrCat("Found ", count_, " lines in ",
                                               EscapeForLog(options_.dir));
  details.message =
      absl::StrCat("Directory: ", EscapeForLog(options_.dir), "\n\n", lines_);
  if (const int64_t more = count_ - static_cast<int64_t>(line_count_);
      more > 0) {
    absl::StrAppend(&details.message, "... and ", more,
                    " more\n\nLines by file:\n");
    int64_t others = count_;
    for (const auto& [file, count] : counts_) {
      absl::StrAppend(&details.message, count, "  ", file, "\n");
      others -= count;
    }
    if (others > 0) {
      absl::StrAppend(&details.message, others, "  in other files\n");
    }
  }
  count_ = 0;
  line_count_ = 0;
  lines_.clear();
  counts_.clear();
  last_sent_ = now;
  return details;
}

}  // namespace dirwatcher
