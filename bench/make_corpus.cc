// Writes a corpus to standard output, the same bytes every time:
//
//   bazel run -c opt //bench:make_corpus -- rare 2147483648 >rare.txt

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "bench/corpus.h"

int main(int argc, char** argv) {
  using dirwatcher::CorpusKind;
  const std::map<std::string, CorpusKind> kinds = {
      {"rare", CorpusKind::kRare},
      {"many", CorpusKind::kMany},
      {"near_misses", CorpusKind::kNearMisses},
      {"newlines", CorpusKind::kNewlines},
      {"one_line", CorpusKind::kOneLine}};
  const auto kind = argc == 3 ? kinds.find(argv[1]) : kinds.end();
  int64_t left = argc == 3 ? std::atoll(argv[2]) : 0;
  if (kind == kinds.end() || left <= 0) {
    std::fputs(
        "usage: make_corpus rare|many|near_misses|newlines|one_line BYTES\n",
        stderr);
    return 2;
  }
  dirwatcher::CorpusGenerator corpus(kind->second);
  while (left > 0) {
    std::string piece;
    corpus.Append(std::min(left, int64_t{1} << 20), &piece);
    if (std::fwrite(piece.data(), 1, piece.size(), stdout) != piece.size()) {
      std::perror("make_corpus");
      return 1;
    }
    left -= static_cast<int64_t>(piece.size());
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}
