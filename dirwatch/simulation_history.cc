#include "dirwatch/simulation_history.h"

#include <random>

#include "absl/strings/str_cat.h"

namespace dirwatcher {
namespace {

using Kind = Step::Kind;

// How often each kind comes up, relative to the others.
struct Weight {
  Kind kind;
  int calm;   // in a history about appending and rotating
  int rough;  // in one about everything
};
constexpr Weight kWeights[] = {
    {Kind::kAppend, 30, 20},        {Kind::kOpenWriter, 3, 4},
    {Kind::kWriterAppend, 8, 8},    {Kind::kWriterTruncate, 1, 2},
    {Kind::kRename, 6, 10},         {Kind::kExchange, 1, 2},
    {Kind::kRemove, 3, 6},          {Kind::kLink, 1, 3},
    {Kind::kSymlink, 0, 2},         {Kind::kTruncate, 3, 5},
    {Kind::kRewrite, 2, 4},         {Kind::kMakeFifo, 0, 1},
    {Kind::kMakeDirectoryAt, 0, 1}, {Kind::kSetReadable, 0, 3},
    {Kind::kRemoveDirectory, 0, 1}, {Kind::kMoveDirectory, 0, 2},
    {Kind::kMakeDirectory, 1, 3},   {Kind::kSwapDirectory, 0, 1},
    {Kind::kAdvanceTime, 3, 3},     {Kind::kPoll, 25, 20},
    {Kind::kPollChanged, 0, 0},     {Kind::kFail, 0, 0},
    {Kind::kShortRead, 0, 0},
};

class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) { history_.seed = seed; }

  History Generate() {
    Setup& setup = history_.setup;
    setup.birth_times = Chance(50);
    setup.entry_hints = Chance(70) ? 0 : Below(3);
    setup.max_open_files =
        Chance(60) ? 1000 : static_cast<size_t>(1 + Below(3));
    setup.read_bytes = Chance(50) ? 1 + Below(40) : 1000;
    setup.max_bytes_per_turn = Chance(70) ? 1 << 20 : 1 + Below(60);
    setup.notifications = Chance(40);
    if (setup.notifications && Chance(50)) setup.files_per_sweep = 1;

    const bool rough = Chance(60);
    const bool interleaved = Chance(50);
    const bool faulty = Chance(40);
    const int size = 5 + Below(45);
    for (int i = 0; i < size; ++i) {
      Step step;
      step.kind = PickKind(rough, faulty);
      step.a = PickName();
      step.b = PickName();
      step.n = Below(1000);
      const bool is_fault =
          step.kind == Kind::kFail || step.kind == Kind::kShortRead;
      const bool is_poll =
          step.kind == Kind::kPoll || step.kind == Kind::kPollChanged;
      if (is_fault || (interleaved && !is_poll && Chance(40))) {
        step.at_call = Chance(70) ? Below(12) : Below(50);
      }
      history_.steps.push_back(step);
    }
    return history_;
  }

 private:
  Kind PickKind(bool rough, bool faulty) {
    if (faulty && Chance(15)) {
      return Chance(60) ? Kind::kFail : Kind::kShortRead;
    }
    if (history_.setup.notifications && Chance(12)) return Kind::kPollChanged;
    int total = 0;
    for (const Weight& weight : kWeights)
      total += rough ? weight.rough : weight.calm;
    int pick = Below(total);
    for (const Weight& weight : kWeights) {
      pick -= rough ? weight.rough : weight.calm;
      if (pick < 0) return weight.kind;
    }
    return Kind::kPoll;
  }

  // The first names come up most, so that histories are about few files.
  int PickName() { return Chance(60) ? Below(2) : Below(kSimulatedNames); }

  int Below(int limit) {
    return static_cast<int>(random_() % static_cast<uint64_t>(limit));
  }
  bool Chance(int per_cent) { return Below(100) < per_cent; }

  std::mt19937_64 random_;
  History history_;
};

std::string Describe(const Step& step) {
  const std::string a = SimulatedName(step.a);
  const std::string b = SimulatedName(step.b);
  const std::string n = absl::StrCat(step.n);
  switch (step.kind) {
    case Kind::kAppend:
      return "append to " + a + ": text " + n;
    case Kind::kOpenWriter:
      return absl::StrCat("open writer ", step.b % kSimulatedWriters, " on ", a,
                          step.n % 2 ? " at its own offset" : "");
    case Kind::kWriterAppend:
      return absl::StrCat("writer ", step.b % kSimulatedWriters,
                          " writes text ", n);
    case Kind::kWriterTruncate:
      return absl::StrCat("writer ", step.b % kSimulatedWriters,
                          " empties its file");
    case Kind::kRename:
      return "rename " + a + " to " + b;
    case Kind::kExchange:
      return "exchange " + a + " and " + b;
    case Kind::kRemove:
      return "remove " + a;
    case Kind::kLink:
      return "link " + b + " to the file " + a;
    case Kind::kSymlink:
      return "symlink " + b + " to " + a;
    case Kind::kTruncate:
      return "truncate " + a + ": " + n;
    case Kind::kRewrite:
      return "rewrite " + a + (step.n % 2 ? " with as many bytes" : "");
    case Kind::kMakeFifo:
      return "make a FIFO " + a;
    case Kind::kMakeDirectoryAt:
      return "make a directory " + a;
    case Kind::kSetReadable:
      return "make " + a + (step.n % 2 ? " readable" : " unreadable");
    case Kind::kRemoveDirectory:
      return "remove the directory";
    case Kind::kMoveDirectory:
      return "move the directory away or back";
    case Kind::kMakeDirectory:
      return "make the directory";
    case Kind::kSwapDirectory:
      return "swap the directory for another";
    case Kind::kAdvanceTime:
      return "time passes";
    case Kind::kPoll:
      return "POLL";
    case Kind::kPollChanged:
      return std::string("POLL what changed") +
             (step.n % 2 ? ", by unreliable hints" : "");
    case Kind::kFail:
      return "fail with error " + n;
    case Kind::kShortRead:
      return "short read: " + n;
  }
  return "?";
}

}  // namespace

std::string SimulatedName(int index) {
  static constexpr const char* kAll[kSimulatedNames] = {
      "/d/a.log", "/d/b.log",   "/d/c.log",  "/d/a.log.1",
      "/d/x.tmp", "/out/o.log", "/out/p.log"};
  return kAll[index];
}

History GenerateHistory(uint64_t seed) { return Generator(seed).Generate(); }

std::string Describe(const History& history) {
  const Setup& setup = history.setup;
  std::string text = absl::StrCat(
      "seed ", history.seed, ": birth times ", setup.birth_times,
      ", entry hints ", setup.entry_hints, ", open files ",
      setup.max_open_files, ", read ", setup.read_bytes, " bytes, turn ",
      setup.max_bytes_per_turn, " bytes, notifications ", setup.notifications,
      ", sweep ", setup.files_per_sweep, "\n");
  for (const Step& step : history.steps) {
    const std::string place =
        step.at_call < 0
            ? ""
            : absl::StrCat("  (at call ", step.at_call, " of the next poll) ");
    absl::StrAppend(&text, "  ", place, Describe(step), "\n");
  }
  return text;
}

}  // namespace dirwatcher
