// DirectoryModel: which files are there, and what changed. Pure.
//
// The model maps names to identities. It is told what a listing found and
// answers with the changes that lead from what it knew to what is so now:
//
//   model.Sync(snapshot);   // {kRemoved a.log}, {kRenamed b.log -> c.log}, ...
//
// A file that stands under several names (hard or symbolic links) counts once,
// under its primary name: the one that sorted first when the file was first
// seen. When that name goes, the one that then sorts first takes over.
//
// Each file has a slot, a small number by which others may keep what they know
// of it: it is the file's as long as the model knows the file, and later
// another's.

#ifndef DIRWATCHER_DIRWATCH_DIRECTORY_MODEL_H_
#define DIRWATCHER_DIRWATCH_DIRECTORY_MODEL_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "dirwatch/name_arena.h"
#include "dirwatch/snapshot.h"
#include "env/file_stat.h"

namespace dirwatcher {

using FileSlot = uint32_t;

// The strings are valid until the model is changed the next time.
struct Change {
  enum class Kind { kRemoved, kRenamed, kAdded };

  Kind kind = Kind::kAdded;
  FileSlot slot = 0;       // for kRemoved, the one that it had
  absl::string_view name;  // the primary name; for kRenamed, the new one
  absl::string_view from;  // for kRenamed, the old one
  FileId id;
};
std::ostream& operator<<(std::ostream& os, const Change& change);

// What stands under one name now; absent: nothing that is watched.
struct NameUpdate {
  absl::string_view name;
  absl::optional<FileId> id;
};

// Memory: for each file its name and about 40 bytes. Thread-compatible.
class DirectoryModel {
 public:
  DirectoryModel();
  DirectoryModel(const DirectoryModel&) = delete;
  DirectoryModel& operator=(const DirectoryModel&) = delete;

  // Takes over a snapshot. Names it does not list are gone, unless they are
  // unknown. Returns the changes: removed, renamed, added, each in name order.
  // No two of them concern one file. A second Sync with the same snapshot
  // returns none.
  std::vector<Change> Sync(const Snapshot& snapshot);

  // The same; `slots` are then those of the files that the entries name.
  std::vector<Change> Sync(const Snapshot& snapshot,
                           std::vector<FileSlot>* slots);

  // The same for some names only; all others stay. REQUIRES: no name twice.
  std::vector<Change> Update(const std::vector<NameUpdate>& updates);

  // Forgets everything without a word.
  void Clear();

  // The identity under a name; absent: the name is not known.
  absl::optional<FileId> Find(absl::string_view name) const;

  // The slot of a file; absent: the file is not known.
  absl::optional<FileSlot> SlotOf(const FileId& id) const;

  // The slot of the file with that primary name; absent: there is none.
  absl::optional<FileSlot> SlotOfPrimary(absl::string_view name) const;

  // REQUIRES: a file has the slot. The name is valid until the model changes.
  absl::string_view PrimaryName(FileSlot slot) const;
  FileId IdOf(FileSlot slot) const;

  // Number of files, not of names.
  size_t size() const { return by_id_.size(); }

  // Slots of files are below this; some of those may be nobody's.
  FileSlot slot_end() const { return static_cast<FileSlot>(files_.size()); }
  bool HasFile(FileSlot slot) const { return files_[slot].in_use; }

  // Calls `visit` for every name, in their order.
  void ForEachName(
      absl::FunctionRef<void(absl::string_view name, FileSlot)> visit) const;

  // The names that are not primary, with the files they lead to.
  const absl::btree_map<std::string, FileSlot>& aliases() const {
    return aliases_;
  }

 private:
  struct File {
    uint64_t inode = 0;
    int64_t birth_ns = 0;
    NameArena::Ref name = 0;  // the primary one
    uint32_t device : 24;     // index into devices_
    uint32_t in_use : 1;
    uint32_t is_new : 1;    // in the Update that runs
    uint32_t has_name : 1;  // always, but within Update
    File() : device(0), in_use(0), is_new(0), has_name(0) {}
  };

  // Order and identity of slots are those of what stands there.
  struct NameLess {
    using is_transparent = void;
    const DirectoryModel* model;
    absl::string_view NameOf(FileSlot slot) const {
      return model->PrimaryName(slot);
    }
    absl::string_view NameOf(absl::string_view name) const { return name; }
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return NameOf(a) < NameOf(b);
    }
  };
  struct IdHash {
    using is_transparent = void;
    const DirectoryModel* model;
    size_t operator()(FileSlot slot) const {
      return (*this)(model->IdOf(slot));
    }
    size_t operator()(const FileId& id) const {
      return absl::Hash<FileId>()(id);
    }
  };
  struct IdEqual {
    using is_transparent = void;
    const DirectoryModel* model;
    bool operator()(FileSlot a, FileSlot b) const {
      return model->IdOf(a) == model->IdOf(b);
    }
    bool operator()(FileSlot a, const FileId& b) const {
      return model->IdOf(a) == b;
    }
    bool operator()(const FileId& a, FileSlot b) const {
      return model->IdOf(b) == a;
    }
  };

  absl::optional<FileSlot> SlotAt(absl::string_view name) const;
  // Update, and its steps.
  std::vector<Change> TakeOver(const std::vector<NameUpdate>& updates,
                               std::vector<FileSlot>* slots);
  void CleanUp();
  std::vector<FileSlot> TakeNames(const std::vector<NameUpdate>& updates);
  std::vector<FileSlot> FindOrAddFiles(const std::vector<NameUpdate>& updates);
  FileSlot FindOrAddFile(const FileId& id);
  std::vector<FileSlot> GiveNames(const std::vector<NameUpdate>& updates,
                                  const std::vector<FileSlot>& slots);
  absl::optional<Change> Settle(FileSlot slot, const std::string* first_alias);
  void SetPrimary(FileSlot slot, absl::string_view name);

  std::deque<File> files_;  // by slot
  std::vector<FileSlot> free_;
  std::vector<uint64_t> devices_;
  NameArena names_;
  absl::flat_hash_set<FileSlot, IdHash, IdEqual> by_id_;
  absl::btree_set<FileSlot, NameLess> by_name_;  // those that have a name
  absl::btree_map<std::string, FileSlot> aliases_;
  // What a change has made useless. The next one cleans it up: its names may
  // still be looked at.
  std::vector<FileSlot> old_slots_;
  std::vector<NameArena::Ref> old_names_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_DIRECTORY_MODEL_H_
