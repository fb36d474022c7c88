// ReadAhead: reads many small files on several threads, before it is their
// turn.
//
// What was found in a file is kept and told when its turn comes, while others
// are being read, so that the order of what is told does not depend on threads:
//
//   ahead.Read(directory, requests, [](size_t i, ReadAhead::Result* result) {
//     if (result->usable) result->Tell(&listener);
//   });
//
// Whatever is not simple (an error, a file that was cut, that is too large or
// has too many matches) is not usable: then the file is read again, in its
// turn, as if nothing had been tried.

#ifndef DIRWATCHER_DIRWATCH_READ_AHEAD_H_
#define DIRWATCHER_DIRWATCH_READ_AHEAD_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "dirwatch/append_reader.h"
#include "dirwatch/append_scanner.h"
#include "dirwatch/checkpoints.h"
#include "env/file_stat.h"
#include "env/file_system.h"

namespace dirwatcher {

// Opens the file at `path`. ABORTED: another one than `id` stands there; else
// what Directory::OpenFile returns.
absl::StatusOr<std::unique_ptr<ReadableFile>> OpenSameFile(
    Directory* directory, absl::string_view path, const FileId& id);

// Thread-compatible: Read uses threads of its own.
class ReadAhead {
 public:
  // More than that is not read ahead of one file.
  static constexpr int64_t kMaxBytes = int64_t{256} << 10;
  // Nor is a file that has more matches, or more text in them.
  static constexpr size_t kMaxMatches = 1024;
  static constexpr size_t kMaxTextBytes = size_t{128} << 10;

  struct Request {
    absl::string_view path;  // empty: nothing is read
    FileId id;
    FilePosition position;
  };

  class Result {
   public:
    bool usable = false;
    // If it is: the file was read from the requested position to its end.
    std::unique_ptr<ReadableFile> file;
    FilePosition position;
    Checkpoints checkpoints;
    ReadTotals totals;  // of this reading

    // Tells the matches.
    void Tell(ReadListener* listener) const;

   private:
    friend class ReadAhead;
    class Recorder;
    struct Match {
      LineMatch match;
      size_t text_bytes = 0;
      bool cut = false;
    };
    std::vector<Match> matches_;
    std::string texts_;  // of the matches, one behind the other
  };

  // `scanner` must outlive this. Not more than `max_open_files` are open for
  // results that were not taken yet. REQUIRES: both are at least 1.
  ReadAhead(const AppendScanner* scanner, const AppendReaderOptions& options,
            size_t threads, size_t max_open_files)
      : scanner_(scanner),
        options_(options),
        threads_(threads),
        files_at_a_time_(std::min(kMaxFilesAtATime, max_open_files)),
        depth_(std::min(2 * threads + 2, max_open_files / files_at_a_time_)) {
    options_.read_bytes = std::min(options_.read_bytes, kMaxBytes);
    // One byte more, to see the end.
    options_.max_bytes_per_turn =
        std::min(options_.max_bytes_per_turn, kMaxBytes + 1);
    options_.threads = 1;
  }

  // Calls `take` with the result of each request, in their order, in the
  // caller's thread; it may move from the result. With more threads than one,
  // `directory` is used by several at once, also while `take` runs.
  void Read(Directory* directory, absl::Span<const Request> requests,
            absl::FunctionRef<void(size_t i, Result* result)> take) const;

 private:
  static void ReadOne(Directory* directory, const Request& request,
                      AppendReader* reader, Result* result);

  // Opening and reading one takes some ten microseconds.
  static constexpr size_t kMaxFilesAtATime = 8;

  const AppendScanner* const scanner_;
  AppendReaderOptions options_;
  const size_t threads_;
  const size_t files_at_a_time_;
  const size_t depth_;  // of the pipeline
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_READ_AHEAD_H_
