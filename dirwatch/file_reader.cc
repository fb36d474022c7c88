#include "dirwatch/file_reader.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/cleanup/cleanup.h"

namespace dirwatcher {

bool IsTransient(const absl::Status& status) {
  return absl::IsAborted(status) || absl::IsNotFound(status) ||
         absl::IsFailedPrecondition(status);
}

FileReader::FileReader(const FileReaderOptions& options,
                       const LineMatcher* matcher, HandleCache* handles,
                       FileProblems* problems, EventSink* sink)
    : between_turns_(options.between_turns),
      matcher_(*matcher),
      scanner_(matcher),
      reader_(&scanner_, options.reader),
      ahead_(&scanner_, options.reader, options.threads,
             std::max<size_t>(options.max_open_files / 4, 1)),
      handles_(*handles),
      problems_(*problems),
      sink_(*sink) {}

bool FileReader::ReadTurn(TrackedFile* file, const FileStat* found,
                          Progress* progress) {
  const absl::StatusOr<FileStat> stat = StatOf(file, found);
  if (!stat.ok()) {
    // Those that are read ahead give their descriptors back.
    if (absl::IsResourceExhausted(stat.status()) && is_reading_ahead_) {
      return true;
    }
    NoteFailure(file, stat.status());
    return false;
  }
  if (progress->target_bytes < 0) progress->target_bytes = stat->size_bytes;
  const int64_t before = file->position.scan.offset_bytes;
  OpenFile* const held = handles_.Use(file->handle);
  reading_ = file;
  reading_mtime_ = stat->mtime;
  const absl::StatusOr<AppendReader::TurnEnd> end =
      reader_.ReadTurn(held->file.get(), stat->size_bytes, &file->position,
                       &held->checkpoints, this);
  reading_ = nullptr;
  const int64_t after = file->position.scan.offset_bytes;
  if (after != before) file->quiet = false;
  if (!end.ok()) {
    NoteFailure(file, end.status());
    return false;
  }
  file->polls_failed = 0;
  problems_.Forget(file->name);
  if (*end == AppendReader::TurnEnd::kCaughtUp) {
    NoteCaughtUp(file, *stat);
    return false;
  }
  file->rest = RestStat();
  if (after > before) return after < progress->target_bytes;
  // It was cut. The new content is read in this poll too, but a file that is
  // cut over and over must not keep the others waiting.
  progress->target_bytes = -1;
  return ++progress->restarts < kMaxRestarts;
}

// What is known of the file before it is read, and holds it open.
absl::StatusOr<FileStat> FileReader::StatOf(TrackedFile* file,
                                            const FileStat* found) {
  const bool was_held = handles_.Holds(file->handle);
  const absl::StatusOr<OpenFile*> held = Open(file);
  if (!held.ok()) return held.status();
  if (!was_held) return (*held)->file->StatAtOpen();
  return found != nullptr ? *found : (*held)->file->Stat();
}

void FileReader::ReadToEnd(TrackedFile* file) {
  if (!file->published()) return;
  for (Progress progress; ReadTurn(file, nullptr, &progress);) {
  }
}

void FileReader::ReadAheadOf(
    absl::Span<const ReadAhead::Request> requests,
    absl::FunctionRef<void(size_t i, ReadAhead::Result* result)> take) {
  is_reading_ahead_ = true;
  const absl::Cleanup end = [this] { is_reading_ahead_ = false; };
  ahead_.Read(directory_, requests, take);
}

void FileReader::TakeOver(TrackedFile* file, ReadAhead::Result* ahead) {
  file->position = ahead->position;
  read_ahead_totals_.bytes += ahead->totals.bytes;
  read_ahead_totals_.lines += ahead->totals.lines;
  reading_ = file;
  reading_mtime_ = ahead->file->StatAtOpen().mtime;
  ahead->Tell(this);
  reading_ = nullptr;
  problems_.Forget(file->name);
  NoteCaughtUp(file, ahead->file->StatAtOpen());
  OpenFile* const held = handles_.Put(file->handle, std::move(ahead->file));
  held->checkpoints = std::move(ahead->checkpoints);
}

void FileReader::NoteFailure(TrackedFile* file, const absl::Status& status) {
  file->rest = RestStat();
  file->quiet = false;
  if (file->leaving && kind_ == PollKind::kInterval) ++file->polls_failed;
  if (!IsTransient(status)) problems_.Tell(file->name, status);
  // A descriptor may have gone bad (ESTALE) while the file is as good as ever.
  if (file->leaving || directory_ == nullptr) return;
  absl::StatusOr<std::unique_ptr<ReadableFile>> again =
      OpenSameFile(directory_, file->path, file->id);
  if (!again.ok()) return;
  handles_.Close(file->handle);
  handles_.Put(file->handle, *std::move(again));
  if (!file->settled) handles_.Pin(file->handle);
}

void FileReader::NoteCaughtUp(TrackedFile* file, const FileStat& stat) const {
  const bool full_poll = kind_ == PollKind::kInterval;
  file->rest.NoteEnd(stat, file->position.scan.offset_bytes, full_poll);
  if (full_poll) file->quiet = true;
}

absl::StatusOr<OpenFile*> FileReader::Open(TrackedFile* file) {
  if (OpenFile* const held = handles_.Use(file->handle)) return held;
  if (file->leaving || directory_ == nullptr) {
    return absl::AbortedError("it was replaced meanwhile");
  }
  absl::StatusOr<std::unique_ptr<ReadableFile>> opened =
      OpenSameFile(directory_, file->path, file->id);
  if (absl::IsResourceExhausted(opened.status()) && handles_.CloseIdlest()) {
    opened = OpenSameFile(directory_, file->path, file->id);
  }
  if (!opened.ok()) return opened.status();
  OpenFile* const held = handles_.Put(file->handle, *std::move(opened));
  if (!file->settled) handles_.Pin(file->handle);
  return held;
}

void FileReader::FinishLine(TrackedFile* file) {
  if (!NeedsFinish(file->position)) return;
  const absl::StatusOr<OpenFile*> held = Open(file);
  if (!held.ok()) return;
  reading_ = file;
  reading_mtime_ = absl::InfinitePast();
  const absl::Status status =
      reader_.FinishLine((*held)->file.get(), &file->position, this);
  reading_ = nullptr;
  if (!status.ok()) problems_.Tell(file->name, status);
}

void FileReader::OnMatch(const LineMatch& match, absl::string_view text,
                         bool cut) {
  ++match_count_;
  LineMatched event;
  event.file = reading_->name;
  event.line = match.line;
  event.offset_bytes = match.line_start;
  event.magic = matcher_.magics()[match.magic];
  event.text = text;
  event.cut = cut;
  event.written = reading_mtime_;
  sink_.OnEvent(event);
}

void FileReader::OnTruncated() { sink_.OnEvent(FileTruncated{reading_->name}); }

void FileReader::OnPiece() {
  if (between_turns_) between_turns_();
}

}  // namespace dirwatcher
