#include "dirwatch/directory_model.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/container/btree_set.h"

namespace dirwatcher {

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

std::vector<Change> DirectoryModel::Sync(const Snapshot& snapshot) {
  std::vector<NameUpdate> updates;
  auto known = names_.begin();
  const auto gone_before = [&](const std::string* name) {
    for (; known != names_.end() && (name == nullptr || known->first < *name);
         ++known) {
      if (!IsUnknown(snapshot, known->first)) {
        updates.push_back({known->first, absl::nullopt});
      }
    }
  };
  for (const SnapshotEntry& entry : snapshot.entries) {
    gone_before(&entry.name);
    const bool same_name = known != names_.end() && known->first == entry.name;
    if (!same_name || known->second != entry.stat.id) {
      updates.push_back({entry.name, entry.stat.id});
    }
    if (same_name) ++known;
  }
  gone_before(nullptr);
  return Update(updates);
}

std::vector<Change> DirectoryModel::Update(
    const std::vector<NameUpdate>& updates) {
  absl::btree_set<FileId> touched;
  for (const NameUpdate& update : updates) {
    const auto old = names_.find(update.name);
    if (old != names_.end()) {
      if (update.id == old->second) continue;
      touched.insert(old->second);
      std::vector<std::string>& names = files_[old->second].names;
      names.erase(std::lower_bound(names.begin(), names.end(), update.name));
      names_.erase(old);
    }
    if (!update.id.has_value()) continue;
    touched.insert(*update.id);
    std::vector<std::string>& names = files_[*update.id].names;
    names.insert(std::lower_bound(names.begin(), names.end(), update.name),
                 update.name);
    names_.emplace(update.name, *update.id);
  }

  std::vector<Change> changes;
  for (const FileId& id : touched) {
    File& file = files_[id];
    if (file.names.empty()) {
      if (!file.primary.empty()) {
        changes.push_back({Change::Kind::kRemoved, file.primary, "", id});
      }
      files_.erase(id);
      continue;
    }
    if (std::binary_search(file.names.begin(), file.names.end(),
                           file.primary)) {
      continue;
    }
    const std::string from = std::exchange(file.primary, file.names.front());
    changes.push_back(
        {from.empty() ? Change::Kind::kAdded : Change::Kind::kRenamed,
         file.primary, from, id});
  }
  std::sort(changes.begin(), changes.end(),
            [](const Change& a, const Change& b) {
              return std::tie(a.kind, a.name) < std::tie(b.kind, b.name);
            });
  return changes;
}

void DirectoryModel::Clear() {
  names_.clear();
  files_.clear();
}

absl::optional<FileId> DirectoryModel::Find(absl::string_view name) const {
  const auto found = names_.find(name);
  if (found == names_.end()) return absl::nullopt;
  return found->second;
}

const std::string* DirectoryModel::PrimaryName(const FileId& id) const {
  const auto found = files_.find(id);
  return found == files_.end() ? nullptr : &found->second.primary;
}

}  // namespace dirwatcher
