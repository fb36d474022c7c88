// Piece: what one read of a file brought, and where it stands in the file.

#ifndef DIRWATCHER_DIRWATCH_PIECE_H_
#define DIRWATCHER_DIRWATCH_PIECE_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "env/file_system.h"

namespace dirwatcher {

struct Piece {
  absl::string_view bytes;  // of the file from `begin` on, in the caller's
  int64_t begin = 0;        // buffer
  bool at_end = false;      // the file ends where the piece does
  bool full = false;        // it is as long as was asked for
  absl::Status status;      // why it is short, if not for the end of the file

  int64_t end() const { return begin + static_cast<int64_t>(bytes.size()); }

  // The bytes [from, to) of the file. REQUIRES: they are in the piece.
  absl::string_view Between(int64_t from, int64_t to) const {
    return bytes.substr(static_cast<size_t>(from - begin),
                        static_cast<size_t>(to - from));
  }
};

// Fills `buffer` as far as the file goes, with as many reads as it takes.
Piece ReadAll(ReadableFile* file, int64_t begin, absl::Span<char> buffer);

// Reads `known` bytes that were seen before and, in the same read, what follows
// them; fewer than the buffer holds if that is what the read brought. Where the
// file system gives less than that at once, it is read twice, and if it is not
// the same then, the piece is empty and its status ABORTED.
//
// Where the file ended a moment ago, at `size_bytes`, is believed to be its end
// if the read brings something new, goes so far and no further.
// REQUIRES: known < buffer.size().
Piece ReadFresh(ReadableFile* file, int64_t begin, size_t known,
                int64_t size_bytes, absl::Span<char> buffer);

// Reads once, to the end of the buffer or, if that is what the read brought,
// not so far; `at_end` is not told.
Piece ReadOnce(ReadableFile* file, int64_t begin, absl::Span<char> buffer);

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_PIECE_H_
