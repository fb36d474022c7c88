#include "dirwatch/directory_model.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace dirwatcher {
namespace {

bool InOrder(const Change& a, const Change& b) {
  return std::tie(a.kind, a.name) < std::tie(b.kind, b.name);
}

}  // namespace

std::ostream& operator<<(std::ostream& os, const Change& change) {
  switch (change.kind) {
    case Change::Kind::kRemoved:
      return os << "removed " << change.name << " " << change.id;
    case Change::Kind::kRenamed:
      return os << "renamed " << change.from << " -> " << change.name << " "
                << change.id;
    case Change::Kind::kAdded:
      return os << "added " << change.name << " " << change.id;
  }
  return os;
}

DirectoryModel::DirectoryModel()
    : by_id_(0, IdHash{this}, IdEqual{this}), by_name_(NameLess{this}) {}

// --- what is known ---------------------------------------------------------

absl::optional<FileId> DirectoryModel::Find(absl::string_view name) const {
  const absl::optional<FileSlot> slot = SlotAt(name);
  if (!slot.has_value()) return absl::nullopt;
  return IdOf(*slot);
}

absl::optional<FileSlot> DirectoryModel::SlotOf(const FileId& id) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return absl::nullopt;
  return *found;
}

absl::optional<FileSlot> DirectoryModel::SlotOfPrimary(
    absl::string_view name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return absl::nullopt;
  return *found;
}

absl::optional<FileSlot> DirectoryModel::SlotAt(absl::string_view name) const {
  const absl::optional<FileSlot> primary = SlotOfPrimary(name);
  if (primary.has_value()) return primary;
  const auto alias = aliases_.find(name);
  if (alias != aliases_.end()) return alias->second;
  return absl::nullopt;
}

absl::string_view DirectoryModel::PrimaryName(FileSlot slot) const {
  return names_.Get(files_[slot].name);
}

FileId DirectoryModel::IdOf(FileSlot slot) const {
  const File& file = files_[slot];
  return {devices_[file.device], file.inode, file.birth_ns};
}

void DirectoryModel::ForEachName(
    absl::FunctionRef<void(absl::string_view name, FileSlot)> visit) const {
  auto alias = aliases_.begin();
  for (const FileSlot slot : by_name_) {
    const absl::string_view primary = PrimaryName(slot);
    for (; alias != aliases_.end() && alias->first < primary; ++alias) {
      visit(alias->first, alias->second);
    }
    visit(primary, slot);
  }
  for (; alias != aliases_.end(); ++alias) visit(alias->first, alias->second);
}

// --- what changes ----------------------------------------------------------

std::vector<Change> DirectoryModel::Sync(const Snapshot& snapshot,
                                         std::vector<FileSlot>* slots) {
  CleanUp();
  const auto& entries = snapshot.entries;
  slots->assign(entries.size(), 0);
  std::vector<NameUpdate> updates;
  std::vector<size_t> updated;  // indices of their entries, in the same order
  std::deque<std::string> gone_aliases;
  size_t next = 0;
  const auto update_to = [&](size_t index) {
    updated.resize(updates.size(), entries.size());
    updated.push_back(index);
    updates.push_back({entries[index].name, entries[index].stat.id});
  };
  ForEachName([&](absl::string_view name, FileSlot slot) {
    while (next < entries.size() && entries[next].name < name) {
      update_to(next++);
    }
    if (next < entries.size() && entries[next].name == name) {
      if (entries[next].stat.id != IdOf(slot)) {
        update_to(next);
      } else {
        (*slots)[next] = slot;
      }
      ++next;
    } else if (!IsUnknown(snapshot, name)) {
      // Names of aliases move as soon as there are others.
      const bool is_primary = PrimaryName(slot) == name;
      if (!is_primary) gone_aliases.emplace_back(name);
      updates.push_back(
          {is_primary ? name : gone_aliases.back(), absl::nullopt});
    }
  });
  while (next < entries.size()) update_to(next++);
  std::vector<FileSlot> slots_of_updates;
  std::vector<Change> changes = TakeOver(updates, &slots_of_updates);
  for (size_t i = 0; i < updated.size(); ++i) {
    if (updated[i] < entries.size()) (*slots)[updated[i]] = slots_of_updates[i];
  }
  return changes;
}

std::vector<Change> DirectoryModel::Sync(const Snapshot& snapshot) {
  std::vector<FileSlot> slots;
  return Sync(snapshot, &slots);
}

std::vector<Change> DirectoryModel::Update(
    const std::vector<NameUpdate>& updates) {
  CleanUp();
  std::vector<FileSlot> slots;
  return TakeOver(updates, &slots);
}

// Takes over `updates`, and finds the slots of the files that they name.
std::vector<Change> DirectoryModel::TakeOver(
    const std::vector<NameUpdate>& updates, std::vector<FileSlot>* slots) {
  if (updates.empty()) return {};
  const std::vector<FileSlot> losers = TakeNames(updates);
  *slots = FindOrAddFiles(updates);
  const std::vector<FileSlot> winners = GiveNames(updates, *slots);

  // Of each file that may need another primary name, its first alias.
  absl::flat_hash_map<FileSlot, std::string> first_alias;
  if (!aliases_.empty()) {
    absl::flat_hash_set<FileSlot> wanted(losers.begin(), losers.end());
    wanted.insert(winners.begin(), winners.end());
    for (const auto& [name, slot] : aliases_) {
      if (wanted.erase(slot) > 0) first_alias[slot] = name;
    }
  }
  std::vector<Change> changes;
  changes.reserve(losers.size() + winners.size());
  for (const std::vector<FileSlot>* concerned : {&losers, &winners}) {
    for (const FileSlot slot : *concerned) {
      const auto alias = first_alias.find(slot);
      const absl::optional<Change> change =
          Settle(slot, alias == first_alias.end() ? nullptr : &alias->second);
      if (change.has_value()) changes.push_back(*change);
    }
  }
  // As a rule it is only added to, in the order of names.
  if (!std::is_sorted(changes.begin(), changes.end(), InOrder)) {
    std::sort(changes.begin(), changes.end(), InOrder);
  }
  return changes;
}

// Takes away the names that lead elsewhere now. Returns whose primary names
// they were.
std::vector<FileSlot> DirectoryModel::TakeNames(
    const std::vector<NameUpdate>& updates) {
  std::vector<FileSlot> losers;
  for (const NameUpdate& update : updates) {
    const absl::optional<FileSlot> slot = SlotAt(update.name);
    if (!slot.has_value() || update.id == IdOf(*slot)) continue;
    if (PrimaryName(*slot) != update.name) {
      aliases_.erase(update.name);
      continue;
    }
    by_name_.erase(*slot);
    files_[*slot].has_name = 0;
    losers.push_back(*slot);
  }
  return losers;
}

// The slots of the files that are named. Those that are not known yet are added
// in the order of their inodes: that is how they are looked at fastest.
std::vector<FileSlot> DirectoryModel::FindOrAddFiles(
    const std::vector<NameUpdate>& updates) {
  std::vector<FileSlot> slots(updates.size());
  std::vector<uint32_t> unknown;
  for (size_t i = 0; i < updates.size(); ++i) {
    if (!updates[i].id.has_value()) continue;
    const auto known = by_id_.find(*updates[i].id);
    if (known != by_id_.end()) {
      slots[i] = *known;
    } else {
      unknown.push_back(static_cast<uint32_t>(i));
    }
  }
  std::sort(unknown.begin(), unknown.end(), [&](uint32_t a, uint32_t b) {
    return updates[a].id->inode < updates[b].id->inode;
  });
  by_id_.reserve(by_id_.size() + unknown.size());
  for (const uint32_t i : unknown) slots[i] = FindOrAddFile(*updates[i].id);
  return slots;
}

FileSlot DirectoryModel::FindOrAddFile(const FileId& id) {
  if (free_.empty()) {
    free_.push_back(slot_end());
    files_.emplace_back();
  }
  const FileSlot slot = free_.back();
  const auto device = std::find(devices_.begin(), devices_.end(), id.device);
  File& file = files_[slot];
  file.device = static_cast<uint32_t>(device - devices_.begin());
  if (device == devices_.end()) devices_.push_back(id.device);
  file.inode = id.inode;
  file.birth_ns = id.birth_ns;
  const auto [entry, is_new] = by_id_.insert(slot);
  if (!is_new) return *entry;  // the one before has the same
  free_.pop_back();
  file.in_use = 1;
  file.is_new = 1;
  return slot;
}

// Gives the new names away: a new file takes its first one as its primary name,
// the others are aliases. Returns the new files.
std::vector<FileSlot> DirectoryModel::GiveNames(
    const std::vector<NameUpdate>& updates,
    const std::vector<FileSlot>& slots) {
  std::vector<FileSlot> winners;
  for (size_t i = 0; i < updates.size(); ++i) {
    if (!updates[i].id.has_value()) continue;
    const absl::string_view name = updates[i].name;
    File& file = files_[slots[i]];
    if (file.is_new && !file.has_name) {
      SetPrimary(slots[i], name);
      winners.push_back(slots[i]);
    } else if (!file.has_name || PrimaryName(slots[i]) != name) {
      aliases_.emplace(name, slots[i]);
    }
  }
  return winners;
}

// Sees to it that a file has a primary name, or forgets it. What that changes.
absl::optional<Change> DirectoryModel::Settle(FileSlot slot,
                                              const std::string* first_alias) {
  File& file = files_[slot];
  Change change;
  change.slot = slot;
  change.id = IdOf(slot);
  if (file.is_new) {
    file.is_new = 0;
    if (first_alias != nullptr && *first_alias < PrimaryName(slot)) {
      by_name_.erase(slot);
      aliases_.emplace(PrimaryName(slot), slot);
      old_names_.push_back(file.name);
      SetPrimary(slot, *first_alias);
      aliases_.erase(aliases_.find(PrimaryName(slot)));
    }
    change.kind = Change::Kind::kAdded;
    change.name = PrimaryName(slot);
    return change;
  }
  if (first_alias == nullptr) {
    by_id_.erase(slot);
    file.in_use = 0;
    old_slots_.push_back(slot);
    change.kind = Change::Kind::kRemoved;
    change.name = PrimaryName(slot);
    return change;
  }
  change.from = PrimaryName(slot);
  old_names_.push_back(file.name);
  SetPrimary(slot, *first_alias);
  aliases_.erase(aliases_.find(PrimaryName(slot)));
  change.kind = Change::Kind::kRenamed;
  change.name = PrimaryName(slot);
  return change;
}

void DirectoryModel::SetPrimary(FileSlot slot, absl::string_view name) {
  files_[slot].name = names_.Add(name);
  files_[slot].has_name = 1;
  by_name_.insert(by_name_.end(), slot);
}

void DirectoryModel::CleanUp() {
  for (const NameArena::Ref name : old_names_) names_.Release(name);
  old_names_.clear();
  for (const FileSlot slot : old_slots_) {
    names_.Release(files_[slot].name);
    files_[slot] = File();
    free_.push_back(slot);
  }
  old_slots_.clear();
  if (!names_.wasteful()) return;
  NameArena compact;
  for (File& file : files_) {
    if (file.in_use) file.name = compact.Add(names_.Get(file.name));
  }
  names_ = std::move(compact);
}

void DirectoryModel::Clear() {
  by_name_.clear();
  by_id_.clear();
  aliases_.clear();
  files_.clear();
  free_.clear();
  old_slots_.clear();
  old_names_.clear();
  names_ = NameArena();
}

}  // namespace dirwatcher
