// OutputTail: the last lines of what a command has written to its two streams,
// for the message that tells of its end.
//
//   OutputTail tail;
//   tail.Append(OutputTail::kOutput, "one\ntw");
//   tail.Append(OutputTail::kError, "oops\n");
//   tail.Append(OutputTail::kOutput, "o\n");
//   tail.Text()  ->  "one\noops\ntwo\n"

#ifndef DIRWATCHER_SUPERVISE_OUTPUT_TAIL_H_
#define DIRWATCHER_SUPERVISE_OUTPUT_TAIL_H_

#include <cstddef>
#include <deque>
#include <string>

#include "absl/strings/string_view.h"

namespace dirwatcher {

struct OutputTailOptions {
  size_t max_lines = 50;  // 0: nothing is kept
  // Of all lines together, each with the line feed that ends it. The first line
  // that is kept loses as much of its start as is too much.
  size_t max_bytes = size_t{64} * 1024;
};

// Puts two streams together line by line, in the order in which the lines
// ended. Which lines those are does not depend on the pieces that a stream
// comes in. Pure, thread-compatible. A piece costs no more than a search for
// the line feeds of its last lines, however long it is; memory is bounded by
// four times max_bytes, and what max_lines strings take.
class OutputTail {
 public:
  enum Stream { kOutput, kError };

  // Stands before a line of which only the end was kept.
  static constexpr absl::string_view kCutMark = "[...]";

  explicit OutputTail(const OutputTailOptions& options = OutputTailOptions())
      : options_(options) {}

  // The stream goes on with `bytes`, which may be any.
  void Append(Stream stream, absl::string_view bytes);

  // The last lines, each ended by a line feed. What a stream has written since
  // its last line feed counts as a line that has ended just now, standard
  // output's before standard error's. A line that was cut begins with kCutMark
  // and then with a whole character, if it is UTF-8.
  std::string Text() const;

 private:
  // The end of a line, without its line feed.
  struct Line {
    size_t cost() const { return text.size() + 1; }

    std::string text;
    bool is_cut = false;  // there was more before `text`
  };

  // `line` goes on with `bytes`; forgets what cannot be shown any more.
  void Extend(absl::string_view bytes, Line* line) const;
  // Takes `*line`, which has ended, and leaves it empty.
  void Finish(Line* line);

  const OutputTailOptions options_;
  // At most max_lines; all but the first cost less than max_bytes together.
  std::deque<Line> lines_;
  size_t total_cost_ = 0;  // of lines_
  Line unfinished_[2];     // of each stream
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SUPERVISE_OUTPUT_TAIL_H_
