// MatchDigest: puts the lines that were found together into messages. Pure.
//
// The first line after a quiet time opens a message, which is due a little
// later, with what has come until then; and no message is due sooner after the
// last one than the interval says. So a storm of a million lines is a message
// now and then that has the first of them, and counts for the rest.

#ifndef DIRWATCHER_SINKS_MATCH_DIGEST_H_
#define DIRWATCHER_SINKS_MATCH_DIGEST_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "dirwatch/event.h"
#include "notify/message.h"

namespace dirwatcher {

struct DigestOptions {
  std::string dir;  // where the files are, for the subject
  absl::Duration wait = absl::Seconds(5);  // from the first line to a message
  absl::Duration interval = absl::Minutes(5);  // between messages, at least
  size_t max_lines = 100;       // that a message has; the others are counted
  size_t max_files = 100;       // whose counts a message has
  size_t max_line_bytes = 500;  // of a line; the rest is left out
};

// A message takes at most max_lines times max_line_bytes, and some for names.
// Thread-compatible. Times are those of Clock::Uptime.
class MatchDigest {
 public:
  explicit MatchDigest(DigestOptions options) : options_(std::move(options)) {}

  void Add(const LineMatched& match, absl::Duration now);

  // When the next message is due; InfiniteDuration: there is nothing to tell.
  absl::Duration due() const;

  // The message of what has come since the last one.
  // REQUIRES: there is something to tell.
  MessageDetails Take(absl::Duration now);

 private:
  const DigestOptions options_;
  int64_t count_ = 0;  // of lines since the last message
  std::string first_;  // `"magic" in file:line`, of the first of them
  std::string lines_;  // those that the message has
  size_t line_count_ = 0;
  std::map<std::string, int64_t> counts_;  // by file, of the first max_files
  absl::Duration first_time_;
  absl::Duration last_sent_ = -absl::InfiniteDuration();
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SINKS_MATCH_DIGEST_H_
