// FileReader: reads tracked files, turn by turn, and tells what stands in them.
//
// TrackedFiles decides which files are read and under which names they are
// reported; FileReader opens them, has them read by AppendReader, and notes in
// each what became of it:
//
//   reader.BeginPoll(directory, kind);
//   FileReader::Progress progress;
//   while (reader.ReadTurn(&file, nullptr, &progress)) ReadOthers();

#ifndef DIRWATCHER_DIRWATCH_FILE_READER_H_
#define DIRWATCHER_DIRWATCH_FILE_READER_H_

#include <cstddef>
#include <cstdint>
#include <functional>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "dirwatch/append_reader.h"
#include "dirwatch/append_scanner.h"
#include "dirwatch/event_sink.h"
#include "dirwatch/file_problems.h"
#include "dirwatch/handle_cache.h"
#include "dirwatch/line_matcher.h"
#include "dirwatch/read_ahead.h"
#include "dirwatch/tracked_file.h"
#include "env/file_stat.h"
#include "env/file_system.h"

namespace dirwatcher {

struct FileReaderOptions {
  // Whoever keeps the HandleCache holds at most so many; a quarter of them
  // again may be open for a while to be read ahead.
  size_t max_open_files = 256;
  AppendReaderOptions reader;
  size_t threads = 1;                   // as in DirectoryWatcherOptions
  std::function<void()> between_turns;  // may be empty
};

// Thread-compatible.
class FileReader : private ReadListener {
 public:
  // How far one poll has come with a file.
  struct Progress {
    int64_t target_bytes = -1;  // where it ended at first; -1: not known yet
    int restarts = 0;           // how often it was found cut
  };

  // All must outlive this. Files stay open in `handles` until somebody closes
  // them there.
  FileReader(const FileReaderOptions& options, const LineMatcher* matcher,
             HandleCache* handles, FileProblems* problems, EventSink* sink);

  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  // As TrackedFiles::BeginPoll.
  void BeginPoll(Directory* directory, PollKind kind) {
    directory_ = directory;
    kind_ = kind;
  }

  // One turn. Returns whether the file needs another in this poll; also if no
  // descriptor is left for it while others are read ahead. `found` is what a
  // look at this very file found in this poll, before the call; it is used if
  // the file is held open, and may be null.
  bool ReadTurn(TrackedFile* file, const FileStat* found, Progress* progress);

  // Reads a published file to where it ends now.
  void ReadToEnd(TrackedFile* file);

  // Judges the unfinished line, as nothing will follow it.
  void FinishLine(TrackedFile* file);
  bool NeedsFinish(const FilePosition& position) const {
    return scanner_.NeedsFinish(position.scan);
  }

  // Calls `take` with the result of each request, as ReadAhead::Read does,
  // which reads in several threads. REQUIRES: there is a directory.
  void ReadAheadOf(
      absl::Span<const ReadAhead::Request> requests,
      absl::FunctionRef<void(size_t i, ReadAhead::Result* result)> take);

  // Takes over what was read ahead, as if it were read now. REQUIRES: the
  // result is usable, and the file is not held open.
  void TakeOver(TrackedFile* file, ReadAhead::Result* ahead);

  // Holds the file open, pinned unless it is settled. What was found when it
  // was opened is in its StatAtOpen if it was not held before.
  absl::StatusOr<OpenFile*> Open(TrackedFile* file);

  // Frees the buffers that only large amounts need.
  void FreeBuffers() { reader_.FreeBuffers(); }

  int64_t match_count() const { return match_count_; }
  ReadTotals totals() const {
    return {reader_.totals().bytes + read_ahead_totals_.bytes,
            reader_.totals().lines + read_ahead_totals_.lines};
  }

 private:
  static constexpr int kMaxRestarts = 3;

  absl::StatusOr<FileStat> StatOf(TrackedFile* file, const FileStat* found);
  void NoteFailure(TrackedFile* file, const absl::Status& status);
  void NoteCaughtUp(TrackedFile* file, const FileStat& stat) const;
  void OnMatch(const LineMatch& match, absl::string_view text,
               bool cut) override;
  void OnTruncated() override;
  void OnPiece() override;

  const std::function<void()> between_turns_;
  const LineMatcher& matcher_;
  const AppendScanner scanner_;
  AppendReader reader_;
  const ReadAhead ahead_;
  ReadTotals read_ahead_totals_;  // of what was taken over from it
  bool is_reading_ahead_ = false;
  HandleCache& handles_;
  FileProblems& problems_;
  EventSink& sink_;

  Directory* directory_ = nullptr;
  PollKind kind_ = PollKind::kInterval;

  // Whose matches arrive just now, and what was known of its mtime.
  const TrackedFile* reading_ = nullptr;
  absl::Time reading_mtime_ = absl::InfinitePast();
  int64_t match_count_ = 0;
};

// Whether the file will do better in another place or at another time: nothing
// to tell of.
bool IsTransient(const absl::Status& status);

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_FILE_READER_H_
