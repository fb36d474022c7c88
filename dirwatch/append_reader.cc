#include "dirwatch/append_reader.h"

#include <string.h>

#include <algorithm>
#include <vector>

#include "dirwatch/scan_kernels.h"

namespace dirwatcher {
namespace {

// `bytes` up to where the last line in them begins, as a line that goes on
// behind them is better seen in the next piece, in whole. All of them if no
// line begins behind the `known` ones, or the last one is very long. `scan`
// stands at the end of the known ones.
absl::string_view BeforeLastLine(absl::string_view bytes, size_t known,
                                 const ScanState& scan) {
  // Longer lines are not worth the search.
  constexpr size_t kLongLine = size_t{64} << 10;
  const size_t from =
      std::max(known, bytes.size() - std::min(bytes.size(), kLongLine));
  const void* const newline =
      memrchr(bytes.data() + from, '\n', bytes.size() - from);
  if (newline != nullptr) {
    const auto size = static_cast<const char*>(newline) + 1 - bytes.data();
    return bytes.substr(0, static_cast<size_t>(size));
  }
  // The line that begins behind a hole.
  if (scan.line_start != scan.offset_bytes) return bytes;
  const size_t nuls = CountLeadingNuls(bytes.substr(known));
  return nuls == 0 ? bytes : bytes.substr(0, known + nuls);
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
      buffer_bytes_(BufferBytes(*scanner, options)),
      buffer_(new char[buffer_bytes_]) {}

AppendReader::Piece AppendReader::ReadAll(ReadableFile* file, int64_t begin,
                                          absl::Span<char> buffer) {
  Piece piece;
  piece.begin = begin;
  size_t filled = 0;
  while (filled < buffer.size()) {
    const absl::StatusOr<size_t> n = file->ReadAt(
        begin + static_cast<int64_t>(filled), buffer.subspan(filled));
    if (!n.ok()) {
      piece.status = n.status();
      break;
    }
    if (*n == 0) {
      piece.at_end = true;
      break;
    }
    filled += *n;
  }
  piece.bytes = absl::string_view(buffer.data(), filled);
  piece.full = filled == buffer.size();
  return piece;
}

AppendReader::Piece AppendReader::ReadFresh(ReadableFile* file, int64_t begin,
                                            size_t known) {
  const absl::Span<char> buffer =
      absl::MakeSpan(buffer_.get(), buffer_bytes_)
          .subspan(0, known + static_cast<size_t>(options_.read_bytes));
  const absl::StatusOr<size_t> n = file->ReadAt(begin, buffer);
  if (!n.ok() || *n <= known) {
    // Nothing new, or a read so short that the known bytes and the new ones
    // come from different calls. Between those the file may have been
    // rewritten: such a piece counts only if it reads the same twice.
    Piece piece = ReadAll(file, begin, buffer);
    if (piece.bytes.size() <= known) return piece;
    std::vector<char> again(piece.bytes.size());
    if (ReadAll(file, begin, absl::MakeSpan(again)).bytes != piece.bytes) {
      piece.bytes = piece.bytes.substr(0, 0);
      piece.at_end = false;
      piece.status = absl::AbortedError("it changes while it is read");
    }
    return piece;
  }
  Piece piece;
  piece.begin = begin;
  piece.bytes = absl::string_view(buffer.data(), *n);
  piece.full = *n == buffer.size();
  if (!piece.full) {
    const absl::StatusOr<size_t> more =
        file->ReadAt(begin + static_cast<int64_t>(*n), buffer.subspan(*n, 1));
    piece.at_end = more.ok() && *more == 0;
  }
  return piece;
}

absl::StatusOr<bool> AppendReader::HeadIsIntact(
    ReadableFile* file, const ContentFingerprint& fingerprint) {
  const auto size = static_cast<size_t>(fingerprint.head_bytes());
  if (size == 0) return true;
  const Piece head = ReadAll(
      file, 0, absl::MakeSpan(buffer_.get(), buffer_bytes_).subspan(0, size));
  if (!head.status.ok()) return head.status;
  return head.bytes.size() == size && fingerprint.MatchesHead(head.bytes);
}

absl::Status AppendReader::Restart(ReadableFile* file, FilePosition* position,
                                   Checkpoints* checkpoints,
                                   ReadListener* listener) {
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
    const Piece tail =
        ReadAll(file, size - tail_bytes,
                absl::MakeSpan(buffer_.get(), buffer_bytes_)
                    .subspan(0, static_cast<size_t>(tail_bytes)));
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
  listener->OnTruncated();
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
    ReadableFile* file, FilePosition* position, Checkpoints* checkpoints,
    ReadListener* listener) {
  const absl::StatusOr<bool> intact = HeadIsIntact(file, position->fingerprint);
  if (!intact.ok()) return intact.status();
  if (!*intact) {
    const absl::Status restarted =
        Restart(file, position, checkpoints, listener);
    if (!restarted.ok()) return restarted;
    return TurnEnd::kMore;
  }
  ScanState& scan = position->scan;
  ContentFingerprint& fingerprint = position->fingerprint;
  const int64_t turn_end = scan.offset_bytes + options_.max_bytes_per_turn;
  while (scan.offset_bytes < turn_end) {
    const int64_t resume = scanner_.ResumeOffset(scan);
    const int64_t tail_begin = scan.offset_bytes - fingerprint.tail_bytes();
    const int64_t begin = std::min(resume, tail_begin);
    const auto known = static_cast<size_t>(scan.offset_bytes - begin);
    Piece piece = ReadFresh(file, begin, known);
    if (piece.bytes.size() < known && !piece.status.ok()) return piece.status;
    const auto tail = static_cast<size_t>(fingerprint.tail_bytes());
    if (piece.bytes.size() < known ||
        !fingerprint.MatchesTail(piece.bytes.substr(known - tail, tail))) {
      const absl::Status restarted =
          Restart(file, position, checkpoints, listener);
      if (!restarted.ok()) return restarted;
      return TurnEnd::kMore;
    }

    const int64_t line_before = scan.line;
    const bool skip = scan.offset_bytes < position->skip_until_bytes;
    if (skip) {
      const auto limit =
          static_cast<size_t>(position->skip_until_bytes - piece.begin);
      if (limit < piece.bytes.size()) {
        piece.bytes = piece.bytes.substr(0, limit);
        piece.at_end = false;
      }
      scanner_.Skip(piece.bytes.substr(known), &scan);
    } else {
      if (piece.full) piece.bytes = BeforeLastLine(piece.bytes, known, scan);
      scanner_.Scan(
          piece.bytes.substr(static_cast<size_t>(resume - piece.begin)), &scan,
          [&](const LineMatch& match) {
            Report(file, piece, match, listener);
          });
    }
    const absl::string_view fresh = piece.bytes.substr(known);
    fingerprint.Append(piece.bytes, fresh);
    totals_.bytes += static_cast<int64_t>(fresh.size());
    totals_.lines += scan.line - line_before;
    if (!fresh.empty() && fresh.back() == '\n') {
      checkpoints->Add(Checkpoint{scan.line, fingerprint});
    }
    if (!piece.status.ok()) return piece.status;
    if (piece.at_end) return TurnEnd::kCaughtUp;
  }
  return TurnEnd::kMore;
}

absl::Status AppendReader::FinishLine(ReadableFile* file,
                                      FilePosition* position,
                                      ReadListener* listener) {
  ScanState& scan = position->scan;
  if (!scanner_.NeedsFinish(scan)) return absl::OkStatus();
  const int64_t begin = scanner_.ResumeOffset(scan);
  const auto size = static_cast<size_t>(scan.offset_bytes - begin);
  const Piece piece =
      ReadAll(file, begin,
              absl::MakeSpan(buffer_.get(), buffer_bytes_).subspan(0, size));
  if (!piece.status.ok()) return piece.status;
  if (piece.bytes.size() < size) return absl::OkStatus();  // it was cut since
  scanner_.Finish(piece.bytes, &scan, [&](const LineMatch& match) {
    Report(file, piece, match, listener);
  });
  return absl::OkStatus();
}

}  // namespace dirwatcher
