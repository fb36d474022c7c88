#include "bench/corpus.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"

namespace dirwatcher {
namespace {

constexpr absl::string_view kHosts[] = {"web-01", "web-02",   "web-07",
                                        "db-03",  "cache-11", "edge-04"};
constexpr absl::string_view kPrograms[] = {"nginx", "gateway", "billing",
                                           "sessiond", "indexer"};
constexpr absl::string_view kTexts[] = {
    "request served",
    "cache hit for key",
    "user session was refreshed",
    "upstream answered after retry",
    "configuration reloaded without changes",
    "slow query was written to the log",
    "health check passed",
    "connection timed out, retrying",
};

constexpr int64_t kOneLineSpacing = 1000000;

}  // namespace

// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
// generators", OOPSLA 2014).
uint64_t CorpusGenerator::Random(uint64_t below) {
  uint64_t z = state_ += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (z ^ (z >> 31)) % below;
}

void CorpusGenerator::MakeLine() {
  ++lines_;
  if (kind_ == CorpusKind::kNewlines) {
    rest_.append(4096, '\n');
    return;
  }
  const uint64_t second = lines_ / 700;
  const auto two_digits = [](uint64_t n) {
    return absl::StrCat(absl::Dec(n, absl::kZeroPad2));
  };
  std::string line =
      absl::StrCat("2026-03-", two_digits(1 + second / 86400 % 28), "T",
                   two_digits(second / 3600 % 24), ":",
                   two_digits(second / 60 % 60), ":", two_digits(second % 60),
                   ".", absl::Dec(Random(1000000), absl::kZeroPad6), "Z ");
  absl::StrAppend(&line, kHosts[Random(std::size(kHosts))], " ",
                  kPrograms[Random(std::size(kPrograms))], "[", Random(32768),
                  "]: status=", 200 + Random(4) * 100, " path=/v1/items/",
                  Random(100000), " ");
  const uint64_t one_in = kind_ == CorpusKind::kMany ? 10 : 10000;
  if (kind_ == CorpusKind::kOneLine) {
    if (lines_ % (kOneLineSpacing / 110) == 0) {
      absl::StrAppend(&line, kCorpusMagic);
    }
  } else if (Random(one_in) == 0) {
    absl::StrAppend(&line, kCorpusMagic);
  } else if (kind_ == CorpusKind::kNearMisses && lines_ % 2 == 0) {
    absl::StrAppend(&line, kCorpusMagic.substr(0, kCorpusMagic.size() - 1),
                    "k");
  } else {
    absl::StrAppend(&line, kTexts[Random(std::size(kTexts))]);
  }
  absl::StrAppend(&line, " in ", Random(5000), " ms");
  if (kind_ != CorpusKind::kOneLine) line.push_back('\n');
  rest_ += line;
}

void CorpusGenerator::Append(int64_t size_bytes, std::string* out) {
  while (static_cast<int64_t>(rest_.size()) < size_bytes) {
    MakeLine();
    if (rest_.size() >= (size_t{1} << 20)) {
      const size_t n = std::min(rest_.size(), static_cast<size_t>(size_bytes));
      out->append(rest_, 0, n);
      rest_.erase(0, n);
      size_bytes -= static_cast<int64_t>(n);
    }
  }
  out->append(rest_, 0, static_cast<size_t>(size_bytes));
  rest_.erase(0, static_cast<size_t>(size_bytes));
}

}  // namespace dirwatcher
