// SimulatedWorld: a FakeFileSystem to which things happen, and a ledger that
// sees every byte that is ever written. Testonly.
//
// Every line begins with a number that no other line has ("17:aab"), so that a
// report can be held against the line it is about. The magic is kMagic.

#ifndef DIRWATCHER_DIRWATCH_SIMULATION_WORLD_H_
#define DIRWATCHER_DIRWATCH_SIMULATION_WORLD_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/types/optional.h"
#include "dirwatch/simulation_history.h"
#include "env/fake_file_system.h"

namespace dirwatcher {

// A line that has contained the magic at some moment.
struct LedgerLine {
  int object = 0;          // of which file, by its true identity
  int64_t line = 0;        // its number
  int64_t line_start = 0;  // its offset
  int64_t magic_end = 0;   // offset behind its first magic
  bool alive = true;       // it stands in its file now
  // It stood readable in a watched file during a whole poll that nothing
  // disturbed: so it has to be reported or to be covered by a gap.
  bool owed = false;
  int reports = 0;
};

// A file by its true identity, which no inode number tells.
struct LedgerObject {
  std::string content;
  std::set<std::string> names;  // every name that it ever had in the directory
  // Full polls before it last changed, or before the first one that found it
  // without a watched name.
  int last_news = 0;
  FileId id;
  // Another file has had the same identity since, as far as the file system
  // tells. Only who has held it open can know them apart.
  bool doubled = false;
};

class SimulatedWorld {
 public:
  static constexpr char kDirectory[] = "/d";
  static constexpr char kMagic[] = "aab";

  explicit SimulatedWorld(const Setup& setup);

  // Makes a step of the world happen, as far as it is possible now.
  void Happen(const Step& step);

  // All that is unreadable is made readable, and the time goes on.
  void CalmDown();
  void AdvanceTime();

  // Every line that stands readable under a watched name now becomes owed.
  void OweAll();

  // Whether the directory is there.
  bool DirectoryExists() const;
  // Watched names that lead to readable regular files, with these.
  std::map<std::string, int> WatchedObjects() const;

  FakeFileSystem& file_system() { return fs_; }
  std::map<int64_t, LedgerLine>& lines() { return lines_; }
  const std::vector<LedgerObject>& objects() const { return objects_; }

  // Names that were touched since the last call, and whether the directory was.
  std::set<std::string> TakeTouched();
  bool TakeDirectoryTouched();

  // How often something has happened by which a file may be told as added, or
  // as truncated, once more.
  int64_t appearances() const { return appearances_; }
  int64_t truncations() const { return truncations_; }
  // Full polls so far, and those since a file last moved or went.
  int polls() const { return polls_; }
  int calm_polls() const { return calm_polls_; }
  void CountPoll();  // a full poll is about to begin
  // After so many, no file waits for its name any more.
  static constexpr int kLongestWait = 40;

 private:
  struct Writer {
    std::unique_ptr<FakeWriter> fake;
    int object = 0;
    bool positional = false;
    int64_t offset = 0;
  };

  absl::optional<int> ObjectAt(const std::string& path) const;
  int NewObject(const std::string& path);
  std::string Text(const std::string& before, int n);
  std::string TextOfSize(size_t size);
  void NoteTruncation(int object);
  void SetContent(int object, std::string content);
  void Touch(int name);
  void Moved();
  void NoteNames();
  void News(int object);
  void WriteThrough(Writer* writer, int n);

  FakeFileSystem fs_;
  std::vector<LedgerObject> objects_;
  std::map<uint64_t, int> object_of_inode_;
  std::map<int64_t, LedgerLine> lines_;  // by the number that they begin with
  std::vector<Writer> writers_;
  int64_t next_number_ = 1;
  int64_t appearances_ = 0;
  int64_t truncations_ = 0;
  int polls_ = 0;
  int calm_polls_ = kLongestWait + 1;
  std::set<int> watched_at_poll_;  // objects that then had a watched name
  std::set<std::string> touched_;
  bool directory_touched_ = false;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_SIMULATION_WORLD_H_
