// AppendReader: reads what was appended to one open file and has it scanned.
//
// It stands between the bytes (ReadableFile) and the decisions (AppendScanner):
// it knows nothing of names and directories. One reader serves all files, one
// after the other, with one buffer; what is remembered of a file is a
// FilePosition, plain data.

#ifndef DIRWATCHER_DIRWATCH_APPEND_READER_H_
#define DIRWATCHER_DIRWATCH_APPEND_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "dirwatch/append_scanner.h"
#include "dirwatch/checkpoints.h"
#include "dirwatch/content_fingerprint.h"
#include "dirwatch/match_text.h"
#include "env/file_system.h"

namespace dirwatcher {

// How far a file was read. Invariant: fingerprint.size() == scan.offset_bytes.
struct FilePosition {
  ScanState scan;
  ContentFingerprint fingerprint;
  // Bytes before this are counted as lines but not searched.
  int64_t skip_until_bytes = 0;
};

// What happens while a file is read, in order.
class ReadListener {
 public:
  virtual ~ReadListener() = default;

  // `text` is the matched line or, if `cut`, a part of it around the match;
  // valid during the call.
  virtual void OnMatch(const LineMatch& match, absl::string_view text,
                       bool cut) = 0;

  // The file was found cut or rewritten: reading goes on at its first byte.
  virtual void OnTruncated() = 0;
};

struct AppendReaderOptions {
  // A longer line is shown in part.
  int64_t max_text_bytes = 4096;
  // One turn reads about so much and leaves the rest to the next.
  int64_t max_bytes_per_turn = int64_t{64} << 20;
  // One read asks for about so much; the buffer is a little larger. Of it only
  // what is used costs memory.
  int64_t read_bytes = int64_t{2} << 20;
};

struct ReadTotals {
  int64_t bytes = 0;
  int64_t lines = 0;  // finished lines
};

// Thread-compatible.
class AppendReader {
 public:
  enum class TurnEnd {
    kCaughtUp,  // the end of the file was seen
    kMore,      // it was not; call again
  };

  // `scanner` must outlive this. REQUIRES: all options are positive.
  AppendReader(const AppendScanner* scanner,
               const AppendReaderOptions& options);

  // Reads on from `position`, at most one turn. Before a byte is believed, the
  // bytes that lead up to it are compared with what was read earlier, in the
  // same read; where they differ, or the file ends before them, it was
  // truncated and reading starts over, except that a file cut back to a line
  // end which is known from `checkpoints` goes on there.
  //
  // An error is what ReadAt or Stat returned; `position` then stands after what
  // was read in spite of it, and the call may be repeated.
  absl::StatusOr<TurnEnd> ReadTurn(ReadableFile* file, FilePosition* position,
                                   Checkpoints* checkpoints,
                                   ReadListener* listener);

  // Judges the unfinished line at `position`, as nothing will follow it.
  absl::Status FinishLine(ReadableFile* file, FilePosition* position,
                          ReadListener* listener);

  // Of all turns so far.
  const ReadTotals& totals() const { return totals_; }

 private:
  // What one read brought: `bytes` of the file from `begin` on.
  struct Piece {
    absl::string_view bytes;
    int64_t begin = 0;
    bool at_end = false;  // the file ends where the piece does
    bool full = false;    // it is as long as was asked for
    absl::Status status;  // why it is short, if not for the end of the file
  };

  // Fills `buffer` as far as the file goes, with as many reads as it takes.
  Piece ReadAll(ReadableFile* file, int64_t begin, absl::Span<char> buffer);
  // Reads `known` bytes that were seen before and, in the same read, what
  // follows them; fewer than the buffer holds if that is what the read brought.
  Piece ReadFresh(ReadableFile* file, int64_t begin, size_t known);
  absl::StatusOr<bool> HeadIsIntact(ReadableFile* file,
                                    const ContentFingerprint& fingerprint);
  absl::Status Restart(ReadableFile* file, FilePosition* position,
                       Checkpoints* checkpoints, ReadListener* listener);
  void Report(ReadableFile* file, const Piece& piece, const LineMatch& match,
              ReadListener* listener);

  const AppendScanner& scanner_;
  const AppendReaderOptions options_;
  const size_t buffer_bytes_;
  const std::unique_ptr<char[]> buffer_;
  std::string text_;  // a window that begins before the buffer; reused
  ReadTotals totals_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_APPEND_READER_H_
