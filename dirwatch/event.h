// Event: what the watcher saw, as a value. docs/events.md lists the kinds.
//
// Events flow one way: DirectoryWatcher -> EventSink. The strings are views
// into the watcher's memory and are valid only during the call that delivers
// the event; file names and line text are raw bytes, escaped by whoever shows
// them. File names are relative to the watched directory.

#ifndef DIRWATCHER_DIRWATCH_EVENT_H_
#define DIRWATCHER_DIRWATCH_EVENT_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/variant.h"
#include "stats/duration_histogram.h"

namespace dirwatcher {

// The program began to watch. Sent by the program, not by the watcher.
struct Started {
  std::string version;
  pid_t pid = 0;
  std::string dir;
  std::vector<std::string> extensions;
  std::vector<std::string> magics;
  absl::Duration interval;
};

enum class MissingReason { kNotFound, kNotADirectory, kPermissionDenied };

// The directory cannot be entered. Sent at every interval for as long as that
// lasts.
struct DirectoryMissing {
  absl::string_view dir;
  MissingReason reason = MissingReason::kNotFound;
};

// The directory is there and is being watched: at start, after it was missing,
// and when another directory has taken its name.
struct DirectoryFound {
  absl::string_view dir;
};

struct FileAdded {
  absl::string_view file;
};

struct FileRemoved {
  absl::string_view file;
};

// `file` is the new name. Lines and offsets go on where they were.
struct FileRenamed {
  absl::string_view file;
  absl::string_view from;
};

// The file was cut or rewritten; reading starts again at line 1.
struct FileTruncated {
  absl::string_view file;
};

// A line contains a magic. Sent once a line.
struct LineMatched {
  absl::string_view file;
  int64_t line = 0;          // from 1
  int64_t offset_bytes = 0;  // of the line's first byte
  absl::string_view magic;   // the earliest in the line as it was when reported
  absl::string_view text;    // the line without its terminator, perhaps cut
  bool cut = false;          // `text` is only a part of the line
  // When the file was last written to, as far as was known before the line was
  // read; InfinitePast if nobody looked.
  absl::Time written = absl::InfinitePast();
};

// Bytes [from, to) of the file were not read and never will be.
struct Gap {
  absl::string_view file;
  int64_t from = 0;
  absl::optional<int64_t> to;  // absent: nobody knows how many
  absl::string_view reason;
};

// The file cannot be read now; it is tried again at every interval. Sent once,
// until the reason changes or the file could be read in between.
struct FileError {
  absl::string_view file;
  absl::string_view message;
};

// The directory, or one below it, cannot be listed in whole; what is known of
// its files is kept. Sent once until it changes.
struct DirectoryError {
  absl::string_view dir;
  absl::string_view message;
};

// Notifications do not work, or some were lost; the watcher polls instead.
struct WatchDegraded {
  absl::string_view dir;
  absl::string_view message;
};

// The program ends. Sent by the program, not by the watcher.
struct Stopped {
  absl::optional<std::string> signal;  // its name, such as "SIGTERM"
  absl::Duration uptime;
  int64_t files = 0;  // watched at the end
  int64_t lines = 0;
  int64_t matches = 0;
  int64_t bytes = 0;
  DurationSummary polls;  // how long those took that came with the interval
  // From writing to a file to telling of a line in it.
  DurationSummary latency_by_notification;
  DurationSummary latency_by_poll;
};

using Event =
    absl::variant<Started, DirectoryMissing, DirectoryFound, FileAdded,
                  FileRemoved, FileRenamed, FileTruncated, LineMatched, Gap,
                  FileError, DirectoryError, WatchDegraded, Stopped>;

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_EVENT_H_
