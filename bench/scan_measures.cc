#include "bench/scan_measures.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "bench/corpora.h"
#include "bench/corpus.h"
#include "bench/process_run.h"
#include "bench/result_table.h"

namespace dirwatcher {
namespace {

using Words = std::vector<std::string>;

struct Scan {
  std::string name;
  absl::optional<CorpusKind> corpus;  // none: the many small files
  Words magics;
  bool regex = false;
  Words peer_options;  // of rg
  double bar = 1;
};

const Words& Literals() {
  // What one looks for in logs; the corpora have the first one only.
  static const Words* const literals = new Words{
      std::string(kCorpusMagic),
      "connection refused",
      "segfault at",
      "Out of memory",
      "No space left on device",
      "Permission denied",
      "Traceback (most recent call last)",
      "panic: runtime error",
      "deadlock detected",
      "checksum mismatch",
      "Too many open files",
      "certificate has expired",
      "assertion failed",
      "core dumped",
      "I/O error",
      "quota exceeded",
  };
  return *literals;
}

Words Join(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

Command OwnCommand(const Scan& scan, const MeasureContext& context,
                   const std::string& dir) {
  Words argv = {context.dirwatcher, "--once", "--json"};
  if (scan.regex) argv.push_back("--regex");
  argv.push_back(dir);
  return {Join(std::move(argv), scan.magics)};
}

Command PeerCommand(const Scan& scan, const Words& options,
                    const std::string& path) {
  Words argv = Join({"rg"}, options);
  for (const std::string& magic : scan.magics) {
    argv.push_back("-e");
    argv.push_back(magic);
  }
  argv.push_back(path);
  return {std::move(argv), {0, 1}};  // 1: no line matches
}

// What dirwatcher and rg find must be the same, or their times say nothing.
absl::Status CheckSameMatches(const Scan& scan, const Command& own,
                              const std::string& path) {
  int64_t own_matches = 0;
  const auto own_run = RunReading(own, [&](absl::string_view line) {
    own_matches += absl::StrContains(line, "\"event\":\"match\"");
  });
  if (!own_run.ok()) return own_run.status();
  // "PATH:COUNT" for each file with matches.
  Words options = {"-c", "--with-filename", "--no-mmap"};
  if (!scan.regex) options.push_back("-F");
  int64_t peer_matches = 0;
  const auto peer_run =
      RunReading(PeerCommand(scan, options, path), [&](absl::string_view line) {
        int64_t count = 0;
        if (absl::SimpleAtoi(line.substr(line.rfind(':') + 1), &count)) {
          peer_matches += count;
        }
      });
  if (!peer_run.ok()) return peer_run.status();
  if (own_matches == peer_matches) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("dirwatcher finds ", own_matches,
                                          " lines, rg ", peer_matches));
}

absl::StatusOr<ResultRow> RunScan(const Scan& scan,
                                  const MeasureContext& context) {
  const absl::StatusOr<std::string> dir =
      scan.corpus.has_value() ? context.corpora.Text(*scan.corpus)
                              : context.corpora.SmallFiles();
  if (!dir.ok()) return dir.status();
  const std::string path = scan.corpus.has_value() ? *dir + "/a.txt" : *dir;
  const Command own = OwnCommand(scan, context, *dir);
  absl::Status status = CheckSameMatches(scan, own, path);
  if (!status.ok()) return status;
  const absl::StatusOr<PairedTimes> times = RunPaired(
      own, PeerCommand(scan, scan.peer_options, path), context.rounds);
  if (!times.ok()) return times.status();
  return PairedRow(scan.name, "rg", *times);
}

absl::StatusOr<ResultRow> RunShareOfRead(absl::string_view name,
                                         const MeasureContext& context) {
  const absl::StatusOr<std::string> dir =
      context.corpora.Text(CorpusKind::kRare);
  if (!dir.ok()) return dir.status();
  const auto read_file = [&](int kib) -> Command {
    return {{context.peers + "/read_file", absl::StrCat(kib * 1024),
             *dir + "/a.txt"}};
  };
  int best_kib = 0;
  double best_seconds = std::numeric_limits<double>::infinity();
  // The first run is slower: it may read from the disk.
  absl::StatusOr<TimedRun> run = RunTimed(read_file(1024));
  if (!run.ok()) return run.status();
  for (int round = 0; round < 3; ++round) {
    for (const int kib : {512, 1024, 2048}) {
      run = RunTimed(read_file(kib));
      if (!run.ok()) return run.status();
      if (run->seconds < best_seconds) {
        best_seconds = run->seconds;
        best_kib = kib;
      }
    }
  }
  const absl::StatusOr<PairedTimes> times =
      RunPaired({{context.dirwatcher, "--once", "--json", *dir,
                  std::string(kCorpusMagic)}},
                read_file(best_kib), context.rounds);
  if (!times.ok()) return times.status();
  return PairedRow(name, absl::StrCat("read() of ", best_kib, " KiB"), *times);
}

// A measure of one row whose ratio must reach `bar`.
template <typename Run>
Measure RatioMeasure(const std::string& name, double bar, const Run& run) {
  return MakeMeasure(name, BarAtLeast(bar),
                     [bar, run](const MeasureContext& context)
                         -> absl::StatusOr<std::vector<ResultRow>> {
                       absl::StatusOr<ResultRow> row = run(context);
                       if (!row.ok()) return row.status();
                       SetBarAtLeast(bar, &*row);
                       return std::vector<ResultRow>{*row};
                     });
}

}  // namespace

std::vector<Measure> ScanMeasures() {
  const Words magic = {std::string(kCorpusMagic)};
  const Words literal = {"-nF", "--no-mmap", "-j1"};
  const Words regex = {"-n", "--no-mmap", "-j1"};
  const Words json = {"--json", "-F", "--no-mmap", "-j1"};
  const Words two_threads = {"-nF", "--no-mmap", "-j2"};
  const std::vector<Scan> scans = {
      {"rare: 1 line of 10,000", CorpusKind::kRare, magic, false, literal, 1.6},
      {"many: 1 line of 10", CorpusKind::kMany, magic, false, json, 2},
      {"near misses: every other line", CorpusKind::kNearMisses, magic, false,
       literal, 1.3},
      {"newlines alone", CorpusKind::kNewlines, magic, false, literal, 1.5},
      {"one line", CorpusKind::kOneLine, magic, false, literal, 20},
      {"16 literals", CorpusKind::kRare, Literals(), false, literal, 1.3},
      {"regex with a literal",
       CorpusKind::kRare,
       {"upstream timed (out|in)"},
       true,
       regex,
       1},
      {"regex without a literal",
       CorpusKind::kRare,
       {"[A-Z]{4}[0-9]"},
       true,
       regex,
       1},
      {"catch-up of small files", {}, magic, false, two_threads, 1},
  };
  std::vector<Measure> result;
  for (const Scan& scan : scans) {
    result.push_back(RatioMeasure(scan.name, scan.bar,
                                  [scan](const MeasureContext& context) {
                                    return RunScan(scan, context);
                                  }));
  }
  const std::string share = "share of read()";
  result.insert(
      result.begin() + 1,
      RatioMeasure(share, 0.65, [share](const MeasureContext& context) {
        return RunShareOfRead(share, context);
      }));
  return result;
}

}  // namespace dirwatcher
