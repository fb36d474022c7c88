// Corpora: the files and directories that are measured, kept on disk.

#ifndef DIRWATCHER_BENCH_CORPORA_H_
#define DIRWATCHER_BENCH_CORPORA_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "bench/corpus.h"

namespace dirwatcher {

// Each method makes what it is named after if it is not there in the right
// size, and returns its path. The errors are those of the file system.
// Thread-compatible.
class Corpora {
 public:
  // Below `dir`, an absolute path; all sizes and numbers are multiplied by
  // `scale`.
  Corpora(absl::string_view dir, double scale) : dir_(dir), scale_(scale) {}

  // A directory with one file, a.txt: 2 GiB of log lines, 500 MB of newlines or
  // a line of 1 GB.
  absl::StatusOr<std::string> Text(CorpusKind kind) const;

  // A directory with 10,000 files of 100 KiB, with log lines of kRare.
  absl::StatusOr<std::string> SmallFiles() const;

  // A directory with 1,000,000 empty files; their names have 20 bytes.
  absl::StatusOr<std::string> Million() const;
  int64_t MillionScaled() const;

  // A file in no directory of the others that is newer than all of them.
  absl::StatusOr<std::string> Newer() const;

  // A directory with `files` empty files, made afresh. Their names are
  // app-0000.txt and so on.
  absl::StatusOr<std::string> Fresh(absl::string_view name, int files) const;

  // Removes what Fresh has made.
  absl::Status RemoveFresh() const;

  // Removes all of the above, and the directory if nothing else is in it.
  absl::Status Clean() const;

 private:
  int64_t Scaled(double size) const;

  const std::string dir_;
  const double scale_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_BENCH_CORPORA_H_
