#include "dirwatch/piece.h"

#include <vector>

#include "absl/status/statusor.h"

namespace dirwatcher {

Piece ReadAll(ReadableFile* file, int64_t begin, absl::Span<char> buffer) {
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

Piece ReadOnce(ReadableFile* file, int64_t begin, absl::Span<char> buffer) {
  Piece piece;
  piece.begin = begin;
  const absl::StatusOr<size_t> n = file->ReadAt(begin, buffer);
  if (!n.ok()) {
    piece.status = n.status();
    return piece;
  }
  piece.bytes = absl::string_view(buffer.data(), *n);
  piece.full = *n == buffer.size();
  return piece;
}

Piece ReadFresh(ReadableFile* file, int64_t begin, size_t known,
                int64_t size_bytes, absl::Span<char> buffer) {
  Piece piece = ReadOnce(file, begin, buffer);
  piece.at_end = piece.status.ok() && !piece.full && piece.end() == size_bytes;
  if (piece.at_end && piece.bytes.size() > known) return piece;
  if (piece.bytes.size() <= known) {
    // Nothing new, or a read so short that the known bytes and the new ones
    // come from different calls. Between those the file may have been
    // rewritten: such a piece counts only if it reads the same twice.
    piece = ReadAll(file, begin, buffer);
    if (piece.bytes.size() <= known) return piece;
    std::vector<char> again(piece.bytes.size());
    if (ReadAll(file, begin, absl::MakeSpan(again)).bytes != piece.bytes) {
      piece.bytes = piece.bytes.substr(0, 0);
      piece.at_end = false;
      piece.status = absl::AbortedError("it changes while it is read");
    }
    return piece;
  }
  if (!piece.full) {
    const absl::StatusOr<size_t> more =
        file->ReadAt(piece.end(), buffer.subspan(piece.bytes.size(), 1));
    piece.at_end = more.ok() && *more == 0;
  }
  return piece;
}

}  // namespace dirwatcher
