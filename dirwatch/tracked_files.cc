#include "dirwatch/tracked_files.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/container/btree_set.h"
#include "absl/strings/str_cat.h"

namespace dirwatcher {
namespace {

// The directory part of a relative path: "sub/" of "sub/x.log", "" of "x.log".
absl::string_view PrefixOf(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return path.substr(0, slash == absl::string_view::npos ? 0 : slash + 1);
}

// A file that is not where it was looked for: it moved between two calls.
absl::Status Moved() { return absl::AbortedError("it was replaced meanwhile"); }

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

bool IsTransient(const absl::Status& status) {
  return absl::IsAborted(status) || absl::IsNotFound(status) ||
         absl::IsFailedPrecondition(status);
}

}  // namespace

TrackedFiles::TrackedFiles(const TrackedFilesOptions& options,
                           const LineMatcher* matcher, EventSink* sink)
    : options_(options),
      matcher_(*matcher),
      scanner_(matcher),
      reader_(&scanner_, options.reader),
      sink_(*sink),
      handles_(options.max_open_files) {}

TrackedFiles::~TrackedFiles() = default;

void TrackedFiles::BeginPoll(Directory* directory, PollKind kind) {
  directory_ = directory;
  kind_ = kind;
}

// --- coming and going ------------------------------------------------------

void TrackedFiles::Apply(const std::vector<Change>& changes) {
  for (const Change& change : changes) {
    const auto found = by_id_.find(change.id);
    if (change.kind == Change::Kind::kRemoved) {
      BeginLeaving(found->second);
    } else if (found == by_id_.end()) {
      Admit(change.id, change.name);
    } else {
      MoveTo(found->second, change.name);
    }
  }
}

void TrackedFiles::Admit(const FileId& id, const std::string& path) {
  auto owned = std::make_unique<TrackedFile>();
  TrackedFile* const file = owned.get();
  file->serial = next_serial_++;
  file->id = id;
  file->path = path;
  file->path_serial = file->serial;
  files_[file->serial] = std::move(owned);
  by_id_[id] = file;
  unsettled_[file->serial] = file;
  due_[file->serial] = file;
}

void TrackedFiles::MoveTo(TrackedFile* file, const std::string& path) {
  file->leaving = false;
  file->path = path;
  file->path_serial = next_serial_++;
  unsettled_[file->serial] = file;
  due_[file->serial] = file;
  handles_.Pin(file->serial);
}

void TrackedFiles::BeginLeaving(TrackedFile* file) {
  file->leaving = true;
  file->quiet = false;
  file->polls_failed = 0;
  file->polls_waited = 0;
  unsettled_[file->serial] = file;
  handles_.Pin(file->serial);
}

void TrackedFiles::DetachAll() {
  for (const auto& [serial, file] : files_) {
    if (!file->leaving) BeginLeaving(file.get());
  }
  by_id_.clear();
}

void TrackedFiles::NoteStat(absl::string_view name, const FileStat& stat) {
  const auto found = by_id_.find(stat.id);
  if (found == by_id_.end() || found->second->path != name) return;
  TrackedFile* const file = found->second;
  const bool at_rest = file->rest.full_polls >= 2 && file->rest.SameAs(stat) &&
                       file->position.scan.offset_bytes == stat.size_bytes &&
                       (problems_.empty() || !problems_.contains(name));
  if (!at_rest) due_[file->serial] = file;
}

void TrackedFiles::SkipBefore(const FileId& id, int64_t size_bytes) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  found->second->position.skip_until_bytes = size_bytes;
}

// Looks for files that went away while they were not held open: they may stand
// in their directory under a name that is not watched.
void TrackedFiles::FindMoved() {
  if (directory_ == nullptr) return;
  absl::flat_hash_map<uint64_t, std::vector<TrackedFile*>> lost_by_inode;
  std::set<std::string> prefixes;
  for (const auto& [serial, file] : unsettled_) {
    if (!file->leaving || handles_.Holds(serial)) continue;
    const auto by_id = by_id_.find(file->id);
    if (by_id == by_id_.end() || by_id->second != file) continue;  // detached
    lost_by_inode[file->id.inode].push_back(file);
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
      if (handles_.Holds(file->serial)) continue;
      absl::StatusOr<std::unique_ptr<ReadableFile>> opened =
          OpenAt(path, file->id);
      if (!opened.ok()) continue;
      handles_.Put(file->serial, *std::move(opened));
      handles_.Pin(file->serial);
    }
  }
}

// A file that left without being held open or ever being read has nothing by
// which it could be known again: an inode number may be another file's by now.
// If it comes back it is read from its beginning, and nothing is told twice.
void TrackedFiles::ForgetUnseen() {
  for (const auto& [serial, file] : unsettled_) {
    if (!file->leaving || handles_.Holds(serial)) continue;
    if (file->position.scan.offset_bytes > 0) continue;
    const auto by_id = by_id_.find(file->id);
    if (by_id != by_id_.end() && by_id->second == file) by_id_.erase(by_id);
  }
}

// A file that waits for its name is held open, so that it can have its turn
// even if it is gone by then.
void TrackedFiles::HoldWaiting() {
  for (const auto& [serial, file] : unsettled_) {
    if (file->published() || file->leaving) continue;
    const absl::StatusOr<OpenFile*> held = Open(file);
    if (held.ok()) {
      handles_.Pin(serial);
    } else if (!IsTransient(held.status())) {
      TellProblem(file->path, held.status());
    }
  }
}

// Removes what is drained and gives up what has no hope, in the order of names.
void TrackedFiles::EndLeaving() {
  std::vector<TrackedFile*> leaving;
  for (const auto& [serial, file] : unsettled_) {
    if (file->leaving) leaving.push_back(file);
  }
  std::sort(leaving.begin(), leaving.end(),
            [](const TrackedFile* a, const TrackedFile* b) {
              return std::tie(a->name, a->serial) <
                     std::tie(b->name, b->serial);
            });
  for (TrackedFile* file : leaving) {
    const bool held = handles_.Holds(file->serial);
    if (kind_ == PollKind::kInterval && file->published() && IsDrained(file)) {
      FinishLine(file);
      Remove(file);
    } else if (file->polls_waited >= kPatience) {
      ReadToEnd(file);
      file->quiet = false;
      GiveUp(file, "another file stood under its name for too long");
    } else if (file->polls_failed >= (held ? kPatience : 1)) {
      const auto problem = problems_.find(file->name);
      const bool known = held && problem != problems_.end();
      GiveUp(file,
             known ? absl::string_view(problem->second) : kRemovedTooSoon);
    } else {
      due_[file->serial] = file;
    }
  }
}

// Whether nothing has come to a file that leaves for a full interval.
bool TrackedFiles::IsDrained(TrackedFile* file) {
  OpenFile* const held = handles_.Use(file->serial);
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
    if (files_[*holder]->leaving) {
      in_the_way.insert(*holder);
    } else if (files_[claim.file]->leaving) {
      in_the_way.insert(claim.file);  // it waits for a file that stays
    }
  }
  for (const uint64_t serial : in_the_way) ++files_[serial]->polls_waited;
}

void TrackedFiles::GiveUp(TrackedFile* file, absl::string_view reason) {
  if (file->published() && handles_.Holds(file->serial)) FinishLine(file);
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
    problems_.erase(file->name);
  }
  const auto by_id = by_id_.find(file->id);
  if (by_id != by_id_.end() && by_id->second == file) by_id_.erase(by_id);
  const uint64_t serial = file->serial;
  handles_.Close(serial);
  unsettled_.erase(serial);
  due_.erase(serial);
  files_.erase(serial);
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
  if (holder == published_.end()) return absl::nullopt;
  return holder->second->serial;
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
    TrackedFile* const file = files_[claim.file].get();
    if (file->published()) {
      renamed.push_back(file);
      published_.erase(file->name);
    } else {
      added.push_back(file);
    }
  }
  for (TrackedFile* file : ByFreedName(renamed)) {
    problems_.erase(file->name);
    const std::string from = std::exchange(file->name, file->path);
    published_[file->name] = file;
    sink_.OnEvent(FileRenamed{file->name, from});
  }
  for (TrackedFile* file : added) {
    file->name = file->path;
    file->polls_waited = 0;
    published_[file->name] = file;
    due_[file->serial] = file;
    sink_.OnEvent(FileAdded{file->name});
  }
  for (auto it = unsettled_.begin(); it != unsettled_.end();) {
    TrackedFile* const file = it->second;
    if (!file->leaving && file->name == file->path) {
      handles_.Unpin(it->first);
      it = unsettled_.erase(it);
    } else {
      ++it;
    }
  }
}

// --- the poll --------------------------------------------------------------

void TrackedFiles::EndPoll() {
  FindMoved();
  ForgetUnseen();
  if (kind_ == PollKind::kInterval) CountWaiting();
  EndLeaving();
  Publish();
  HoldWaiting();
  ReadDue();
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
      file->quiet = file->rest.size_bytes >= 0 && handles_.Holds(file->serial);
      GiveUp(file, kRemovedTooSoon);
    }
    Publish();
    ReadDue();
    progress = !leaving.empty();
  }
  const auto never_published = unsettled_;
  for (const auto& [serial, file] : never_published) {
    if (!file->published()) GiveUp(file, "another file stood under its name");
  }
  for (const auto& [name, file] : published_) FinishLine(file);
}

// --- reading ---------------------------------------------------------------

void TrackedFiles::ReadDue() {
  std::vector<ReadJob> jobs;
  for (const auto& [serial, file] : due_) {
    if (file->published()) jobs.push_back({file});
  }
  due_.clear();
  std::sort(jobs.begin(), jobs.end(), [](const ReadJob& a, const ReadJob& b) {
    return a.file->name < b.file->name;
  });
  while (!jobs.empty()) {
    std::vector<ReadJob> unfinished;
    for (ReadJob& job : jobs) {
      if (ReadOneTurn(&job)) unfinished.push_back(job);
      if (options_.between_turns) options_.between_turns();
    }
    jobs = std::move(unfinished);
  }
}

// Returns whether the file needs another turn in this poll.
bool TrackedFiles::ReadOneTurn(ReadJob* job) {
  TrackedFile* const file = job->file;
  const absl::StatusOr<OpenFile*> open = Open(file);
  const absl::StatusOr<FileStat> stat =
      open.ok() ? (*open)->file->Stat() : open.status();
  if (!stat.ok()) {
    NoteFailure(file, stat.status());
    return false;
  }
  if (job->target_bytes < 0) job->target_bytes = stat->size_bytes;
  const int64_t before = file->position.scan.offset_bytes;
  reading_ = file;
  const absl::StatusOr<AppendReader::TurnEnd> end = reader_.ReadTurn(
      (*open)->file.get(), &file->position, &(*open)->checkpoints, this);
  reading_ = nullptr;
  const int64_t after = file->position.scan.offset_bytes;
  if (after != before) file->quiet = false;
  if (!end.ok()) {
    NoteFailure(file, end.status());
    return false;
  }
  file->polls_failed = 0;
  if (!problems_.empty()) problems_.erase(file->name);
  if (*end == AppendReader::TurnEnd::kCaughtUp) {
    NoteCaughtUp(file, *stat);
    return false;
  }
  file->rest = RestStat();
  if (after > before) return after < job->target_bytes;
  // It was cut. The new content is read in this poll too, but a file that is
  // cut over and over must not keep the others waiting.
  job->target_bytes = -1;
  return ++job->restarts < kMaxRestarts;
}

void TrackedFiles::NoteFailure(TrackedFile* file, const absl::Status& status) {
  file->rest = RestStat();
  file->quiet = false;
  if (file->leaving && kind_ == PollKind::kInterval) ++file->polls_failed;
  if (!IsTransient(status)) TellProblem(file->name, status);
  // A descriptor may have gone bad (ESTALE) while the file is as good as ever.
  if (file->leaving || directory_ == nullptr) return;
  absl::StatusOr<std::unique_ptr<ReadableFile>> again =
      OpenAt(file->path, file->id);
  if (!again.ok()) return;
  handles_.Close(file->serial);
  handles_.Put(file->serial, *std::move(again));
  if (unsettled_.contains(file->serial)) handles_.Pin(file->serial);
}

// Reads a published file to where it ends now.
void TrackedFiles::ReadToEnd(TrackedFile* file) {
  if (!file->published()) return;
  for (ReadJob job{file}; ReadOneTurn(&job);) {
  }
}

void TrackedFiles::NoteCaughtUp(TrackedFile* file, const FileStat& stat) {
  if (!file->rest.SameAs(stat)) {
    file->rest = {stat.size_bytes, stat.mtime, stat.ctime, 0};
  }
  if (kind_ != PollKind::kInterval) return;
  ++file->rest.full_polls;
  file->quiet = true;
}

absl::StatusOr<OpenFile*> TrackedFiles::Open(TrackedFile* file) {
  if (OpenFile* const held = handles_.Use(file->serial)) return held;
  if (file->leaving || directory_ == nullptr) return Moved();
  absl::StatusOr<std::unique_ptr<ReadableFile>> opened =
      OpenAt(file->path, file->id);
  if (absl::IsResourceExhausted(opened.status()) && handles_.CloseIdlest()) {
    opened = OpenAt(file->path, file->id);
  }
  if (!opened.ok()) return opened.status();
  OpenFile* const held = handles_.Put(file->serial, *std::move(opened));
  if (unsettled_.contains(file->serial)) handles_.Pin(file->serial);
  return held;
}

absl::StatusOr<std::unique_ptr<ReadableFile>> TrackedFiles::OpenAt(
    const std::string& path, const FileId& id) {
  absl::StatusOr<std::unique_ptr<ReadableFile>> file =
      directory_->OpenFile(path);
  if (!file.ok()) return file;
  const absl::StatusOr<FileStat> stat = (*file)->Stat();
  if (!stat.ok()) return stat.status();
  if (stat->id != id) return Moved();
  return file;
}

void TrackedFiles::FinishLine(TrackedFile* file) {
  if (!scanner_.NeedsFinish(file->position.scan)) return;
  const absl::StatusOr<OpenFile*> open = Open(file);
  if (!open.ok()) return;
  reading_ = file;
  const absl::Status status =
      reader_.FinishLine((*open)->file.get(), &file->position, this);
  reading_ = nullptr;
  if (!status.ok()) TellProblem(file->name, status);
}

// --- telling ---------------------------------------------------------------

void TrackedFiles::OnMatch(const LineMatch& match, absl::string_view text,
                           bool cut) {
  ++match_count_;
  LineMatched event;
  event.file = reading_->name;
  event.line = match.line;
  event.offset_bytes = match.line_start;
  event.magic = matcher_.magics()[match.magic];
  event.text = text;
  event.cut = cut;
  sink_.OnEvent(event);
}

void TrackedFiles::OnTruncated() {
  sink_.OnEvent(FileTruncated{reading_->name});
}

void TrackedFiles::TellProblem(const std::string& name,
                               const absl::Status& status) {
  std::string& told = problems_[name];
  if (told == status.message()) return;
  told = std::string(status.message());
  sink_.OnEvent(FileError{name, status.message()});
}

void TrackedFiles::ForgetProblems(
    absl::FunctionRef<bool(const std::string& name)> is_there) {
  absl::erase_if(problems_, [&](const auto& told) {
    return !published_.contains(told.first) && !is_there(told.first);
  });
}

}  // namespace dirwatcher
