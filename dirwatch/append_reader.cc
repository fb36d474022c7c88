#include "dirwatch/append_reader.h"

#include <string.h>

#include <algorithm>

#include "absl/types/span.h"
#include "dirwatch/parallel.h"
#include "dirwatch/scan_kernels.h"
#include "env/file_stat.h"

namespace dirwatcher {
namespace {

// Longer lines are seen in parts.
constexpr int64_t kLongLine = int64_t{64} << 10;

// What several threads read at a time. Smaller than what one does, so that all
// of it together stays in the cache.
constexpr int64_t kAheadBytes = int64_t{512} << 10;

// More matches than these are not kept of a piece that is read ahead.
constexpr size_t kMaxMatchesAhead = 4096;

// `bytes` up to where the last line in them begins, as a line that goes on
// behind them is better seen in the next piece, in whole. All of them if no
// line begins behind the `known` ones, or the last one is very long. `scan`
// stands at the end of the known ones.
absl::string_view BeforeLastLine(absl::string_view bytes, size_t known,
                                 const ScanState& scan) {
  const size_t from = std::max(
      known,
      bytes.size() - std::min(bytes.size(), static_cast<size_t>(kLongLine)));
  const void* const newline =
      memrchr(bytes.data() + from, '\n', bytes.size() - from);
  if (newline != nullptr) {
    const auto size = static_cast<const char*>(newline) + 1 - bytes.data();
    return bytes.substr(0, static_cast<size_t>(size));
  }
  // A line that begins behind a hole, unless it ends here.
  if (scan.line_start != scan.offset_bytes) return bytes;
  const size_t behind = known + CountLeadingNuls(bytes.substr(known));
  const bool has_hole = behind > known;
  const bool ends_here = bytes.find('\n', behind) != absl::string_view::npos;
  return has_hole && !ends_here ? bytes.substr(0, behind) : bytes;
}

size_t BufferBytes(const AppendScanner& scanner,
                   const AppendReaderOptions& options) {
  const int64_t seen_again =
      std::max(scanner.max_resume_bytes(), ContentFingerprint::kTailBytes);
  return static_cast<size_t>(std::max(seen_again + options.read_bytes,
                                      ContentFingerprint::kHeadBytes));
}

}  // namespace

AppendReader::AppendReader(const AppendScanner* scanner,
                           const AppendReaderOptions& options)
    : scanner_(*scanner),
      options_(options),
      buffer_(BufferBytes(*scanner, options)) {}

absl::StatusOr<bool> AppendReader::HeadIsIntact(
    ReadableFile* file, const ContentFingerprint& fingerprint) {
  const auto size = static_cast<size_t>(fingerprint.head_bytes());
  if (size == 0) return true;
  const Piece head = ReadAll(file, 0, buffer_.For(0, size));
  if (!head.status.ok()) return head.status;
  return head.bytes.size() == size && fingerprint.MatchesHead(head.bytes);
}

absl::Status AppendReader::Restart(const Turn& turn) {
  ReadableFile* const file = turn.file;
  FilePosition* const position = turn.position;
  Checkpoints* const checkpoints = turn.checkpoints;
  const absl::StatusOr<FileStat> stat = file->Stat();
  if (!stat.ok()) return stat.status();
  const int64_t size = stat->size_bytes;
  const Checkpoint* known = size > 0 && size < position->scan.offset_bytes
                                ? checkpoints->At(size)
                                : nullptr;
  if (known != nullptr) {
    const absl::StatusOr<bool> head = HeadIsIntact(file, known->fingerprint);
    if (!head.ok()) return head.status();
    const int64_t tail_bytes = known->fingerprint.tail_bytes();
    const Piece tail = ReadAll(
        file, size - tail_bytes,
        buffer_.For(size - tail_bytes, static_cast<size_t>(tail_bytes)));
    if (!tail.status.ok()) return tail.status;
    if (*head && tail.bytes.size() == static_cast<size_t>(tail_bytes) &&
        known->fingerprint.MatchesTail(tail.bytes)) {
      position->scan = ScanState{size, known->line, size, false};
      position->fingerprint = known->fingerprint;
      // What comes to stand beyond is new.
      position->skip_until_bytes = std::min(position->skip_until_bytes, size);
      checkpoints->CutBack(size);
      return absl::OkStatus();
    }
  }
  *position = FilePosition();
  *checkpoints = Checkpoints();
  turn.listener->OnTruncated();
  return absl::OkStatus();
}

void AppendReader::Report(ReadableFile* file, const Piece& piece,
                          const LineMatch& match, ReadListener* listener) {
  ByteRange window = TextWindow(match, options_.max_text_bytes);
  const int64_t held_from = std::max(window.begin, piece.begin);
  absl::string_view text =
      piece.bytes.substr(static_cast<size_t>(held_from - piece.begin),
                         static_cast<size_t>(window.end - held_from));
  if (window.begin < held_from) {
    text_.resize(static_cast<size_t>(held_from - window.begin));
    const Piece before =
        ReadAll(file, window.begin, absl::MakeSpan(&text_[0], text_.size()));
    if (before.bytes.size() == text_.size()) {
      text_.append(text.data(), text.size());
      text = text_;
    } else {
      window.begin = held_from;
    }
  }
  const bool cut_before = window.begin > match.line_start;
  const bool cut_after = window.end < match.known_end;
  const CutSides sides = cut_before
                             ? (cut_after ? CutSides::kBoth : CutSides::kBefore)
                             : (cut_after ? CutSides::kAfter : CutSides::kNone);
  listener->OnMatch(match, TrimCutCharacters(text, sides),
                    sides != CutSides::kNone || match.judged_in_part);
}

absl::StatusOr<AppendReader::TurnEnd> AppendReader::ReadTurn(
    ReadableFile* file, int64_t size_bytes, FilePosition* position,
    Checkpoints* checkpoints, ReadListener* listener) {
  const Turn turn = {
      file,     size_bytes,
      position, checkpoints,
      listener, position->scan.offset_bytes + options_.max_bytes_per_turn};
  const absl::StatusOr<bool> intact = HeadIsIntact(file, position->fingerprint);
  if (!intact.ok()) return intact.status();
  if (!*intact) {
    const absl::Status restarted = Restart(turn);
    if (!restarted.ok()) return restarted;
    return TurnEnd::kMore;
  }
  bool is_far = size_bytes > position->scan.offset_bytes + options_.read_bytes;
  bool may_be_far = true;
  while (position->scan.offset_bytes < turn.end) {
    const int64_t before = position->scan.offset_bytes;
    const absl::StatusOr<Step> step =
        is_far ? ReadManyPieces(turn) : ReadOnePiece(turn);
    if (!step.ok()) return step.status();
    // Lines that are too long for it will be so again.
    if (is_far && position->scan.offset_bytes == before) may_be_far = false;
    is_far = may_be_far && !is_far && *step == Step::kFull;
    if (*step == Step::kAtEnd) return TurnEnd::kCaughtUp;
    if (*step == Step::kRestarted) return TurnEnd::kMore;
  }
  return TurnEnd::kMore;
}

// The next piece, in this thread.
absl::StatusOr<AppendReader::Step> AppendReader::ReadOnePiece(
    const Turn& turn) {
  const int64_t begin = NeededFrom(*turn.position);
  const auto known =
      static_cast<size_t>(turn.position->scan.offset_bytes - begin);
  const Piece piece = ReadFresh(
      turn.file, begin, known, turn.size_bytes,
      buffer_.For(begin, known + static_cast<size_t>(options_.read_bytes)));
  return Take(turn, piece, ScannedLines());
}

// All whole pieces that are left of the turn, if they are worth several
// threads.
absl::StatusOr<AppendReader::Step> AppendReader::ReadManyPieces(
    const Turn& turn) {
  constexpr size_t kWorthIt = 4;
  const int64_t first = turn.position->scan.offset_bytes;
  if (options_.threads < 2 || first < turn.position->skip_until_bytes) {
    return Step::kMore;
  }
  const int64_t piece_bytes = std::min(options_.read_bytes, kAheadBytes);
  const int64_t bytes = std::min(turn.size_bytes, turn.end) - first;
  const auto n = static_cast<size_t>(std::max<int64_t>(bytes / piece_bytes, 0));
  if (n < kWorthIt) return Step::kMore;

  while (ahead_.size() < options_.threads + 2) {
    ahead_.emplace_back(static_cast<size_t>(kLongLine + piece_bytes));
  }
  const int64_t look_behind = look_behind_bytes_;
  const auto read = [&](size_t, size_t i) {
    Ahead& ahead = ahead_[i % ahead_.size()];
    // It begins with the end of the one before, in which its first line may
    // begin.
    const int64_t begin = first + static_cast<int64_t>(i) * piece_bytes;
    const int64_t from = begin - std::min(begin, look_behind);
    const auto size = static_cast<size_t>(begin + piece_bytes - from);
    ahead.piece = ReadOnce(turn.file, from, ahead.buffer.For(from, size));
    if (!ahead.piece.full) return;
    // From the last known byte on: if a line ends with it, one begins here.
    const int64_t scan_from = std::max<int64_t>(begin - 1, 0);
    scanner_.ScanLines(ahead.piece.Between(scan_from, ahead.piece.end()),
                       scan_from, kMaxMatchesAhead, &ahead.found);
  };
  absl::StatusOr<Step> step = Step::kMore;
  ParallelInOrder(options_.threads, n, ahead_.size(), read, [&](size_t i) {
    const Ahead& ahead = ahead_[i % ahead_.size()];
    // What is not as simple as it looked is read again, piece by piece.
    step = Step::kMore;
    if (!ahead.piece.full) return false;
    if (NeededFrom(*turn.position) < ahead.piece.begin) {
      look_behind_bytes_ = std::min(2 * look_behind_bytes_, kLongLine);
      return false;
    }
    step = Take(turn, ahead.piece, ahead.found);
    return step.ok() && *step == Step::kFull;
  });
  return step;
}

// Where a piece has to begin so that it can be taken.
int64_t AppendReader::NeededFrom(const FilePosition& position) const {
  return std::min(
      scanner_.ResumeOffset(position.scan),
      position.scan.offset_bytes - position.fingerprint.tail_bytes());
}

// Goes on with `piece`, in which `found` was found.
absl::StatusOr<AppendReader::Step> AppendReader::Take(
    const Turn& turn, Piece piece, const ScannedLines& found) {
  // Kept when all of the piece has been told, lest a listener that throws
  // leaves half of it behind.
  FilePosition next = *turn.position;
  ScanState& scan = next.scan;
  ContentFingerprint& fingerprint = next.fingerprint;
  const auto known = static_cast<size_t>(scan.offset_bytes - piece.begin);
  if (piece.bytes.size() < known && !piece.status.ok()) return piece.status;
  const auto tail = static_cast<size_t>(fingerprint.tail_bytes());
  if (piece.bytes.size() < known ||
      !fingerprint.MatchesTail(piece.bytes.substr(known - tail, tail))) {
    const absl::Status restarted = Restart(turn);
    if (!restarted.ok()) return restarted;
    return Step::kRestarted;
  }

  const int64_t line_before = scan.line;
  const int64_t skip_until = next.skip_until_bytes;
  if (scan.offset_bytes < skip_until) {
    if (skip_until < piece.end()) {
      piece.bytes = piece.Between(piece.begin, skip_until);
      piece.at_end = false;
    }
    scanner_.Skip(piece.bytes.substr(known), &scan);
  } else if (found.within_line && scan.line_done) {
    AppendScanner::PassInLine(piece.end(), &scan);
  } else {
    if (piece.full) piece.bytes = BeforeLastLine(piece.bytes, known, scan);
    Scan(turn, piece, found, &scan);
  }
  const absl::string_view fresh = piece.bytes.substr(known);
  fingerprint.Append(piece.bytes, fresh);
  totals_.bytes += static_cast<int64_t>(fresh.size());
  totals_.lines += scan.line - line_before;
  if (!fresh.empty() && fresh.back() == '\n') {
    turn.checkpoints->Add(Checkpoint{scan.line, fingerprint});
  }
  *turn.position = next;
  if (piece.full) turn.listener->OnPiece();
  if (!piece.status.ok()) return piece.status;
  if (piece.at_end) return Step::kAtEnd;
  return piece.full ? Step::kFull : Step::kMore;
}

// Scans the piece, apart from the lines in it that are scanned.
void AppendReader::Scan(const Turn& turn, const Piece& piece,
                        const ScannedLines& found, ScanState* scan) {
  const auto on_match = [&](const LineMatch& match) {
    Report(turn.file, piece, match, turn.listener);
  };
  const auto scan_to = [&](int64_t end) {
    scanner_.Scan(piece.Between(scanner_.ResumeOffset(*scan), end), scan,
                  on_match);
  };
  if (found.begin < found.end) {
    scan_to(found.begin);
    scanner_.TakeOver(found, scan, on_match);
  }
  scan_to(piece.end());
}

absl::Status AppendReader::FinishLine(ReadableFile* file,
                                      FilePosition* position,
                                      ReadListener* listener) {
  ScanState& scan = position->scan;
  if (!scanner_.NeedsFinish(scan)) return absl::OkStatus();
  const int64_t begin = scanner_.ResumeOffset(scan);
  const auto size = static_cast<size_t>(scan.offset_bytes - begin);
  const Piece piece = ReadAll(file, begin, buffer_.For(begin, size));
  if (!piece.status.ok()) return piece.status;
  if (piece.bytes.size() < size) return absl::OkStatus();  // it was cut since
  scanner_.Finish(piece.bytes, &scan, [&](const LineMatch& match) {
    Report(file, piece, match, listener);
  });
  return absl::OkStatus();
}

}  // namespace dirwatcher
