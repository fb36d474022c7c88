// SimulationJudge: an EventSink that holds every event against the ledger of a
// SimulatedWorld. Testonly.
//
// It checks what must hold of any stream of events, whatever happened:
//   - a report names a line that exists or existed, with its true number,
//   offset
//     and file, and no line twice in one life of a file;
//   - names come and go in turn: added, renamed and removed make sense;
//   - events of one poll stand in the promised order;
//   - files are not told as added or truncated more often than the world gave
//     reason to.
// And, when asked: that nothing is missing.

#ifndef DIRWATCHER_DIRWATCH_SIMULATION_JUDGE_H_
#define DIRWATCHER_DIRWATCH_SIMULATION_JUDGE_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dirwatch/event_sink.h"
#include "dirwatch/simulation_world.h"

namespace dirwatcher {

class SimulationJudge : public EventSink {
 public:
  // `world` must outlive this. It is fair if every file is held open from its
  // first poll on, so that no inode number can be taken for another file's.
  // Nothing fails then either, and nothing happens during a poll.
  SimulationJudge(SimulatedWorld* world, bool world_is_fair)
      : world_(*world), world_is_fair_(world_is_fair) {}

  void OnEvent(const Event& event) override;

  void BeginPoll();
  // For a full poll, after BeginPoll.
  void BeginFullPoll();
  // A file that is cut while it is read, or is larger than a turn, gets a
  // second turn, and then what is read is not in the order of names.
  enum class ReadOrder { kByName, kAny };
  void EndPoll(ReadOrder read_order);

  // What was told as there when the full poll began has been read as it was
  // then, be it leaving or not. For a fair world.
  void ExpectToldFilesRead();

  // Every line that stands in a readable watched file now has been reported.
  void ExpectCaughtUp();

  // Nothing is owed any more, and the names told are those that are there.
  void ExpectComplete();

  // The directory was missing in an interval poll: that was said once.
  void ExpectMissingSaid();

  // The first thing that was wrong; empty: nothing.
  const std::string& failure() const { return failure_; }

  // What was told so far, one event a line.
  const std::string& transcript() const { return transcript_; }
  void Note(const std::string& line) { transcript_ += line + "\n"; }
  void Fail(const std::string& what);

  // The watcher is told that nothing will follow: it drains what leaves at
  // once.
  void BeginFinish() {
    BeginPoll();
    finishing_ = true;
  }

  int64_t matches() const { return matches_; }
  int64_t gaps() const { return static_cast<int64_t>(gaps_.size()); }

 private:
  // One life of a name: from being added or truncated to the next such event.
  using Life = int64_t;
  struct GapSeen {
    std::string file;
    int64_t from;
  };

  void ApplyRenames();
  void Match(const LineMatched& match);
  void CheckRemoval(const std::string& name);
  void CheckOrder(int rank, const std::string& name);
  bool CoveredByGap(const LedgerLine& line) const;

  SimulatedWorld& world_;
  const bool world_is_fair_;
  std::map<std::string, Life> published_;
  std::vector<std::pair<std::string, std::string>> renames_;  // not yet applied
  std::set<std::pair<int64_t, Life>> reported_;
  std::map<Life, int> object_of_;  // known from what was reported in that life
  // The lines that had to be read in this poll.
  std::vector<int64_t> due_lines_;
  std::set<std::string> gaps_in_poll_;
  std::vector<GapSeen> gaps_;
  Life next_life_ = 1;
  int64_t added_ = 0;
  int64_t truncated_ = 0;
  int64_t matches_ = 0;
  int64_t missing_said_ = 0;  // in this poll
  // (rank, name) of the events of this poll, in order.
  std::vector<std::pair<int, std::string>> order_;
  bool truncated_in_poll_ = false;
  bool finishing_ = false;
  std::string failure_;
  std::string transcript_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_SIMULATION_JUDGE_H_
