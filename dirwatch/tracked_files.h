// TrackedFiles: the files that are being watched, from their admission to their
// removal. It gives them names in the event stream, reads them and drains those
// that leave.
//
// It stands between DirectoryModel, whose changes it is told, and FileReader,
// which it has read each file. One poll goes through it like this:
//
//   files.BeginPoll(directory, PollKind::kInterval);
//   files.Apply(model.Sync(snapshot));          // what came, moved and went
//   files.NoteStat(name, stat);                 // for each name looked at
//   files.EndPoll();                            // names, drains, reads, tells
//
// Most files stand where they are reported to stand: these are settled, known
// by their slots, and cost little (SettledFiles). The few others are
// TrackedFiles of their own.
//
// Events leave in the order: removed, renamed, added, then what is read.

#ifndef DIRWATCHER_DIRWATCH_TRACKED_FILES_H_
#define DIRWATCHER_DIRWATCH_TRACKED_FILES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "dirwatch/append_reader.h"
#include "dirwatch/directory_model.h"
#include "dirwatch/event_sink.h"
#include "dirwatch/file_problems.h"
#include "dirwatch/file_reader.h"
#include "dirwatch/handle_cache.h"
#include "dirwatch/line_matcher.h"
#include "dirwatch/name_claims.h"
#include "dirwatch/read_ahead.h"
#include "dirwatch/settled_files.h"
#include "dirwatch/tracked_file.h"
#include "env/file_stat.h"
#include "env/file_system.h"

namespace dirwatcher {

// Thread-compatible.
class TrackedFiles {
 public:
  // For how many full polls in a row a file that leaves may keep another from
  // its name, or be unreadable, before it is given up.
  static constexpr int kPatience = 10;

  // All three must outlive this.
  TrackedFiles(const FileReaderOptions& options, const DirectoryModel* model,
               const LineMatcher* matcher, EventSink* sink);

  TrackedFiles(const TrackedFiles&) = delete;
  TrackedFiles& operator=(const TrackedFiles&) = delete;

  // Files are opened in `directory` until the next call; null: it is missing,
  // and only what is open can be read. It must live until then.
  void BeginPoll(Directory* directory, PollKind kind);

  // Takes over what the model says. The names in `changes` are where the files
  // stand; what is told of them follows in EndPoll. REQUIRES: once a poll,
  // right after the model was changed.
  void Apply(const std::vector<Change>& changes);

  // Something was found under `name`. The file is read in EndPoll unless it is
  // at rest with this stat.
  void NoteStat(absl::string_view name, const FileStat& stat);

  // The same for a file that was found under its primary name.
  void NoteStat(FileSlot slot, const FileStat& stat);

  // What stands in the file before `size_bytes` is counted but not searched.
  // REQUIRES: it was admitted in this poll.
  void SkipBefore(const FileId& id, int64_t size_bytes);

  // All files leave, and none of them may come back: whatever stands in the
  // directory from now on is another file, even if it has the same identity.
  // REQUIRES: the model still knows them; it forgets them next.
  void DetachAll();

  // `name` could not be looked at or read; told once until it changes.
  void TellProblem(absl::string_view name, const absl::Status& status) {
    problems_.Tell(name, status);
  }

  // Forgets what was told of names that no file has any more: of those for
  // which `is_there` is false and that are not published. REQUIRES: the model
  // was not changed in this poll yet.
  void ForgetProblems(
      absl::FunctionRef<bool(const std::string& name)> is_there);

  // Ends what leaves and is drained, settles who has which name, and reads
  // everything that is due.
  void EndPoll();

  // Nothing will follow: reads what leaves to its end, gives waiting files
  // their turn and judges unfinished lines.
  void Finish();

  int64_t file_count() const {
    return static_cast<int64_t>(settled_.size() + published_.size());
  }
  int64_t match_count() const { return reader_.match_count(); }
  ReadTotals read_totals() const { return reader_.totals(); }

 private:
  using FilesByName = absl::btree_map<std::string, TrackedFile*>;

  // Between settled files and others.
  TrackedFile* Unsettle(FileSlot slot, absl::string_view name,
                        const FileId& id);
  TrackedFile* Unpack(FileSlot slot, absl::string_view path, const FileId& id);
  void Settle(TrackedFile* file);
  TrackedFile Load(FileSlot slot) const;
  void MakeWayForClaims();

  // Coming and going.
  void MoveTo(TrackedFile* file, absl::string_view path);
  void BeginLeaving(TrackedFile* file);
  void FindMoved();
  void ForgetUnseen();
  bool MayComeBack(const TrackedFile& file) const;
  void HoldWaiting();
  void EndLeaving();
  bool IsDrained(TrackedFile* file);
  void CountWaiting();
  void GiveUp(TrackedFile* file, absl::string_view reason);
  void Remove(TrackedFile* file);

  // Names.
  void SettleNames();
  std::vector<NameClaim> Claims() const;
  absl::optional<uint64_t> HolderOf(absl::string_view name) const;
  void Publish();
  void TellAdded(const std::vector<TrackedFile*>& unsettled);

  // Reading.
  struct ReadJob {
    absl::string_view name;
    TrackedFile* file = nullptr;  // null: it is settled
    FileSlot slot = 0;            // if it is
    FileReader::Progress progress;
    bool needs_another = false;  // turn
  };
  void SetDue(FileSlot slot);
  std::vector<ReadJob> TakeDue();
  void ReadDue();
  void ReadFirstTurns(absl::Span<ReadJob> jobs);
  std::vector<ReadAhead::Request> RequestsFor(
      absl::Span<const ReadJob> jobs) const;
  void TakeOver(const ReadJob& job, ReadAhead::Result* ahead);
  bool ReadTurn(ReadJob* job);

  const FileReaderOptions options_;
  const DirectoryModel& model_;
  EventSink& sink_;
  HandleCache handles_;
  FileProblems problems_;
  FileReader reader_;

  Directory* directory_ = nullptr;
  PollKind kind_ = PollKind::kInterval;

  SettledFiles settled_;
  // Those of them that were admitted in this poll and are not told yet, in the
  // order of names.
  std::vector<FileSlot> fresh_;
  // Those that EndPoll will read.
  std::vector<FileSlot> due_slots_;
  size_t empty_due_ = 0;  // those of them that are empty
  // What was found of those of them that are held open.
  absl::flat_hash_map<FileSlot, FileStat> found_;

  // The others: those that are not published, leave, or stand under another
  // name than they are reported under. By serial; their handles are pinned.
  absl::btree_map<uint64_t, std::unique_ptr<TrackedFile>> unsettled_;
  // Those of them that the model knows, by slot, ...
  absl::flat_hash_map<FileSlot, TrackedFile*> by_slot_;
  // ... those that leave and may come back, ...
  absl::flat_hash_map<FileId, TrackedFile*> leaving_by_id_;
  // ... those that have a name in the event stream, by it, ...
  FilesByName published_;
  // ... and those that EndPoll will read, if they are published.
  absl::btree_map<uint64_t, TrackedFile*> due_;
  uint64_t next_serial_ = 1;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_TRACKED_FILES_H_
