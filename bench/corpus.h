// Corpora for benchmarks: log files that are the same bytes every time.

#ifndef DIRWATCHER_BENCH_CORPUS_H_
#define DIRWATCHER_BENCH_CORPUS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace dirwatcher {

// What the lines of a corpus are searched for.
constexpr absl::string_view kCorpusMagic = "upstream timed out";

enum class CorpusKind {
  kRare,        // 1 line in 10,000 contains the magic
  kMany,        // 1 line in 10 does
  kNearMisses,  // as kRare, and every other line contains all but the last byte
  kNewlines,    // nothing but newlines
  kOneLine,     // no newline at all, and the magic once in a million bytes
};

// Makes the corpus piece by piece. A log line has 120 bytes on average, like
//   2026-03-01T12:00:00.123456Z web-07 nginx[4711]: status=200 path=/v1/items/9
//   ...
// Thread-compatible.
class CorpusGenerator {
 public:
  // Different seeds give different lines of the same kind.
  explicit CorpusGenerator(CorpusKind kind, uint64_t seed = 1)
      : kind_(kind), state_(seed) {}

  // Appends exactly `size_bytes` to `out`, going on where the last call ended.
  void Append(int64_t size_bytes, std::string* out);

 private:
  uint64_t Random(uint64_t below);
  void MakeLine();

  const CorpusKind kind_;
  uint64_t state_;
  uint64_t lines_ = 0;
  std::string rest_;  // of what was made, not yet handed out
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_BENCH_CORPUS_H_
