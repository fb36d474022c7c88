// History: what happens to a directory and to its watcher in one simulated run.
// Testonly. A plain list of steps, so that it can be generated from a seed,
// printed, and shrunk by leaving steps out.

#ifndef DIRWATCHER_DIRWATCH_SIMULATION_HISTORY_H_
#define DIRWATCHER_DIRWATCH_SIMULATION_HISTORY_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dirwatcher {

// One thing that happens. `a`, `b` and `n` choose among the names, places and
// texts of the simulated world; their meaning is said beside each kind.
struct Step {
  enum class Kind {
    // The world moves.
    kAppend,           // to name a: text n (made if missing)
    kOpenWriter,       // writer b on name a; n odd: not O_APPEND
    kWriterAppend,     // writer b: text n
    kWriterTruncate,   // writer b empties its file
    kRename,           // name a to name b
    kExchange,         // names a and b
    kRemove,           // name a
    kLink,             // name b is another one for the file a
    kSymlink,          // name b leads to a
    kTruncate,         // name a: cut to n per cent, or at a line end
    kRewrite,          // name a: new content; n odd: of the same length
    kMakeFifo,         // name a
    kMakeDirectoryAt,  // name a
    kSetReadable,      // name a; n odd: readable
    kRemoveDirectory,  // the watched one, with all in it
    kMoveDirectory,    // the watched one away, or back
    kMakeDirectory,    // the watched one, if it is missing
    kSwapDirectory,    // the watched one for another
    kAdvanceTime,      // the clock of the file system, within an interval
    // The watcher is called.
    kPoll,
    kPollChanged,  // with the true hints; n odd: some are lost, some added
    // Something goes wrong in the next poll, at call `at_call`.
    kFail,       // with error n
    kShortRead,  // after n bytes
  };
  static constexpr int kKinds = 23;

  Kind kind = Kind::kPoll;
  int a = 0;
  int b = 0;
  int n = 0;
  // -1: before the next poll; else inside it, before its so-manieth call.
  int at_call = -1;
};

// The names of the simulated world: a.log, b.log and c.log are watched, a.log.1
// and x.tmp stand beside them, two more in another directory.
constexpr int kSimulatedNames = 7;
std::string SimulatedName(int index);  // the path

// Programs that keep a file open for writing.
constexpr int kSimulatedWriters = 2;

// How the world and the watcher are set up.
struct Setup {
  bool birth_times = false;  // does the file system record them
  int entry_hints = 0;       // as in EntryHints
  size_t max_open_files = 1000;
  int64_t read_bytes = 64;
  int64_t max_bytes_per_turn = 1 << 20;
  bool notifications = false;
  size_t files_per_sweep = 1000;
};

struct History {
  uint64_t seed = 0;
  Setup setup;
  std::vector<Step> steps;
};

// The same history for the same seed, for ever on one build.
History GenerateHistory(uint64_t seed);

// One line a step, readable.
std::string Describe(const History& history);

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_SIMULATION_HISTORY_H_
