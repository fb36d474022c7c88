#include "dirwatch/tracked_files.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace dirwatcher {
namespace {

// The directory part of a relative path: "sub/" of "sub/x.log", "" of "x.log".
absl::string_view PrefixOf(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return path.substr(0, slash == absl::string_view::npos ? 0 : slash + 1);
}

// Handles of files that are not settled; those of settled ones are their slots.
constexpr uint64_t kUnsettledHandle = uint64_t{1} << 63;

// For claims, what stands for a settled file, which has no serial.
constexpr uint64_t kSettledHolder = uint64_t{1} << 63;

constexpr absl::string_view kRemovedTooSoon =
    "it was removed before it was read to its end";

// Files that get the names at which they stand, in the order of those, but each
// behind the one that frees its name, unless they go round in a circle.
std::vector<TrackedFile*> ByFreedName(const std::vector<TrackedFile*>& files) {
  absl::flat_hash_map<absl::string_view, TrackedFile*> by_old_name;
  for (TrackedFile* file : files) by_old_name[file->name] = file;
  std::vector<TrackedFile*> result;
  for (TrackedFile* file : files) {
    const size_t begin = result.size();
    auto next = by_old_name.find(file->name);
    while (next != by_old_name.end()) {
      result.push_back(next->second);
      by_old_name.erase(next);
      next = by_old_name.find(result.back()->path);
    }
    std::reverse(result.begin() + static_cast<ptrdiff_t>(begin), result.end());
  }
  return result;
}

}  // namespace

TrackedFiles::TrackedFiles(const FileReaderOptions& options,
                           const DirectoryModel* model,
                           const LineMatcher* matcher, EventSink* sink)
    : options_(options),
      model_(*model),
      sink_(*sink),
      handles_(options.max_open_files),
      problems_(sink),
      reader_(options, matcher, &handles_, &problems_, sink) {}

void TrackedFiles::BeginPoll(Directory* directory, PollKind kind) {
  directory_ = directory;
  kind_ = kind;
  empty_due_ = 0;
  found_.clear();
  reader_.BeginPoll(directory, kind);
}

// --- settled and not -------------------------------------------------------

// A settled file as it would be if it were not; for a while, or for good.
TrackedFile TrackedFiles::Load(FileSlot slot) const {
  TrackedFile file;
  file.settled = true;
  file.slot = slot;
  file.handle = slot;
  file.id = model_.IdOf(slot);
  file.path = std::string(model_.PrimaryName(slot));
  file.name = file.path;
  file.position = settled_.position(slot);
  file.rest = settled_.rest(slot);
  return file;
}

// The file of `slot`, which is published under `name`, as one that is not
// settled.
TrackedFile* TrackedFiles::Unsettle(FileSlot slot, absl::string_view name,
                                    const FileId& id) {
  const auto found = by_slot_.find(slot);
  if (found != by_slot_.end()) return found->second;
  TrackedFile* const file = Unpack(slot, name, id);
  file->name = file->path;
  published_[file->name] = file;
  return file;
}

// The same for a file that is not published and stands at `path`.
TrackedFile* TrackedFiles::Unpack(FileSlot slot, absl::string_view path,
                                  const FileId& id) {
  auto owned = std::make_unique<TrackedFile>();
  TrackedFile* const file = owned.get();
  file->serial = next_serial_++;
  file->id = id;
  file->slot = slot;
  file->handle = kUnsettledHandle | file->serial;
  file->path = std::string(path);
  file->path_serial = file->serial;
  file->position = settled_.position(slot);
  file->rest = settled_.rest(slot);
  if (settled_.is_due(slot)) due_[file->serial] = file;
  settled_.Remove(slot);
  handles_.Rename(slot, file->handle);
  handles_.Pin(file->handle);
  by_slot_[slot] = file;
  unsettled_[file->serial] = std::move(owned);
  return file;
}

// The file is published where it stands.
void TrackedFiles::Settle(TrackedFile* file) {
  const FileSlot slot = *file->slot;
  settled_.Add(slot);
  settled_.Set(slot, file->position, file->rest);
  handles_.Unpin(file->handle);
  handles_.Rename(file->handle, slot);
  published_.erase(file->name);
  by_slot_.erase(slot);
  if (due_.erase(file->serial) > 0) SetDue(slot);
  unsettled_.erase(file->serial);
}

void TrackedFiles::SetDue(FileSlot slot) {
  if (settled_.is_due(slot)) return;
  settled_.set_due(slot, true);
  due_slots_.push_back(slot);
}

// --- coming and going ------------------------------------------------------

void TrackedFiles::Apply(const std::vector<Change>& changes) {
  for (const Change& change : changes) {
    if (change.kind == Change::Kind::kRemoved) {
      TrackedFile* const file = Unsettle(change.slot, change.name, change.id);
      by_slot_.erase(change.slot);
      file->slot = absl::nullopt;
      leaving_by_id_[change.id] = file;
      BeginLeaving(file);
      continue;
    }
    if (change.kind == Change::Kind::kRenamed) {
      MoveTo(Unsettle(change.slot, change.from, change.id), change.name);
      continue;
    }
    const auto returned = leaving_by_id_.find(change.id);
    if (returned == leaving_by_id_.end()) {
      settled_.Add(change.slot);
      SetDue(change.slot);
      fresh_.push_back(change.slot);
      continue;
    }
    TrackedFile* const file = returned->second;
    leaving_by_id_.erase(returned);
    file->slot = change.slot;
    by_slot_[change.slot] = file;
    MoveTo(file, change.name);
  }
}

void TrackedFiles::MoveTo(TrackedFile* file, absl::string_view path) {
  file->leaving = false;
  file->path = std::string(path);
  file->path_serial = next_serial_++;
  due_[file->serial] = file;
  handles_.Pin(file->handle);
}

void TrackedFiles::BeginLeaving(TrackedFile* file) {
  file->leaving = true;
  file->quiet = false;
  file->polls_failed = 0;
  file->polls_waited = 0;
  handles_.Pin(file->handle);
}

void TrackedFiles::DetachAll() {
  settled_.ForEach([this](FileSlot slot) {
    Unsettle(slot, model_.PrimaryName(slot), model_.IdOf(slot));
  });
  for (const auto& [serial, file] : unsettled_) {
    file->slot = absl::nullopt;
    if (!file->leaving) BeginLeaving(file.get());
  }
  by_slot_.clear();
  leaving_by_id_.clear();
}

// New files whose names others still have, or also want, have to wait.
void TrackedFiles::MakeWayForClaims() {
  if (unsettled_.empty() || fresh_.empty()) return;
  absl::flat_hash_set<std::string> taken;
  for (const auto& [serial, file] : unsettled_) {
    taken.insert(file->name);
    taken.insert(file->path);
  }
  const auto has_to_wait = [&](FileSlot slot) {
    const absl::string_view name = model_.PrimaryName(slot);
    if (!taken.contains(name)) return false;
    Unpack(slot, name, model_.IdOf(slot));
    return true;
  };
  fresh_.erase(std::remove_if(fresh_.begin(), fresh_.end(), has_to_wait),
               fresh_.end());
}

void TrackedFiles::NoteStat(absl::string_view name, const FileStat& stat) {
  const absl::optional<FileSlot> slot = model_.SlotOf(stat.id);
  if (!slot.has_value() || model_.PrimaryName(*slot) != name) return;
  NoteStat(*slot, stat);
}

void TrackedFiles::NoteStat(FileSlot slot, const FileStat& stat) {
  const bool has_problem = problems_.Has(model_.PrimaryName(slot));
  const auto unsettled = by_slot_.find(slot);
  if (unsettled != by_slot_.end()) {
    TrackedFile* const file = unsettled->second;
    if (has_problem || !file->rest.IsAtRest(stat)) due_[file->serial] = file;
    return;
  }
  RestStat rest = settled_.rest(slot);
  if (rest.IsAtRest(stat) && !has_problem) return;
  // Of an empty file nothing can be read. It is opened all the same, so as to
  // be held, if there is room.
  const bool is_empty =
      stat.size_bytes == 0 && !has_problem && settled_.offset_bytes(slot) == 0;
  const bool is_held = handles_.Holds(slot);
  const bool has_room =
      is_held || handles_.size() + empty_due_ < options_.max_open_files;
  if (!is_empty || has_room) {
    if (is_empty) ++empty_due_;
    if (is_held) found_[slot] = stat;
    return SetDue(slot);
  }
  rest.NoteEnd(stat, 0, kind_ == PollKind::kInterval);
  settled_.SetRest(slot, rest);
  settled_.set_due(slot, false);
}

void TrackedFiles::SkipBefore(const FileId& id, int64_t size_bytes) {
  const absl::optional<FileSlot> slot = model_.SlotOf(id);
  if (!slot.has_value()) return;
  const auto unsettled = by_slot_.find(*slot);
  if (unsettled != by_slot_.end()) {
    unsettled->second->position.skip_until_bytes = size_bytes;
    return;
  }
  FilePosition position = settled_.position(*slot);
  position.skip_until_bytes = size_bytes;
  settled_.Set(*slot, position, settled_.rest(*slot));
}

// Looks for files that went away while they were not held open: they may stand
// in their directory under a name that is not watched.
void TrackedFiles::FindMoved() {
  if (directory_ == nullptr) return;
  absl::flat_hash_map<uint64_t, std::vector<TrackedFile*>> lost_by_inode;
  std::set<std::string> prefixes;
  for (const auto& [serial, file] : unsettled_) {
    if (!file->leaving || handles_.Holds(file->handle)) continue;
    if (!MayComeBack(*file)) continue;
    lost_by_inode[file->id.inode].push_back(file.get());
    prefixes.insert(std::string(PrefixOf(file->path)));
  }
  for (const std::string& prefix : prefixes) {
    std::unique_ptr<Directory> below;
    if (!prefix.empty()) {
      absl::StatusOr<std::unique_ptr<Directory>> opened =
          directory_->OpenDirectory(prefix.substr(0, prefix.size() - 1));
      if (!opened.ok()) continue;
      below = *std::move(opened);
    }
    std::vector<std::pair<std::string, TrackedFile*>> candidates;
    Directory* const directory = below == nullptr ? directory_ : below.get();
    // A listing cut short has merely fewer candidates.
    (void)directory->ForEachEntry([&](const DirEntry& entry) {
      const auto lost = lost_by_inode.find(entry.inode_hint);
      if (lost == lost_by_inode.end()) return;
      for (TrackedFile* file : lost->second) {
        candidates.emplace_back(absl::StrCat(prefix, entry.name), file);
      }
    });
    for (const auto& [path, file] : candidates) {
      if (handles_.Holds(file->handle)) continue;
      absl::StatusOr<std::unique_ptr<ReadableFile>> opened =
          OpenSameFile(directory_, path, file->id);
      if (!opened.ok()) continue;
      handles_.Put(file->handle, *std::move(opened));
      handles_.Pin(file->handle);
    }
  }
}

// Whether the file leaves and is taken for itself if it is found again.
bool TrackedFiles::MayComeBack(const TrackedFile& file) const {
  const auto found = leaving_by_id_.find(file.id);
  return found != leaving_by_id_.end() && found->second == &file;
}

// A file that left without being held open or ever being read has nothing by
// which it could be known again: an inode number may be another file's by now.
// If it comes back it is read from its beginning, and nothing is told twice.
void TrackedFiles::ForgetUnseen() {
  for (const auto& [serial, file] : unsettled_) {
    if (!file->leaving || handles_.Holds(file->handle)) continue;
    if (file->position.scan.offset_bytes > 0) continue;
    if (MayComeBack(*file)) leaving_by_id_.erase(file->id);
  }
}

// A file that waits for its name is held open, so that it can have its turn
// even if it is gone by then.
void TrackedFiles::HoldWaiting() {
  for (const auto& [serial, file] : unsettled_) {
    if (file->published() || file->leaving) continue;
    const absl::StatusOr<OpenFile*> held = reader_.Open(file.get());
    if (held.ok()) {
      handles_.Pin(file->handle);
    } else if (!IsTransient(held.status())) {
      problems_.Tell(file->path, held.status());
    }
  }
}

// Removes what is drained and gives up what has no hope, in the order of names.
void TrackedFiles::EndLeaving() {
  std::vector<TrackedFile*> leaving;
  for (const auto& [serial, file] : unsettled_) {
    if (file->leaving) leaving.push_back(file.get());
  }
  std::sort(leaving.begin(), leaving.end(),
            [](const TrackedFile* a, const TrackedFile* b) {
              return std::tie(a->name, a->serial) <
                     std::tie(b->name, b->serial);
            });
  for (TrackedFile* file : leaving) {
    const bool held = handles_.Holds(file->handle);
    if (kind_ == PollKind::kInterval && file->published() && IsDrained(file)) {
      reader_.FinishLine(file);
      Remove(file);
    } else if (file->polls_waited >= kPatience) {
      reader_.ReadToEnd(file);
      file->quiet = false;
      GiveUp(file, "another file stood under its name for too long");
    } else if (file->polls_failed >= (held ? kPatience : 1)) {
      const std::string problem(problems_.MessageOf(file->name));
      const bool known = held && !problem.empty();
      GiveUp(file, known ? problem : kRemovedTooSoon);
    } else {
      due_[file->serial] = file;
    }
  }
}

// Whether nothing has come to a file that leaves for a full interval.
bool TrackedFiles::IsDrained(TrackedFile* file) {
  OpenFile* const held = handles_.Use(file->handle);
  if (held == nullptr || !file->quiet) return false;
  const absl::StatusOr<FileStat> stat = held->file->Stat();
  if (!stat.ok() || !file->rest.SameAs(*stat)) return false;
  char byte;
  const absl::StatusOr<size_t> n = held->file->ReadAt(
      file->position.scan.offset_bytes, absl::MakeSpan(&byte, 1));
  return n.ok() && *n == 0;
}

// Counts for how long files have stood in each other's way.
void TrackedFiles::CountWaiting() {
  absl::btree_set<uint64_t> in_the_way;
  for (const NameClaim& claim : Claims()) {
    const absl::optional<uint64_t> holder = HolderOf(claim.name);
    if (!holder.has_value()) continue;
    const auto unsettled = unsettled_.find(*holder);
    if (unsettled != unsettled_.end() && unsettled->second->leaving) {
      in_the_way.insert(*holder);
    } else if (unsettled_[claim.file]->leaving) {
      in_the_way.insert(claim.file);  // it waits for a file that stays
    }
  }
  for (const uint64_t serial : in_the_way) ++unsettled_[serial]->polls_waited;
}

void TrackedFiles::GiveUp(TrackedFile* file, absl::string_view reason) {
  if (file->published() && handles_.Holds(file->handle)) {
    reader_.FinishLine(file);
  }
  if (!file->quiet) {
    Gap gap;
    gap.file = file->published() ? file->name : file->path;
    gap.from = file->position.scan.offset_bytes;
    gap.reason = reason;
    sink_.OnEvent(gap);
  }
  Remove(file);
}

void TrackedFiles::Remove(TrackedFile* file) {
  if (file->published()) {
    sink_.OnEvent(FileRemoved{file->name});
    published_.erase(file->name);
    problems_.Forget(file->name);
  }
  if (MayComeBack(*file)) leaving_by_id_.erase(file->id);
  if (file->slot.has_value()) by_slot_.erase(*file->slot);
  handles_.Close(file->handle);
  due_.erase(file->serial);
  unsettled_.erase(file->serial);
}

// --- names -----------------------------------------------------------------

std::vector<NameClaim> TrackedFiles::Claims() const {
  std::vector<NameClaim> claims;
  for (const auto& [serial, file] : unsettled_) {
    const bool wants_another =
        file->leaving ? !file->published() : file->name != file->path;
    if (wants_another)
      claims.push_back({serial, file->path, file->path_serial});
  }
  return claims;
}

absl::optional<uint64_t> TrackedFiles::HolderOf(absl::string_view name) const {
  const auto holder = published_.find(name);
  if (holder != published_.end()) return holder->second->serial;
  const absl::optional<FileSlot> slot = model_.SlotOfPrimary(name);
  if (slot.has_value() && settled_.Contains(*slot)) {
    return kSettledHolder | *slot;
  }
  return absl::nullopt;
}

void TrackedFiles::Publish() {
  std::vector<NameClaim> granted = GrantClaims(
      Claims(), [this](absl::string_view name) { return HolderOf(name); });
  std::sort(
      granted.begin(), granted.end(),
      [](const NameClaim& a, const NameClaim& b) { return a.name < b.name; });
  std::vector<TrackedFile*> renamed;
  std::vector<TrackedFile*> added;
  for (const NameClaim& claim : granted) {
    TrackedFile* const file = unsettled_[claim.file].get();
    if (file->published()) {
      renamed.push_back(file);
      published_.erase(file->name);
    } else {
      added.push_back(file);
    }
  }
  for (TrackedFile* file : ByFreedName(renamed)) {
    problems_.Forget(file->name);
    const std::string from = std::exchange(file->name, file->path);
    published_[file->name] = file;
    sink_.OnEvent(FileRenamed{file->name, from});
  }
  TellAdded(added);
  std::vector<TrackedFile*> settling;
  for (const auto& [serial, file] : unsettled_) {
    if (!file->leaving && file->name == file->path) {
      settling.push_back(file.get());
    }
  }
  for (TrackedFile* file : settling) Settle(file);
}

// Tells of new files, those among `unsettled` and those that are fresh. Both
// are sorted by name.
void TrackedFiles::TellAdded(const std::vector<TrackedFile*>& unsettled) {
  auto fresh = fresh_.begin();
  const auto tell_fresh_before = [&](const std::string* name) {
    for (; fresh != fresh_.end(); ++fresh) {
      const absl::string_view next = model_.PrimaryName(*fresh);
      if (name != nullptr && next > *name) return;
      sink_.OnEvent(FileAdded{next});
    }
  };
  for (TrackedFile* file : unsettled) {
    tell_fresh_before(&file->path);
    file->name = file->path;
    file->polls_waited = 0;
    published_[file->name] = file;
    due_[file->serial] = file;
    sink_.OnEvent(FileAdded{file->name});
  }
  tell_fresh_before(nullptr);
  fresh_.clear();
}

// --- the poll --------------------------------------------------------------

void TrackedFiles::EndPoll() {
  // In most polls nothing comes, moves or goes.
  if (!unsettled_.empty() || !fresh_.empty()) SettleNames();
  ReadDue();
}

void TrackedFiles::SettleNames() {
  MakeWayForClaims();
  FindMoved();
  ForgetUnseen();
  if (kind_ == PollKind::kInterval) CountWaiting();
  EndLeaving();
  Publish();
  HoldWaiting();
}

void TrackedFiles::Finish() {
  kind_ = PollKind::kHint;  // no interval passes here
  // Each round ends what leaves, and so lets those behind it have their turn.
  for (bool progress = true; progress;) {
    std::vector<TrackedFile*> leaving;
    for (const auto& [name, file] : published_) {
      if (!file->leaving) continue;
      leaving.push_back(file);
      due_[file->serial] = file;
    }
    ReadDue();
    for (TrackedFile* file : leaving) {
      file->quiet = file->rest.stamp != 0 && handles_.Holds(file->handle);
      GiveUp(file, kRemovedTooSoon);
    }
    Publish();
    ReadDue();
    progress = !leaving.empty();
  }
  std::vector<TrackedFile*> never_published;
  for (const auto& [serial, file] : unsettled_) {
    if (!file->published()) never_published.push_back(file.get());
  }
  for (TrackedFile* file : never_published) {
    GiveUp(file, "another file stood under its name");
  }
  // The unfinished lines of those that stay, in the order of names.
  settled_.ForEach([this](FileSlot slot) {
    if (reader_.NeedsFinish(settled_.position(slot))) SetDue(slot);
  });
  for (const auto& [name, file] : published_) due_[file->serial] = file;
  for (const ReadJob& job : TakeDue()) {
    TrackedFile settled;
    if (job.file == nullptr) settled = Load(job.slot);
    reader_.FinishLine(job.file == nullptr ? &settled : job.file);
  }
}

// --- reading ---------------------------------------------------------------

// What is due, in the order of names.
std::vector<TrackedFiles::ReadJob> TrackedFiles::TakeDue() {
  std::vector<ReadJob> jobs;
  for (const FileSlot slot : due_slots_) {
    if (!settled_.Contains(slot) || !settled_.is_due(slot)) continue;
    settled_.set_due(slot, false);
    ReadJob job;
    job.name = model_.PrimaryName(slot);
    job.slot = slot;
    jobs.push_back(job);
  }
  due_slots_.clear();
  for (const auto& [serial, file] : due_) {
    if (!file->published()) continue;
    ReadJob job;
    job.name = file->name;
    job.file = file;
    jobs.push_back(job);
  }
  due_.clear();
  const auto by_name = [](const ReadJob& a, const ReadJob& b) {
    return a.name < b.name;
  };
  if (!std::is_sorted(jobs.begin(), jobs.end(), by_name)) {
    std::sort(jobs.begin(), jobs.end(), by_name);
  }
  return jobs;
}

void TrackedFiles::ReadDue() {
  std::vector<ReadJob> jobs = TakeDue();
  // What is read ahead is asked for piece by piece: a million files may be due.
  constexpr size_t kJobsAtATime = 16384;
  for (size_t first = 0; first < jobs.size(); first += kJobsAtATime) {
    ReadFirstTurns(absl::MakeSpan(jobs).subspan(first, kJobsAtATime));
  }
  // Those that were not read to their end have more turns, one after the other.
  const auto is_done = [](const ReadJob& job) { return !job.needs_another; };
  for (;;) {
    jobs.erase(std::remove_if(jobs.begin(), jobs.end(), is_done), jobs.end());
    if (jobs.empty()) break;
    for (ReadJob& job : jobs) {
      job.needs_another = ReadTurn(&job);
      if (options_.between_turns) options_.between_turns();
    }
  }
  reader_.FreeBuffers();
}

// One turn for each, with what can be read before it.
void TrackedFiles::ReadFirstTurns(absl::Span<ReadJob> jobs) {
  constexpr size_t kWorthSeveralThreads = 16;
  const auto take = [&](size_t i, ReadAhead::Result* ahead) {
    ReadJob& job = jobs[i];
    if (ahead->usable) {
      TakeOver(job, ahead);
    } else {
      job.needs_another = ReadTurn(&job);
    }
    if (options_.between_turns) options_.between_turns();
  };
  if (options_.threads < 2 || jobs.size() < kWorthSeveralThreads ||
      directory_ == nullptr) {
    ReadAhead::Result nothing;
    for (size_t i = 0; i < jobs.size(); ++i) take(i, &nothing);
    return;
  }
  reader_.ReadAheadOf(RequestsFor(jobs), take);
}

// What can be read ahead of these; without a path it is not.
std::vector<ReadAhead::Request> TrackedFiles::RequestsFor(
    absl::Span<const ReadJob> jobs) const {
  std::vector<ReadAhead::Request> requests(jobs.size());
  for (size_t i = 0; i < jobs.size(); ++i) {
    // Others are held open, or are special.
    if (jobs[i].file != nullptr || handles_.Holds(jobs[i].slot)) continue;
    requests[i] = {jobs[i].name, model_.IdOf(jobs[i].slot),
                   settled_.position(jobs[i].slot)};
  }
  return requests;
}

void TrackedFiles::TakeOver(const ReadJob& job, ReadAhead::Result* ahead) {
  TrackedFile file = Load(job.slot);
  reader_.TakeOver(&file, ahead);
  settled_.Set(job.slot, file.position, file.rest);
}

// One turn. Returns whether the file needs another.
bool TrackedFiles::ReadTurn(ReadJob* job) {
  if (job->file != nullptr) {
    return reader_.ReadTurn(job->file, nullptr, &job->progress);
  }
  TrackedFile file = Load(job->slot);
  // What was told is not told again, even if a sink throws.
  const absl::Cleanup keep = [&] {
    settled_.Set(job->slot, file.position, file.rest);
  };
  // What was found serves one turn only.
  const auto found = found_.extract(job->slot);
  return reader_.ReadTurn(&file, found.empty() ? nullptr : &found.mapped(),
                          &job->progress);
}

void TrackedFiles::ForgetProblems(
    absl::FunctionRef<bool(const std::string& name)> is_there) {
  problems_.ForgetIf([&](const std::string& name) {
    const bool is_published =
        published_.contains(name) || model_.SlotOfPrimary(name).has_value();
    return !is_published && !is_there(name);
  });
}

}  // namespace dirwatcher
