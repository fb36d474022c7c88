// How fast the pure parts are, in memory:
//
//   bazel run -c opt //bench:kernel_benchmark

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "bench/corpus.h"
#include "benchmark/benchmark.h"
#include "dirwatch/append_scanner.h"
#include "dirwatch/byte_search.h"
#include "dirwatch/directory_model.h"
#include "dirwatch/event.h"
#include "dirwatch/line_matcher.h"
#include "dirwatch/literal_set.h"
#include "dirwatch/scan_kernels.h"
#include "env/system_clock.h"
#include "logging/byte_sink.h"
#include "logging/logger.h"
#include "sinks/json_event_sink.h"
#include "sinks/log_event_sink.h"

namespace dirwatcher {
namespace {

// Fits the cache next to the processor, so that memory plays no part.
constexpr int64_t kTextBytes = int64_t{256} << 10;

const std::string& Text(CorpusKind kind) {
  static std::string* const texts = new std::string[5];
  std::string& text = texts[static_cast<size_t>(kind)];
  if (text.empty()) CorpusGenerator(kind).Append(kTextBytes, &text);
  return text;
}

const char* NameOf(CorpusKind kind) {
  static const char* const kNames[] = {"rare", "many", "near misses",
                                       "newlines", "one line"};
  return kNames[static_cast<size_t>(kind)];
}

// Literals of which a log has few, each of some words.
std::vector<std::string> Phrases(size_t n) {
  std::vector<std::string> phrases = {std::string(kCorpusMagic),
                                      "deadline exceeded",
                                      "Segmentation fault",
                                      "out of memory",
                                      "panic:",
                                      "FATAL",
                                      "kernel BUG",
                                      "assertion failed",
                                      "No space left",
                                      "Permission denied",
                                      "refused by peer",
                                      "checksum mismatch",
                                      "deadlock",
                                      "corrupted",
                                      "unreachable",
                                      "stack trace"};
  for (const char* what : {"disk", "worker", "queue", "session", "replica",
                           "upstream", "token", "cache"}) {
    for (const char* how : {"not found", "is full", "has expired", "crashed",
                            "overloaded", "was rejected"}) {
      phrases.push_back(absl::StrCat(what, " ", how));
    }
  }
  phrases.resize(n);
  return phrases;
}

// All occurrences in a text; gives the newlines.
template <typename Search>
size_t FindAll(const Search& search, absl::string_view text) {
  size_t newlines = 0;
  for (size_t from = 0;;) {
    const TextHit hit = search.FindCountingLines(text, from);
    newlines += hit.newlines;
    if (hit.begin == TextHit::npos) return newlines;
    from = hit.begin + 1;
  }
}

template <typename Search>
void FindAll(benchmark::State& state, const Search& search, CorpusKind kind) {
  const std::string& text = Text(kind);
  for (auto _ : state) benchmark::DoNotOptimize(FindAll(search, text));
  state.SetBytesProcessed(state.iterations() * kTextBytes);
  state.SetLabel(NameOf(kind));
}

void BM_CountNewlines(benchmark::State& state) {
  const std::string& text = Text(CorpusKind::kRare);
  for (auto _ : state) benchmark::DoNotOptimize(CountNewlines(text));
  state.SetBytesProcessed(state.iterations() * kTextBytes);
}
BENCHMARK(BM_CountNewlines);

void BM_ByteSearch(benchmark::State& state) {
  FindAll(state, ByteSearch(kCorpusMagic, CaseRule::kExact),
          static_cast<CorpusKind>(state.range(0)));
}
BENCHMARK(BM_ByteSearch)->DenseRange(0, 4);

void BM_ByteSearchIgnoringCase(benchmark::State& state) {
  FindAll(state, ByteSearch(kCorpusMagic, CaseRule::kIgnoreAscii),
          static_cast<CorpusKind>(state.range(0)));
}
BENCHMARK(BM_ByteSearchIgnoringCase)->DenseRange(0, 2);

// Goes on to another piece of a long log each time: where literals seem to be
// is nothing that the processor can learn by heart.
void BM_LiteralSet(benchmark::State& state) {
  static const std::string* const log = [] {
    auto* const text = new std::string;
    CorpusGenerator(CorpusKind::kRare).Append(256 * kTextBytes, text);
    return text;
  }();
  const LiteralSet set(Phrases(static_cast<size_t>(state.range(0))),
                       CaseRule::kExact);
  std::string piece;
  size_t at = 0;
  for (auto _ : state) {
    piece.assign(*log, at, kTextBytes);  // now in the cache
    at = (at + kTextBytes) % log->size();
    const absl::Time start = absl::Now();
    benchmark::DoNotOptimize(FindAll(set, piece));
    state.SetIterationTime(absl::ToDoubleSeconds(absl::Now() - start));
  }
  state.SetBytesProcessed(state.iterations() * kTextBytes);
}
BENCHMARK(BM_LiteralSet)->Arg(2)->Arg(8)->Arg(16)->Arg(64)->UseManualTime();

void BM_AppendScanner(benchmark::State& state) {
  const auto kind = static_cast<CorpusKind>(state.range(0));
  const LineMatcher matcher =
      *LineMatcher::Create({std::string(kCorpusMagic)}, {});
  const AppendScanner scanner(&matcher);
  for (auto _ : state) {
    ScanState scan;
    int64_t matches = 0;
    scanner.Scan(Text(kind), &scan, [&](const LineMatch&) { ++matches; });
    benchmark::DoNotOptimize(matches);
  }
  state.SetBytesProcessed(state.iterations() * kTextBytes);
  state.SetLabel(NameOf(kind));
}
BENCHMARK(BM_AppendScanner)->DenseRange(0, 4);

void BM_Regex(benchmark::State& state) {
  const char* const regexes[] = {"upstream timed (out|in)", "[A-Z]{4}[0-9]"};
  LineMatcherOptions options;
  options.syntax = MagicSyntax::kRegex;
  const LineMatcher matcher =
      *LineMatcher::Create({regexes[state.range(0)]}, options);
  const AppendScanner scanner(&matcher);
  for (auto _ : state) {
    ScanState scan;
    scanner.Scan(Text(CorpusKind::kRare), &scan, [](const LineMatch&) {});
  }
  state.SetBytesProcessed(state.iterations() * kTextBytes);
  state.SetLabel(regexes[state.range(0)]);
}
BENCHMARK(BM_Regex)->DenseRange(0, 1);

class NullSink : public ByteSink {
 public:
  WriteResult Write(absl::string_view bytes) override {
    return {bytes.size(), absl::OkStatus()};
  }
};

class NullLogger : public Logger {
 private:
  void Write(LogLevel, absl::string_view text, SourceLocation) override {
    benchmark::DoNotOptimize(text.data());
  }
};

LineMatched Match() {
  static const std::string* const line =
      new std::string(Text(CorpusKind::kMany).substr(0, 110));
  LineMatched match;
  match.file = "service.log";
  match.line = 123456;
  match.offset_bytes = 13580160;
  match.magic = kCorpusMagic;
  match.text = *line;
  return match;
}

void BM_JsonEvent(benchmark::State& state) {
  SystemClock clock;
  NullSink out;
  NullLogger logger;
  JsonEventSink sink(&clock, &out, &logger);
  const Event event = Match();
  for (auto _ : state) sink.OnEvent(event);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_JsonEvent);

void BM_LogEvent(benchmark::State& state) {
  NullLogger logger;
  LogEventSink sink(&logger);
  const Event event = Match();
  for (auto _ : state) sink.OnEvent(event);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_LogEvent);

Snapshot Listed(int64_t files) {
  Snapshot snapshot;
  for (int64_t i = 0; i < files; ++i) {
    FileStat stat;
    // In an order of their own, as on a disk.
    stat.id = {1, static_cast<uint64_t>(i * 7919 % files) + 1, 0};
    snapshot.Add(absl::StrCat("service-", absl::Dec(i, absl::kZeroPad8)), stat);
  }
  return snapshot;
}

void BM_ModelTakesOverAListing(benchmark::State& state) {
  const Snapshot snapshot = Listed(state.range(0));
  for (auto _ : state) {
    DirectoryModel model;
    benchmark::DoNotOptimize(model.Sync(snapshot).size());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_ModelTakesOverAListing)->Arg(1000)->Arg(100'000);

void BM_ModelSeesNoChange(benchmark::State& state) {
  const Snapshot snapshot = Listed(state.range(0));
  DirectoryModel model;
  model.Sync(snapshot);
  for (auto _ : state) benchmark::DoNotOptimize(model.Sync(snapshot).size());
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_ModelSeesNoChange)->Arg(1000)->Arg(100'000);

}  // namespace
}  // namespace dirwatcher

BENCHMARK_MAIN();
