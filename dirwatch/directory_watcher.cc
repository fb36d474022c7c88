#include "dirwatch/directory_watcher.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "dirwatch/file_reader.h"
#include "dirwatch/parallel.h"

namespace dirwatcher {
namespace {

FileReaderOptions ReaderOptions(const DirectoryWatcherOptions& options) {
  FileReaderOptions result;
  result.max_open_files = options.max_open_files;
  result.reader = options.reader;
  result.threads = options.threads;
  result.reader.threads = options.threads;
  result.between_turns = options.between_turns;
  return result;
}

// How many files a sweep has in hand at a time.
constexpr size_t kFilesAtATime = 16384;
// Of those, how many a thread takes at a time.
constexpr size_t kFilesForAThread = 512;

// Why a directory counts as missing; absent: the error does not say that it is.
absl::optional<MissingReason> WhyMissing(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kNotFound:
      return MissingReason::kNotFound;
    case absl::StatusCode::kFailedPrecondition:
      return MissingReason::kNotADirectory;
    case absl::StatusCode::kPermissionDenied:
      return MissingReason::kPermissionDenied;
    default:
      return absl::nullopt;
  }
}

// Whether the listing found `name`, or could not look at it.
bool IsListed(const Snapshot& snapshot, const std::string& name) {
  const std::vector<SnapshotEntry>& entries = snapshot.entries;
  const auto entry = std::lower_bound(
      entries.begin(), entries.end(), name,
      [](const SnapshotEntry& a, absl::string_view b) { return a.name < b; });
  return (entry != entries.end() && entry->name == name) ||
         IsUnknown(snapshot, name);
}

}  // namespace

DirectoryWatcher::DirectoryWatcher(const DirectoryWatcherOptions& options,
                                   const LineMatcher* matcher,
                                   FileSystem* file_system, EventSink* sink,
                                   ChangeNotifier* notifier)
    : options_(options),
      filter_(options.extensions),
      file_system_(*file_system),
      sink_(*sink),
      observer_(options.dir, notifier, sink),
      files_(ReaderOptions(options), &model_, matcher, sink) {}

absl::Status DirectoryWatcher::Poll() { return PollWhole(PollKind::kInterval); }

absl::Status DirectoryWatcher::PollNow() { return PollWhole(PollKind::kHint); }

absl::Status DirectoryWatcher::PollChanged(const ChangeHints& hints) {
  if (hints.empty()) return absl::OkStatus();
  if (hints.overflow) {
    ++overflows_;
    sink_.OnEvent(WatchDegraded{
        options_.dir,
        "the kernel dropped notifications; everything is looked at"});
  }
  // A directory may have been replaced: what was observed may be gone.
  const bool lists =
      hints.overflow || hints.directories_changed ||
      (hints.subdirectories_changed && options_.depth == Depth::kRecursive);
  if (lists) observer_.Clear();
  if (lists || directory_ == nullptr) {
    return PollWhole(PollKind::kHint);
  }
  files_.BeginPoll(directory_.get(), PollKind::kHint);
  std::vector<absl::string_view> watched;
  for (const std::string& name : hints.names) {
    if (filter_.Matches(name)) watched.push_back(name);
  }
  LookAt(watched);
  files_.EndPoll();
  sink_.Flush();
  return absl::OkStatus();
}

void DirectoryWatcher::Finish() {
  files_.BeginPoll(directory_.get(), PollKind::kHint);
  files_.Finish();
  sink_.Flush();
}

WatcherTotals DirectoryWatcher::totals() const {
  WatcherTotals totals;
  totals.files = files_.file_count();
  totals.lines = files_.read_totals().lines;
  totals.matches = files_.match_count();
  totals.bytes = files_.read_totals().bytes;
  totals.overflows = overflows_;
  return totals;
}

absl::Status DirectoryWatcher::PollWhole(PollKind kind) {
  absl::Status status = Enter(kind);
  files_.BeginPoll(directory_.get(), kind);
  if (status.ok()) {
    status = ListOrSweep(kind);
  } else if (directory_ == nullptr) {
    files_.Apply(model_.Sync(Snapshot()));
  } else if (!absl::IsPermissionDenied(status)) {
    LookAtKnown();
  }
  files_.EndPoll();
  sink_.Flush();
  return status;
}

// Opens the directory that the path means now.
absl::Status DirectoryWatcher::Enter(PollKind kind) {
  absl::StatusOr<std::unique_ptr<Directory>> opened =
      file_system_.OpenDirectory(options_.dir);
  absl::StatusOr<FileStat> stat =
      opened.ok() ? (*opened)->Stat(".") : opened.status();
  if (!stat.ok()) {
    const absl::optional<MissingReason> reason = WhyMissing(stat.status());
    if (!reason.has_value()) {
      TellDirectoryProblem("", stat.status());
      return stat.status();
    }
    if (kind == PollKind::kInterval) {
      sink_.OnEvent(DirectoryMissing{options_.dir, *reason});
    }
    // A directory that is closed to us may still hold its files; of one that is
    // not there we know that it does not.
    if (*reason != MissingReason::kPermissionDenied) {
      LoseDirectory();
      first_listing_ = false;  // what is there when it comes is new
    }
    was_missing_ = true;
    return stat.status();
  }
  const bool replaced = directory_id_.has_value() && *directory_id_ != stat->id;
  if (replaced) {
    files_.DetachAll();
    model_.Clear();
    observer_.Clear();
    listed_mtime_ = absl::InfinitePast();
  }
  if (replaced || was_missing_) sink_.OnEvent(DirectoryFound{options_.dir});
  was_missing_ = false;
  directory_ = *std::move(opened);
  directory_id_ = stat->id;
  return absl::OkStatus();
}

void DirectoryWatcher::LoseDirectory() {
  directory_.reset();
  observer_.Clear();
  listed_mtime_ = absl::InfinitePast();
}

absl::Status DirectoryWatcher::ListOrSweep(PollKind kind) {
  const absl::StatusOr<FileStat> root = directory_->Stat(".");
  if (kind == PollKind::kInterval && root.ok() && SweepSuffices(*root)) {
    Sweep();
    return absl::OkStatus();
  }
  return ListAll();
}

// Whether it is enough to look at names that are known, as the directory has
// not changed since it was listed. A stamp may be too coarse to show a change
// made right after the listing, so the directory is listed once more with the
// same stamp, an interval later, before it is believed.
bool DirectoryWatcher::SweepSuffices(const FileStat& root) {
  // The ctime, too, as an mtime can be set back.
  const bool same = root.mtime == listed_mtime_ && root.ctime == listed_ctime_;
  // Where stamps are whole seconds, an interval is not enough.
  const bool is_fine =
      root.ctime != absl::FromUnixSeconds(absl::ToUnixSeconds(root.ctime));
  const bool trusted =
      same && listed_again_ && (is_fine || observer_.complete());
  listed_again_ = same;
  listed_mtime_ = root.mtime;
  listed_ctime_ = root.ctime;
  if (!trusted || !problems_.empty() || !directory_->StampTellsOfEntries()) {
    return false;
  }
  // Directories below have stamps of their own. Notifications tell of changes
  // in them, but not for sure: after each round everything is listed.
  return options_.depth == Depth::kOneDirectory ||
         (SweepsInSlices() && sweep_from_ < model_.slot_end());
}

// Whether a sweep looks at some of the files only, as notifications tell of
// changes and there are very many.
bool DirectoryWatcher::SweepsInSlices() const {
  return observer_.complete() && model_.size() > options_.sweep_above_files;
}

void DirectoryWatcher::Sweep() {
  const bool in_slices = SweepsInSlices();
  if (!in_slices || sweep_from_ >= model_.slot_end()) sweep_from_ = 0;
  size_t left = in_slices ? options_.files_per_sweep : model_.size();
  std::vector<std::string> changed;
  // In the order of slots, which is about that of inodes.
  while (left > 0 && sweep_from_ < model_.slot_end()) {
    std::vector<FileSlot> slots;
    const size_t most = std::min(left, kFilesAtATime);
    for (; sweep_from_ < model_.slot_end() && slots.size() < most;
         ++sweep_from_) {
      if (model_.HasFile(sweep_from_)) slots.push_back(sweep_from_);
    }
    left -= slots.size();
    LookAtSlots(slots, &changed);
  }
  for (const std::string& name : no_files_) {
    if (!model_.Find(name).has_value()) changed.push_back(name);
  }
  for (const auto& [name, slot] : model_.aliases()) changed.push_back(name);
  LookAt(std::vector<absl::string_view>(changed.begin(), changed.end()));
}

// Looks at known files. Names under which something else stands are added to
// `changed`.
void DirectoryWatcher::LookAtSlots(const std::vector<FileSlot>& slots,
                                   std::vector<std::string>* changed) {
  std::vector<FileStat> stats(slots.size());
  const auto look = [&](size_t, size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      const absl::StatusOr<FileStat> stat =
          directory_->Stat(model_.PrimaryName(slots[i]));
      if (stat.ok()) stats[i] = *stat;
    }
  };
  ParallelFor(options_.threads, slots.size(), kFilesForAThread, look);
  for (size_t i = 0; i < slots.size(); ++i) {
    if (stats[i].type == FileType::kRegular &&
        stats[i].id == model_.IdOf(slots[i])) {
      files_.NoteStat(slots[i], stats[i]);
    } else {
      changed->emplace_back(model_.PrimaryName(slots[i]));
    }
  }
}

// Lists the whole tree.
absl::Status DirectoryWatcher::ListAll() {
  const Listing listing =
      ListTree(directory_.get(), filter_, options_.depth, options_.threads,
               [this](absl::string_view prefix) { observer_.Observe(prefix); });
  sweep_from_ = 0;
  no_files_ = listing.no_files;
  const absl::Status status = TellDirectoryProblems(listing.directory_problems);
  for (const Problem& problem : listing.file_problems) {
    files_.TellProblem(problem.name, problem.status);
  }
  files_.ForgetProblems([&listing](const std::string& name) {
    return IsListed(listing.snapshot, name);
  });
  std::vector<FileSlot> slots;
  const std::vector<Change> changes = model_.Sync(listing.snapshot, &slots);
  files_.Apply(changes);
  absl::flat_hash_set<FileSlot> skipped;
  if (first_listing_ && options_.start_at == StartAt::kEnd) {
    for (const Change& change : changes) skipped.insert(change.slot);
  }
  for (size_t i = 0; i < slots.size(); ++i) {
    const SnapshotEntry& entry = listing.snapshot.entries[i];
    if (skipped.contains(slots[i])) {
      files_.SkipBefore(entry.stat.id, entry.stat.size_bytes);
    }
    if (model_.PrimaryName(slots[i]) == entry.name) {
      files_.NoteStat(slots[i], entry.stat);
    }
  }
  if (!problems_.contains("")) first_listing_ = false;
  if (!status.ok()) LookAtKnown();
  return status;
}

// Tells what is new among the problems of a listing and forgets those that are
// over. Returns UNAVAILABLE if there are any: other codes say that the root is
// missing.
absl::Status DirectoryWatcher::TellDirectoryProblems(
    const std::vector<Problem>& problems) {
  absl::flat_hash_set<absl::string_view> current;
  absl::Status status;
  for (const Problem& problem : problems) {
    current.insert(problem.name);
    TellDirectoryProblem(problem.name, problem.status);
    status.Update(absl::UnavailableError(problem.status.message()));
  }
  absl::erase_if(problems_, [&current](const auto& told) {
    return !current.contains(told.first);
  });
  return status;
}

// Looks at the files that are known, when it is not known which others there
// are. Nothing is concluded from what is missing.
void DirectoryWatcher::LookAtKnown() {
  model_.ForEachName([this](absl::string_view name, FileSlot) {
    const absl::StatusOr<FileStat> stat = directory_->Stat(name);
    if (stat.ok()) files_.NoteStat(name, *stat);
  });
}

// Looks at some names and takes over what stands there.
void DirectoryWatcher::LookAt(absl::Span<const absl::string_view> names) {
  std::vector<NameUpdate> updates;
  std::vector<std::pair<absl::string_view, FileStat>> found;
  const auto update = [&](absl::string_view name, absl::optional<FileId> id) {
    if (model_.Find(name) != id) updates.push_back({name, id});
  };
  for (const absl::string_view name : names) {
    const absl::StatusOr<FileStat> stat = directory_->Stat(name);
    if (stat.ok() && stat->type == FileType::kRegular) {
      update(name, stat->id);
      found.push_back({name, *stat});
    } else if (stat.ok() || absl::IsNotFound(stat.status()) ||
               absl::IsFailedPrecondition(stat.status())) {
      update(name, absl::nullopt);
    } else {
      files_.TellProblem(name, stat.status());
    }
  }
  if (!updates.empty()) files_.Apply(model_.Update(updates));
  for (const auto& [name, stat] : found) files_.NoteStat(name, stat);
}

void DirectoryWatcher::TellDirectoryProblem(const std::string& prefix,
                                            const absl::Status& status) {
  std::string& told = problems_[prefix];
  if (told == status.message()) return;
  told = std::string(status.message());
  const std::string dir =
      prefix.empty() ? options_.dir
                     : absl::StrCat(absl::StripSuffix(options_.dir, "/"), "/",
                                    absl::StripSuffix(prefix, "/"));
  sink_.OnEvent(DirectoryError{dir, status.message()});
}

}  // namespace dirwatcher
