#include "dirwatch/simulation_judge.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dirwatch/event_recorder.h"

namespace dirwatcher {
namespace {

std::string Copy(absl::string_view text) { return std::string(text); }

enum Rank { kRemovedRank, kRenamedRank, kAddedRank, kReadRank };

}  // namespace

void SimulationJudge::Fail(const std::string& what) {
  if (!failure_.empty()) return;
  failure_ = what;
  Note("    ^^^ " + what);
}

void SimulationJudge::OnEvent(const Event& event) {
  Note("    " + DescribeEvent(event));
  if (!absl::holds_alternative<FileRenamed>(event)) ApplyRenames();
  if (const auto* added = absl::get_if<FileAdded>(&event)) {
    const std::string name = Copy(added->file);
    CheckOrder(kAddedRank, name);
    if (!absl::EndsWith(name, ".log")) Fail("added a name that is not watched");
    if (!published_.emplace(name, next_life_++).second) Fail("added twice");
    if (++added_ > world_.appearances()) Fail("added without reason");
  } else if (const auto* removed = absl::get_if<FileRemoved>(&event)) {
    // The last lines of a file come before its removal, whatever the order.
    const std::pair<int, std::string> read(kReadRank, Copy(removed->file));
    order_.erase(std::remove(order_.begin(), order_.end(), read), order_.end());
    CheckOrder(kRemovedRank, Copy(removed->file));
    CheckRemoval(Copy(removed->file));
    if (published_.erase(Copy(removed->file)) == 0) Fail("removed, not there");
  } else if (const auto* renamed = absl::get_if<FileRenamed>(&event)) {
    CheckOrder(kRenamedRank, "");
    renames_.emplace_back(Copy(renamed->from), Copy(renamed->file));
  } else if (const auto* truncated = absl::get_if<FileTruncated>(&event)) {
    truncated_in_poll_ = true;
    const auto life = published_.find(Copy(truncated->file));
    if (life == published_.end()) return Fail("truncated, not there");
    life->second = next_life_++;
    // A reused inode number is told as a truncation where nothing tells better.
    if (++truncated_ > world_.truncations() + world_.appearances()) {
      Fail("truncated without reason");
    }
  } else if (const auto* match = absl::get_if<LineMatched>(&event)) {
    Match(*match);
  } else if (const auto* gap = absl::get_if<Gap>(&event)) {
    gaps_.push_back({Copy(gap->file), gap->from});
    gaps_in_poll_.insert(Copy(gap->file));
    if (world_is_fair_ && !absl::StrContains(gap->reason, "under its name")) {
      Fail("a gap without reason");
    }
  } else if (absl::holds_alternative<DirectoryMissing>(event)) {
    ++missing_said_;
  }
}

// Renames of one poll can be applied one after the other, but for those that go
// round in a circle: these happen at once.
void SimulationJudge::ApplyRenames() {
  std::map<std::string, std::string> pending(renames_.begin(), renames_.end());
  for (const auto& [from, to] : renames_) {
    std::string at = to;
    while (at != from && pending.count(at) > 0) at = pending[at];
    if (at != from && pending.count(to) > 0) {
      Fail("renamed to a name that another has: " + to);
    }
    if (at != from) pending.erase(from);
  }
  std::map<std::string, Life> moved;
  for (const auto& [from, to] : renames_) {
    const auto life = published_.find(from);
    if (life == published_.end()) {
      Fail("renamed, not there");
      continue;
    }
    moved[to] = life->second;
    published_.erase(life);
  }
  for (const auto& [name, life] : moved) {
    if (!published_.emplace(name, life).second) Fail("renamed over another");
  }
  renames_.clear();
}

void SimulationJudge::Match(const LineMatched& match) {
  ++matches_;
  const std::string name = Copy(match.file);
  CheckOrder(kReadRank, name);
  const auto life = published_.find(name);
  if (life == published_.end())
    return Fail("match in a file that is not there");
  if (match.magic != SimulatedWorld::kMagic || match.cut) Fail("wrong match");
  if (!absl::StrContains(match.text, SimulatedWorld::kMagic)) {
    Fail("the text does not contain the magic");
  }
  const int64_t number = std::atoll(Copy(match.text).c_str());
  const auto line = world_.lines().find(number);
  if (line == world_.lines().end()) return Fail("no such line");
  LedgerLine& truth = line->second;
  if (match.line != truth.line) Fail("wrong line number");
  if (match.offset_bytes != truth.line_start) Fail("wrong offset");
  const LedgerObject& object =
      world_.objects()[static_cast<size_t>(truth.object)];
  if (world_is_fair_ && object.names.count(name) == 0)
    Fail("the file never had that name");
  if (!reported_.emplace(number, life->second).second) Fail("reported twice");
  object_of_[life->second] = truth.object;
  ++truth.reports;
}

// A file may be removed when nothing has come to it for a full interval: the
// full poll before this one has seen it as it is.
void SimulationJudge::CheckRemoval(const std::string& name) {
  if (!world_is_fair_ || finishing_ || gaps_in_poll_.count(name) > 0) return;
  const auto life = published_.find(name);
  if (life == published_.end()) return;
  const auto object = object_of_.find(life->second);
  if (object == object_of_.end()) return;
  if (world_.objects()[static_cast<size_t>(object->second)].last_news + 2 >
      world_.polls()) {
    Fail("removed before it was drained: " + name);
  }
}

void SimulationJudge::BeginFullPoll() {
  if (!world_is_fair_) return;
  std::set<int> told;
  for (const auto& [name, life] : published_) {
    const auto object = object_of_.find(life);
    if (object != object_of_.end()) told.insert(object->second);
  }
  for (const auto& [number, line] : world_.lines()) {
    if (line.alive && line.reports == 0 && told.count(line.object) > 0) {
      due_lines_.push_back(number);
    }
  }
}

void SimulationJudge::ExpectToldFilesRead() {
  for (const int64_t number : due_lines_) {
    const LedgerLine& line = world_.lines()[number];
    if (line.reports == 0 && !CoveredByGap(line)) {
      Fail(absl::StrCat("line ", number, " was not read in its turn"));
    }
  }
}

void SimulationJudge::CheckOrder(int rank, const std::string& name) {
  order_.emplace_back(rank, name);
}

void SimulationJudge::BeginPoll() {
  order_.clear();
  truncated_in_poll_ = false;
  missing_said_ = 0;
  gaps_in_poll_.clear();
  due_lines_.clear();
}

void SimulationJudge::EndPoll(ReadOrder read_order) {
  ApplyRenames();
  if (read_order == ReadOrder::kAny || truncated_in_poll_) {
    for (auto& [rank, name] : order_) {
      if (rank == kReadRank) name.clear();
    }
  }
  if (!std::is_sorted(order_.begin(), order_.end())) Fail("out of order");
}

void SimulationJudge::ExpectMissingSaid() {
  if (missing_said_ != 1) Fail("a missing directory was not said once");
}

bool SimulationJudge::CoveredByGap(const LedgerLine& line) const {
  const LedgerObject& object =
      world_.objects()[static_cast<size_t>(line.object)];
  return std::any_of(gaps_.begin(), gaps_.end(), [&](const GapSeen& gap) {
    return object.names.count(gap.file) > 0 && gap.from < line.magic_end;
  });
}

void SimulationJudge::ExpectCaughtUp() {
  std::set<int> watched;
  for (const auto& [name, object] : world_.WatchedObjects()) {
    watched.insert(object);
  }
  for (const auto& [number, line] : world_.lines()) {
    if (!line.alive || watched.count(line.object) == 0) continue;
    if (line.owed && line.reports == 0) {
      Fail(absl::StrCat("line ", number, " was not reported at once"));
    }
  }
}

void SimulationJudge::ExpectComplete() {
  ApplyRenames();
  for (const auto& [number, line] : world_.lines()) {
    const bool doubled =
        world_.objects()[static_cast<size_t>(line.object)].doubled;
    if (doubled && !world_is_fair_) continue;
    if (line.owed && line.reports == 0 && !CoveredByGap(line)) {
      Fail(absl::StrCat("line ", number, " was never reported"));
    }
  }
  const std::map<std::string, int> watched = world_.WatchedObjects();
  std::set<int> told;
  for (const auto& [name, life] : published_) {
    const auto there = watched.find(name);
    if (there == watched.end()) {
      Fail("told as there, but gone: " + name);
    } else if (!told.insert(there->second).second) {
      Fail("told under two names: " + name);
    }
  }
  for (const auto& [name, object] : watched) {
    if (told.count(object) == 0) Fail("not told as there: " + name);
  }
}

}  // namespace dirwatcher
