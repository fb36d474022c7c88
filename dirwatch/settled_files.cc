#include "dirwatch/settled_files.h"

#include "dirwatch/content_fingerprint.h"

namespace dirwatcher {

void SettledFiles::Add(FileSlot slot) {
  if (slot >= files_.size()) files_.resize(slot + 1);
  files_[slot] = File();
  files_[slot].in_use = true;
  ++size_;
}

int64_t SettledFiles::offset_bytes(FileSlot slot) const {
  const uint32_t at = files_[slot].position;
  return at == kNothingRead ? 0 : positions_[at].offset_bytes;
}

FilePosition SettledFiles::position(FileSlot slot) const {
  const uint32_t at = files_[slot].position;
  if (at == kNothingRead) return FilePosition();
  const Position& packed = positions_[at];
  if (packed.is_odd) return odd_positions_.at(slot);
  FilePosition position;
  position.scan.offset_bytes = packed.offset_bytes;
  position.scan.line = packed.line;
  position.scan.line_start = packed.offset_bytes - packed.line_bytes;
  position.scan.line_done = packed.line_done;
  position.fingerprint = ContentFingerprint::FromHashes(
      packed.offset_bytes, packed.head_hash, packed.tail_hash);
  return position;
}

RestStat SettledFiles::rest(FileSlot slot) const {
  const File& file = files_[slot];
  RestStat rest;
  rest.stamp = file.stamp;
  rest.size_matches = file.size_matches;
  rest.full_polls = file.full_polls;
  return rest;
}

void SettledFiles::Set(FileSlot slot, const FilePosition& position,
                       const RestStat& rest) {
  SetRest(slot, rest);
  const ScanState& scan = position.scan;
  if (scan.offset_bytes == 0 && position.skip_until_bytes == 0) {
    DropPosition(slot);
    return;
  }
  File& file = files_[slot];
  if (file.position == kNothingRead) {
    if (free_positions_.empty()) {
      free_positions_.push_back(static_cast<uint32_t>(positions_.size()));
      positions_.emplace_back();
    }
    file.position = free_positions_.back();
    free_positions_.pop_back();
  }
  const int64_t line_bytes = scan.offset_bytes - scan.line_start;
  Position packed;
  packed.offset_bytes = scan.offset_bytes;
  packed.line = scan.line;
  packed.head_hash = position.fingerprint.head_hash();
  packed.tail_hash = position.fingerprint.tail_hash();
  packed.line_bytes = static_cast<uint32_t>(line_bytes);
  packed.line_done = scan.line_done;
  packed.is_odd =
      line_bytes > UINT32_MAX || position.skip_until_bytes > scan.offset_bytes;
  if (packed.is_odd) {
    odd_positions_[slot] = position;
  } else if (positions_[file.position].is_odd) {
    odd_positions_.erase(slot);
  }
  positions_[file.position] = packed;
}

void SettledFiles::SetRest(FileSlot slot, const RestStat& rest) {
  File& file = files_[slot];
  file.stamp = rest.stamp;
  file.size_matches = rest.size_matches;
  file.full_polls = static_cast<uint8_t>(rest.full_polls);
}

void SettledFiles::DropPosition(FileSlot slot) {
  File& file = files_[slot];
  if (file.position == kNothingRead) return;
  if (positions_[file.position].is_odd) odd_positions_.erase(slot);
  positions_[file.position] = Position();
  free_positions_.push_back(file.position);
  file.position = kNothingRead;
}

void SettledFiles::Remove(FileSlot slot) {
  DropPosition(slot);
  files_[slot] = File();
  --size_;
}

void SettledFiles::Clear() {
  files_.clear();
  positions_.clear();
  free_positions_.clear();
  odd_positions_.clear();
  size_ = 0;
}

void SettledFiles::ForEach(absl::FunctionRef<void(FileSlot)> visit) const {
  for (size_t slot = 0; slot < files_.size(); ++slot) {
    if (files_[slot].in_use) visit(static_cast<FileSlot>(slot));
  }
}

}  // namespace dirwatcher
