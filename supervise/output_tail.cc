#include "supervise/output_tail.h"

#include <string.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace dirwatcher {
namespace {

// The place of the last line feed; npos: there is none. memrchr(3) is many
// times faster than string_view::rfind.
size_t LastLineFeed(absl::string_view bytes) {
  const void* const found = memrchr(bytes.data(), '\n', bytes.size());
  if (found == nullptr) return absl::string_view::npos;
  return static_cast<size_t>(static_cast<const char*>(found) - bytes.data());
}

// Where the last `max_lines` lines or `max_bytes` bytes of `bytes`, which ends
// with a line feed, begin: at its start or behind a line feed.
size_t StartOfLastLines(absl::string_view bytes, size_t max_lines,
                        size_t max_bytes) {
  size_t start = bytes.size();
  for (size_t lines = 0; lines < max_lines && bytes.size() - start < max_bytes;
       ++lines) {
    if (start == 0) return 0;
    // The line feed that ends the line is at start - 1.
    const size_t before = LastLineFeed(bytes.substr(0, start - 1));
    if (before == absl::string_view::npos) return 0;
    start = before + 1;
  }
  return start;
}

// The last `size` bytes of `text`, or up to three less, so as not to begin
// within a character.
absl::string_view LastCharacters(absl::string_view text, size_t size) {
  text.remove_prefix(text.size() - size);
  for (int i = 0; i < 3 && !text.empty() && (text[0] & 0xC0) == 0x80; ++i) {
    text.remove_prefix(1);
  }
  return text;
}

}  // namespace

void OutputTail::Append(Stream stream, absl::string_view bytes) {
  if (options_.max_lines == 0 || options_.max_bytes == 0) return;
  Line* const unfinished = &unfinished_[stream];
  const size_t last = LastLineFeed(bytes);
  if (last != absl::string_view::npos) {
    absl::string_view ended = bytes.substr(0, last + 1);
    bytes.remove_prefix(last + 1);
    const size_t start =
        StartOfLastLines(ended, options_.max_lines, options_.max_bytes);
    if (start > 0) {
      // There is enough behind it: nothing from before is shown any more.
      lines_.clear();
      total_cost_ = 0;
      *unfinished = Line();
      ended.remove_prefix(start);
    }
    while (!ended.empty()) {
      const size_t length = ended.find('\n');
      Extend(ended.substr(0, length), unfinished);
      Finish(unfinished);
      ended.remove_prefix(length + 1);
    }
  }
  Extend(bytes, unfinished);
}

void OutputTail::Extend(absl::string_view bytes, Line* line) const {
  if (bytes.size() > options_.max_bytes) {
    line->is_cut = true;
    line->text.assign(bytes.data() + bytes.size() - options_.max_bytes,
                      options_.max_bytes);
    return;
  }
  line->text.append(bytes.data(), bytes.size());
  // Not at every byte more, or the rest would be moved each time.
  if (line->text.size() >= 2 * options_.max_bytes) {
    line->is_cut = true;
    line->text.erase(0, line->text.size() - options_.max_bytes);
  }
}

void OutputTail::Finish(Line* line) {
  lines_.push_back(std::exchange(*line, Line()));
  total_cost_ += lines_.back().cost();
  while (lines_.size() > options_.max_lines ||
         total_cost_ - lines_.front().cost() >= options_.max_bytes) {
    total_cost_ -= lines_.front().cost();
    lines_.pop_front();
  }
}

std::string OutputTail::Text() const {
  OutputTail all = *this;
  for (Line& line : all.unfinished_) {
    if (!line.text.empty()) all.Finish(&line);
  }
  std::string result;
  size_t left = options_.max_bytes;
  // How much of the first line there is room for.
  for (const Line& line : all.lines_) {
    if (&line != &all.lines_.front()) left -= line.cost();
  }
  for (const Line& line : all.lines_) {
    if (&line == &all.lines_.front() && (line.is_cut || line.cost() > left)) {
      const size_t size = std::min(line.text.size(), left - 1);
      absl::StrAppend(&result, kCutMark, LastCharacters(line.text, size), "\n");
    } else {
      absl::StrAppend(&result, line.text, "\n");
    }
  }
  return result;
}

}  // namespace dirwatcher
