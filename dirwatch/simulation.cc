#include "dirwatch/simulation.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "dirwatch/directory_watcher.h"
#include "dirwatch/line_matcher.h"
#include "dirwatch/simulation_judge.h"
#include "dirwatch/simulation_world.h"
#include "env/faulty_file_system.h"

namespace dirwatcher {
namespace {

using Kind = Step::Kind;

// After so many quiet intervals nothing may be left to wait for: files that
// leave under one name, each given up after ten.
constexpr int kIntervalsToRest = 45;

class WillingNotifier : public ChangeNotifier {
 public:
  absl::Status Watch(absl::string_view, absl::string_view) override {
    return absl::OkStatus();
  }
  void Unwatch(absl::string_view) override {}
};

absl::Status ErrorNumber(int n) {
  switch (n % 4) {
    case 0:
      return absl::UnavailableError("Input/output error");
    case 1:
      return absl::ResourceExhaustedError("Too many open files");
    case 2:
      return absl::PermissionDeniedError("Permission denied");
    default:
      return absl::InternalError("Stale file handle");
  }
}

DirectoryWatcherOptions WatcherOptions(const Setup& setup) {
  DirectoryWatcherOptions options;
  options.dir = SimulatedWorld::kDirectory;
  options.extensions = {".log"};
  options.max_open_files = setup.max_open_files;
  options.reader.read_bytes = setup.read_bytes;
  options.reader.max_bytes_per_turn = setup.max_bytes_per_turn;
  options.sweep_above_files = setup.files_per_sweep;
  options.files_per_sweep = setup.files_per_sweep;
  return options;
}

bool WorldIsFair(const History& history) {
  return history.setup.max_open_files >= 1000 &&
         std::none_of(
             history.steps.begin(), history.steps.end(), [](const Step& step) {
               // A file of a directory that was replaced and came
               // back has two lives.
               return step.at_call >= 0 || step.kind == Kind::kSetReadable ||
                      step.kind == Kind::kSwapDirectory ||
                      step.kind == Kind::kMoveDirectory ||
                      step.kind == Kind::kRemoveDirectory;
             });
}

class Run {
 public:
  explicit Run(const History& history)
      : history_(history),
        world_(history.setup),
        judge_(&world_, WorldIsFair(history)),
        faulty_(
            &world_.file_system(),
            [this](const FileCall& call) { return OnCall(call); },
            static_cast<EntryHints>(history.setup.entry_hints)),
        matcher_(*LineMatcher::Create({SimulatedWorld::kMagic}, {})),
        watcher_(WatcherOptions(history.setup), &matcher_, &faulty_, &judge_,
                 history.setup.notifications ? &notifier_ : nullptr) {}

  SimulationResult Execute() {
    for (const Step& step : history_.steps) {
      if (!judge_.failure().empty()) break;
      if (step.at_call >= 0) {
        in_next_poll_.push_back(step);
      } else if (step.kind == Kind::kPoll) {
        Poll();
      } else if (step.kind == Kind::kPollChanged) {
        PollChanged(step.n);
      } else {
        Happen(step);
      }
    }
    if (judge_.failure().empty()) ComeToRest();
    result_.failure = judge_.failure();
    result_.transcript = judge_.transcript();
    result_.matches = judge_.matches();
    result_.gaps = judge_.gaps();
    return std::move(result_);
  }

 private:
  void Happen(const Step& step) {
    History one;
    one.steps = {step};
    const std::string text = Describe(one);
    judge_.Note(
        text.substr(text.find('\n') + 1, text.size() - text.find('\n') - 2));
    world_.Happen(step);
  }

  // Everything that is planned for this call happens before it.
  Fault OnCall(const FileCall&) {
    Fault fault;
    const int call = call_++;
    for (const Step& step : in_this_poll_) {
      if (step.at_call != call) continue;
      disturbed_ = true;
      if (step.kind == Kind::kFail) {
        fault.error = ErrorNumber(step.n);
        ++result_.faults;
      } else if (step.kind == Kind::kShortRead) {
        fault.max_read_bytes = static_cast<size_t>(1 + step.n % 5);
        ++result_.faults;
      } else {
        ++result_.steps_inside_polls;
      }
      Happen(step);
    }
    return fault;
  }

  void BeginPoll(const std::string& what) {
    judge_.Note(what);
    in_this_poll_ = std::exchange(in_next_poll_, {});
    call_ = 0;
    disturbed_ = false;
    judge_.BeginPoll();
  }

  void EndPoll() {
    in_this_poll_.clear();
    const bool one_turn = history_.setup.max_bytes_per_turn > 1000;
    judge_.EndPoll(one_turn && !disturbed_ ? SimulationJudge::ReadOrder::kByName
                                           : SimulationJudge::ReadOrder::kAny);
  }

  bool Sweeps() const {
    return history_.setup.notifications &&
           history_.setup.files_per_sweep < 1000;
  }

  void Poll() {
    world_.AdvanceTime();
    BeginPoll("  POLL");
    const bool missing = !world_.DirectoryExists();
    world_.CountPoll();
    judge_.BeginFullPoll();
    watcher_.Poll().IgnoreError();
    EndPoll();
    if (disturbed_) return;
    if (!Sweeps()) judge_.ExpectToldFilesRead();
    if (missing) return judge_.ExpectMissingSaid();
    if (Sweeps()) return;  // it need not have looked everywhere
    world_.OweAll();
    if (world_.calm_polls() > SimulatedWorld::kLongestWait) {
      judge_.ExpectCaughtUp();
    }
  }

  void PollChanged(int n) {
    ChangeHints hints;
    std::set<std::string> touched = world_.TakeTouched();
    hints.directories_changed = world_.TakeDirectoryTouched();
    if (n % 2 == 1) {
      if (!touched.empty() && n % 3 == 0) touched.erase(touched.begin());
      if (n % 5 == 0) touched.insert("a.log");
      if (n % 7 == 0) hints.directories_changed = false;
      hints.overflow = n % 11 == 0;
    }
    hints.names.assign(touched.begin(), touched.end());
    BeginPoll("  POLL what changed");
    watcher_.PollChanged(hints).IgnoreError();
    EndPoll();
  }

  void ComeToRest() {
    in_next_poll_.clear();
    judge_.Note("  -- the world rests --");
    world_.CalmDown();
    for (int i = 0; i < kIntervalsToRest && judge_.failure().empty(); ++i) {
      Poll();
    }
    world_.OweAll();
    CheckHandles();
    judge_.Note("  FINISH");
    judge_.BeginFinish();
    watcher_.Finish();
    judge_.ExpectComplete();
  }

  // At rest, only files that are there are held open, beside the directory.
  void CheckHandles() {
    std::set<int> files;
    for (const auto& [name, object] : world_.WatchedObjects()) {
      files.insert(object);
    }
    const size_t limit =
        std::min(files.size(), history_.setup.max_open_files) + 1;
    if (world_.file_system().open_handle_count() > limit + 1) {
      judge_.Fail("files that are gone are held open");
    }
    // Beside the limit: one that may be had for a moment, and two directories.
    if (world_.file_system().peak_open_handle_count() >
        history_.setup.max_open_files + 4) {
      judge_.Fail("too many files were held open");
    }
  }

  const History& history_;
  SimulatedWorld world_;
  SimulationJudge judge_;
  FaultyFileSystem faulty_;
  WillingNotifier notifier_;
  LineMatcher matcher_;
  DirectoryWatcher watcher_;
  std::vector<Step> in_next_poll_;
  std::vector<Step> in_this_poll_;
  int call_ = 0;
  bool disturbed_ = false;
  SimulationResult result_;
};

}  // namespace

SimulationResult Simulate(const History& history) {
  return Run(history).Execute();
}

History Shrink(const History& history) {
  History smallest = history;
  for (size_t size = history.steps.size(); size > 0; size /= 2) {
    for (bool smaller = true; smaller;) {
      smaller = false;
      for (size_t at = 0; at + size <= smallest.steps.size();) {
        History candidate = smallest;
        const auto begin =
            candidate.steps.begin() + static_cast<std::ptrdiff_t>(at);
        candidate.steps.erase(begin, begin + static_cast<std::ptrdiff_t>(size));
        if (Simulate(candidate).failure.empty()) {
          ++at;
        } else {
          smallest = std::move(candidate);
          smaller = true;
        }
      }
    }
  }
  return smallest;
}

std::string DescribeFailure(uint64_t seed) {
  const History history = Shrink(GenerateHistory(seed));
  const SimulationResult result = Simulate(history);
  return absl::StrCat(Describe(history), "\nwhat happened:\n",
                      result.transcript, "\nwhat was wrong: ", result.failure,
                      "\n");
}

}  // namespace dirwatcher
