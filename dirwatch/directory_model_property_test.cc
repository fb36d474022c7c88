// DirectoryModel against plain maps.

#include <algorithm>
#include <cstdint>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/types/optional.h"
#include "dirwatch/directory_model.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"

namespace dirwatcher {

std::ostream& operator<<(std::ostream& os, const Snapshot& snapshot) {
  for (const SnapshotEntry& entry : snapshot.entries) {
    os << entry.name << "=" << entry.stat.id.inode << " ";
  }
  for (const std::string& name : snapshot.unknown_names) {
    os << "unknown " << name << " ";
  }
  for (const std::string& prefix : snapshot.unknown_prefixes) {
    os << "incomplete \"" << prefix << "\" ";
  }
  return os << ";";
}

bool operator==(const Change& a, const Change& b) {
  return a.kind == b.kind && a.name == b.name && a.from == b.from &&
         a.id == b.id;
}

namespace {

using Names = std::map<std::string, FileId>;
using Primaries = std::map<FileId, std::string>;

const char* const kNames[] = {"a", "b", "c", "s/a", "s/b", "sb", "t/a"};

// Any of [min, max), whatever the size that is asked for.
template <typename T>
rc::Gen<T> Between(T min, T max) {
  return rc::gen::resize(rc::kNominalSize, rc::gen::inRange(min, max));
}

// Few names and fewer files, so that links, renames and swaps happen by chance.
rc::Gen<Snapshot> AnySnapshot(int max_inode) {
  return rc::gen::exec([max_inode] {
    Snapshot snapshot;
    for (const char* name : kNames) {
      const int inode = *Between(-max_inode, max_inode + 1);
      if (inode > 0) {
        FileStat stat;
        stat.id = {1, static_cast<uint64_t>(inode), 0};
        snapshot.Add(name, stat);
      } else if (*Between(0, 6) == 0) {
        snapshot.unknown_names.emplace_back(name);
      }
    }
    for (const char* prefix : {"", "s/"}) {
      if (*Between(0, 8) == 0) {
        snapshot.unknown_prefixes.emplace_back(prefix);
      }
    }
    return snapshot;
  });
}

rc::Gen<std::vector<Snapshot>> AnyHistory(int max_inode = 5) {
  return rc::gen::resize(
      12, rc::gen::container<std::vector<Snapshot>>(AnySnapshot(max_inode)));
}

// What the names are after a snapshot.
Names Follow(const Names& before, const Snapshot& snapshot) {
  Names after;
  for (const auto& [name, id] : before) {
    bool is_unknown = std::count(snapshot.unknown_names.begin(),
                                 snapshot.unknown_names.end(), name) > 0;
    for (const std::string& prefix : snapshot.unknown_prefixes) {
      is_unknown |= absl::StartsWith(name, prefix);
    }
    if (is_unknown) after[name] = id;
  }
  for (const SnapshotEntry& entry : snapshot.entries) {
    after[std::string(entry.name)] = entry.stat.id;
  }
  return after;
}

// A file keeps its primary name while it has it; else the first one is taken.
Primaries Follow(const Primaries& before, const Names& names) {
  Primaries after;
  for (const auto& [name, id] : names) {
    const auto old = before.find(id);
    const bool keeps = old != before.end() && names.count(old->second) > 0 &&
                       names.at(old->second) == id;
    after.emplace(id, keeps ? old->second : name);
  }
  return after;
}

std::vector<Change> Difference(const Primaries& before,
                               const Primaries& after) {
  std::vector<Change> changes;
  for (const auto& [id, name] : before) {
    if (after.count(id) == 0) {
      changes.push_back({Change::Kind::kRemoved, 0, name, "", id});
    }
  }
  for (const auto& [id, name] : after) {
    const auto old = before.find(id);
    if (old == before.end()) {
      changes.push_back({Change::Kind::kAdded, 0, name, "", id});
    } else if (old->second != name) {
      changes.push_back({Change::Kind::kRenamed, 0, name, old->second, id});
    }
  }
  std::sort(changes.begin(), changes.end(),
            [](const Change& a, const Change& b) {
              return std::tie(a.kind, a.name) < std::tie(b.kind, b.name);
            });
  return changes;
}

// By name, as someone does who hears of the changes: first all who move leave
// their names, then they take the new ones.
std::map<std::string, FileId> Apply(std::map<std::string, FileId> files,
                                    const std::vector<Change>& changes) {
  for (const Change& change : changes) {
    const bool is_rename = change.kind == Change::Kind::kRenamed;
    if (change.kind == Change::Kind::kAdded) continue;
    const std::string left(is_rename ? change.from : change.name);
    RC_ASSERT(files.count(left) == 1u);
    RC_ASSERT(files[left] == change.id);
    files.erase(left);
  }
  for (const Change& change : changes) {
    if (change.kind == Change::Kind::kRemoved) continue;
    RC_ASSERT(files.emplace(std::string(change.name), change.id).second);
  }
  return files;
}

Names NamesOf(const DirectoryModel& model) {
  Names names;
  std::string last;
  model.ForEachName([&](absl::string_view name, FileSlot slot) {
    RC_ASSERT(last < name);
    last = std::string(name);
    RC_ASSERT(model.HasFile(slot));
    names[last] = model.IdOf(slot);
  });
  return names;
}

Primaries PrimariesOf(const DirectoryModel& model) {
  Primaries primaries;
  for (const auto& [name, id] : NamesOf(model)) {
    RC_ASSERT(model.SlotOf(id).has_value());
    const std::string primary(model.PrimaryName(*model.SlotOf(id)));
    RC_ASSERT(model.Find(primary) == absl::make_optional(id));
    primaries[id] = primary;
  }
  RC_ASSERT(model.size() == primaries.size());
  return primaries;
}

std::map<std::string, FileId> ByName(const Primaries& primaries) {
  std::map<std::string, FileId> by_name;
  for (const auto& [id, name] : primaries) by_name[name] = id;
  return by_name;
}

RC_GTEST_PROP(DirectoryModelProperty, SyncGivesTheDifferenceThatPlainMapsGive,
              ()) {
  DirectoryModel model;
  Names names;
  Primaries primaries;
  std::map<std::string, FileId> told;
  bool saw_rename = false;
  bool saw_links = false;
  for (const Snapshot& snapshot : *AnyHistory()) {
    const std::vector<Change> changes = model.Sync(snapshot);
    names = Follow(names, snapshot);
    const Primaries before = std::exchange(primaries, Follow(primaries, names));
    for (const Change& change : changes) {
      saw_rename |= change.kind == Change::Kind::kRenamed;
    }
    saw_links |= names.size() > primaries.size();
    RC_ASSERT(changes == Difference(before, primaries));
    RC_ASSERT(NamesOf(model) == names);
    RC_ASSERT(PrimariesOf(model) == primaries);
    told = Apply(told, changes);
    RC_ASSERT(told == ByName(primaries));
    RC_ASSERT(model.Sync(snapshot).empty());
  }
  RC_CLASSIFY(saw_rename, "a file is renamed");
  RC_CLASSIFY(saw_links, "a file has several names");
}

RC_GTEST_PROP(DirectoryModelProperty, AFileKeepsItsSlotAndNoTwoShareOne, ()) {
  DirectoryModel model;
  std::map<FileId, FileSlot> slots;
  for (const Snapshot& snapshot : *AnyHistory()) {
    for (const Change& change : model.Sync(snapshot)) {
      if (change.kind == Change::Kind::kAdded) {
        RC_ASSERT(slots.emplace(change.id, change.slot).second);
      } else {
        RC_ASSERT(slots.at(change.id) == change.slot);
      }
      if (change.kind == Change::Kind::kRemoved) slots.erase(change.id);
    }
    std::set<FileSlot> taken;
    for (const auto& [id, slot] : slots) {
      RC_ASSERT(model.SlotOf(id) == absl::make_optional(slot));
      RC_ASSERT(model.IdOf(slot) == id);
      RC_ASSERT(taken.insert(slot).second);
    }
  }
}

RC_GTEST_PROP(DirectoryModelProperty, NoTwoChangesOfASyncConcernOneFile, ()) {
  DirectoryModel model;
  for (const Snapshot& snapshot : *AnyHistory()) {
    std::set<FileId> ids;
    for (const Change& change : model.Sync(snapshot)) {
      RC_ASSERT(ids.insert(change.id).second);
    }
  }
}

// The updates that say what a complete listing would.
std::vector<NameUpdate> UpdatesFor(const Names& names) {
  std::vector<NameUpdate> updates;
  for (const char* name : kNames) {
    const auto found = names.find(name);
    updates.push_back({name, found == names.end()
                                 ? absl::nullopt
                                 : absl::make_optional(found->second)});
  }
  return updates;
}

// In an order that the generator decides.
std::vector<NameUpdate> Shuffled(std::vector<NameUpdate> updates) {
  for (size_t i = updates.size(); i > 1; --i) {
    std::swap(updates[i - 1], updates[*Between<size_t>(0, i)]);
  }
  return updates;
}

RC_GTEST_PROP(DirectoryModelProperty, OneUpdateInAnyOrderGivesTheChangesOfASync,
              ()) {
  DirectoryModel synced;
  DirectoryModel updated;
  for (const Snapshot& snapshot : *AnyHistory()) {
    const std::vector<Change> changes = synced.Sync(snapshot);
    const auto updates = Shuffled(UpdatesFor(NamesOf(synced)));
    RC_ASSERT(updated.Update(updates) == changes);
    RC_ASSERT(NamesOf(updated) == NamesOf(synced));
    RC_ASSERT(PrimariesOf(updated) == PrimariesOf(synced));
  }
}

// Updates one after the other tell a rename as removed and added, and which of
// several names is the primary depends on which was seen first; but they lead
// to the same names, and a later Sync makes no difference.
RC_GTEST_PROP(DirectoryModelProperty, UpdatesInAnyPartsLeadToTheNamesOfASync,
              ()) {
  DirectoryModel synced;
  DirectoryModel updated;
  std::map<std::string, FileId> told;
  bool had_links = false;
  for (const Snapshot& snapshot : *AnyHistory()) {
    synced.Sync(snapshot);
    const auto updates = Shuffled(UpdatesFor(NamesOf(synced)));
    const size_t part = *Between<size_t>(1, updates.size() + 1);
    for (size_t begin = 0; begin < updates.size(); begin += part) {
      const size_t end = std::min(begin + part, updates.size());
      told = Apply(told, updated.Update(std::vector<NameUpdate>(
                             updates.begin() + begin, updates.begin() + end)));
    }
    RC_ASSERT(NamesOf(updated) == NamesOf(synced));
    RC_ASSERT(told == ByName(PrimariesOf(updated)));
    RC_ASSERT(updated.size() == synced.size());
    // As long as no file had several names, the same one is the primary.
    had_links |= synced.size() != NamesOf(synced).size();
    if (!had_links) {
      RC_ASSERT(PrimariesOf(updated) == PrimariesOf(synced));
    }
    Snapshot complete;
    for (const auto& [name, id] : NamesOf(synced)) {
      FileStat stat;
      stat.id = id;
      complete.Add(name, stat);
    }
    RC_ASSERT(updated.Sync(complete).empty());
  }
}

}  // namespace
}  // namespace dirwatcher
