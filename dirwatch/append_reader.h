// AppendReader: reads what was appended to one open file and has it scanned.
//
// It stands between the bytes (ReadableFile) and the decisions (AppendScanner):
// it knows nothing of names and directories. One reader serves all files, one
// after the other, with one buffer, or a few for large files; what is
// remembered of a file is a FilePosition, plain data.

#ifndef DIRWATCHER_DIRWATCH_APPEND_READER_H_
#define DIRWATCHER_DIRWATCH_APPEND_READER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dirwatch/append_scanner.h"
#include "dirwatch/checkpoints.h"
#include "dirwatch/content_fingerprint.h"
#include "dirwatch/match_text.h"
#include "dirwatch/piece.h"
#include "dirwatch/read_buffer.h"
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

  // One read has been dealt with and there is more: for what cannot wait until
  // a turn is over.
  virtual void OnPiece() {}
};

struct AppendReaderOptions {
  // A longer line is shown in part.
  int64_t max_text_bytes = 4096;
  // One turn reads about so much and leaves the rest to the next.
  int64_t max_bytes_per_turn = int64_t{256} << 20;
  // One read asks for about so much; the buffer is a little larger. Of it only
  // what is used costs memory.
  int64_t read_bytes = int64_t{2} << 20;
  // What is much longer than that is read and searched on so many threads, with
  // as many buffers of some 600 KiB and two more.
  size_t threads = 1;
};

struct ReadTotals {
  int64_t bytes = 0;
  int64_t lines = 0;  // finished lines
};

// Thread-compatible. With more threads than one, those that it starts call
// ReadableFile::ReadAt, and nothing else; they end before the call does.
class AppendReader {
 public:
  enum class TurnEnd {
    kCaughtUp,  // the end of the file was seen, or where it was a moment ago
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
  // `size_bytes` is how long the file was when somebody looked, before the
  // call; it may be out of date. A read that brings something new and ends just
  // there is taken to have come to the end of the file. What is beyond is read
  // all the same.
  //
  // An error is what ReadAt or Stat returned; `position` then stands after what
  // was read in spite of it, and the call may be repeated.
  absl::StatusOr<TurnEnd> ReadTurn(ReadableFile* file, int64_t size_bytes,
                                   FilePosition* position,
                                   Checkpoints* checkpoints,
                                   ReadListener* listener);

  // Judges the unfinished line at `position`, as nothing will follow it.
  absl::Status FinishLine(ReadableFile* file, FilePosition* position,
                          ReadListener* listener);

  // Frees the buffers that only large amounts need.
  void FreeBuffers() {
    ahead_.clear();
    look_behind_bytes_ = kLeastLookBehindBytes;
  }

  // Of all turns so far.
  const ReadTotals& totals() const { return totals_; }

 private:
  // What a call of ReadTurn was given.
  struct Turn {
    ReadableFile* file;
    int64_t size_bytes;
    FilePosition* position;
    Checkpoints* checkpoints;
    ReadListener* listener;
    int64_t end;  // about where it ends
  };
  enum class Step {
    kMore,       // there may be more
    kFull,       // there is, as far as one can tell
    kAtEnd,      // the end of the file was seen
    kRestarted,  // the file was found cut
  };
  // A piece that is read before those in front of it are dealt with.
  struct Ahead {
    explicit Ahead(size_t size_bytes) : buffer(size_bytes) {}
    ReadBuffer buffer;
    Piece piece;
    ScannedLines found;
  };

  int64_t NeededFrom(const FilePosition& position) const;
  absl::StatusOr<Step> ReadOnePiece(const Turn& turn);
  absl::StatusOr<Step> ReadManyPieces(const Turn& turn);
  absl::StatusOr<Step> Take(const Turn& turn, Piece piece,
                            const ScannedLines& found);
  void Scan(const Turn& turn, const Piece& piece, const ScannedLines& found,
            ScanState* scan);
  absl::Status Restart(const Turn& turn);
  absl::StatusOr<bool> HeadIsIntact(ReadableFile* file,
                                    const ContentFingerprint& fingerprint);
  void Report(ReadableFile* file, const Piece& piece, const LineMatch& match,
              ReadListener* listener);

  const AppendScanner& scanner_;
  const AppendReaderOptions options_;
  ReadBuffer buffer_;
  std::vector<Ahead> ahead_;  // empty as long as it is not needed
  // With how much of what is before them those pieces begin; grows with the
  // lines.
  static constexpr int64_t kLeastLookBehindBytes = int64_t{4} << 10;
  int64_t look_behind_bytes_ = kLeastLookBehindBytes;
  std::string text_;  // a window that begins before the buffer; reused
  ReadTotals totals_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_APPEND_READER_H_
