#include "env/faulty_file_system.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace dirwatcher {

struct FaultyFileSystem::State {
  Fault Ask(FileCall::Kind kind, const std::string& path, int64_t offset = 0,
            size_t size_bytes = 0) const {
    if (!policy) return Fault();
    FileCall call;
    call.kind = kind;
    call.path = path;
    call.offset = offset;
    call.size_bytes = size_bytes;
    return policy(call);
  }

  Policy policy;
  EntryHints hints;
};

namespace {

using StatePtr = std::shared_ptr<FaultyFileSystem::State>;

class FaultyFile : public ReadableFile {
 public:
  FaultyFile(StatePtr state, std::unique_ptr<ReadableFile> wrapped,
             std::string path)
      : state_(std::move(state)),
        wrapped_(std::move(wrapped)),
        path_(std::move(path)) {}

  const FileStat& StatAtOpen() const override { return wrapped_->StatAtOpen(); }

  absl::StatusOr<FileStat> Stat() override {
    const Fault fault = state_->Ask(FileCall::kFileStat, path_);
    if (fault.error.has_value()) return *fault.error;
    return wrapped_->Stat();
  }

  absl::StatusOr<size_t> ReadAt(int64_t offset_bytes,
                                absl::Span<char> buffer) override {
    const Fault fault =
        state_->Ask(FileCall::kRead, path_, offset_bytes, buffer.size());
    if (fault.error.has_value()) return *fault.error;
    return wrapped_->ReadAt(
        offset_bytes,
        buffer.subspan(0, fault.max_read_bytes.value_or(buffer.size())));
  }

 private:
  const StatePtr state_;
  const std::unique_ptr<ReadableFile> wrapped_;
  const std::string path_;
};

class FaultyDirectory : public Directory {
 public:
  FaultyDirectory(StatePtr state, std::unique_ptr<Directory> wrapped,
                  std::string path)
      : state_(std::move(state)),
        wrapped_(std::move(wrapped)),
        path_(std::move(path)) {}

  absl::Status ForEachEntry(
      absl::FunctionRef<void(const DirEntry&)> visit) override {
    const Fault at_start = state_->Ask(FileCall::kList, path_);
    if (at_start.error.has_value()) return *at_start.error;
    int64_t delivered = 0;
    absl::Status cut;
    const absl::Status status =
        wrapped_->ForEachEntry([&](const DirEntry& entry) {
          if (!cut.ok()) return;
          const Fault fault =
              state_->Ask(FileCall::kListEntry, PathOf(entry.name), delivered);
          if (fault.error.has_value()) {
            cut = *fault.error;
            return;
          }
          ++delivered;
          visit(WithHints(entry));
        });
    if (!cut.ok()) return cut;
    if (!status.ok()) return status;
    const Fault at_end = state_->Ask(FileCall::kListEnd, path_, delivered);
    return at_end.error.value_or(absl::OkStatus());
  }

  absl::StatusOr<FileStat> Stat(absl::string_view name) override {
    const Fault fault = state_->Ask(FileCall::kStat, PathOf(name));
    if (fault.error.has_value()) return *fault.error;
    return wrapped_->Stat(name);
  }

  absl::StatusOr<std::unique_ptr<ReadableFile>> OpenFile(
      absl::string_view name) override {
    const Fault fault = state_->Ask(FileCall::kOpenFile, PathOf(name));
    if (fault.error.has_value()) return *fault.error;
    auto file = wrapped_->OpenFile(name);
    if (!file.ok()) return file.status();
    return std::unique_ptr<ReadableFile>(
        new FaultyFile(state_, *std::move(file), PathOf(name)));
  }

  absl::StatusOr<std::unique_ptr<Directory>> OpenDirectory(
      absl::string_view name) override {
    const Fault fault = state_->Ask(FileCall::kOpenSubdirectory, PathOf(name));
    if (fault.error.has_value()) return *fault.error;
    auto dir = wrapped_->OpenDirectory(name);
    if (!dir.ok()) return dir.status();
    return std::unique_ptr<Directory>(
        new FaultyDirectory(state_, *std::move(dir), PathOf(name)));
  }

  bool StampTellsOfEntries() override {
    return wrapped_->StampTellsOfEntries();
  }

 private:
  std::string PathOf(absl::string_view name) const {
    return absl::StrCat(path_, absl::EndsWith(path_, "/") ? "" : "/", name);
  }

  DirEntry WithHints(DirEntry entry) const {
    if (state_->hints == EntryHints::kAsIs) return entry;
    entry.type_hint = FileType::kUnknown;
    entry.inode_hint =
        state_->hints == EntryHints::kAbsent ? 0 : entry.inode_hint + 1;
    return entry;
  }

  const StatePtr state_;
  const std::unique_ptr<Directory> wrapped_;
  const std::string path_;  // as it was opened
};

absl::string_view NameOf(FileCall::Kind kind) {
  switch (kind) {
    case FileCall::kOpenDirectory:
      return "OpenDirectory";
    case FileCall::kOpenSubdirectory:
      return "OpenSubdirectory";
    case FileCall::kList:
      return "List";
    case FileCall::kListEntry:
      return "ListEntry";
    case FileCall::kListEnd:
      return "ListEnd";
    case FileCall::kStat:
      return "Stat";
    case FileCall::kOpenFile:
      return "OpenFile";
    case FileCall::kFileStat:
      return "FileStat";
    case FileCall::kRead:
      return "Read";
  }
  return "?";
}

}  // namespace

std::ostream& operator<<(std::ostream& os, const FileCall& call) {
  return os << NameOf(call.kind) << " " << call.path << " at " << call.offset
            << ", " << call.size_bytes << " bytes";
}

FaultyFileSystem::FaultyFileSystem(FileSystem* wrapped, Policy policy,
                                   EntryHints hints)
    : wrapped_(wrapped), state_(std::make_shared<State>()) {
  state_->policy = std::move(policy);
  state_->hints = hints;
}

FaultyFileSystem::~FaultyFileSystem() = default;

void FaultyFileSystem::set_policy(Policy policy) {
  state_->policy = std::move(policy);
}

absl::StatusOr<std::unique_ptr<Directory>> FaultyFileSystem::OpenDirectory(
    absl::string_view path) {
  const Fault fault = state_->Ask(FileCall::kOpenDirectory, std::string(path));
  if (fault.error.has_value()) return *fault.error;
  auto dir = wrapped_->OpenDirectory(path);
  if (!dir.ok()) return dir.status();
  return std::unique_ptr<Directory>(
      new FaultyDirectory(state_, *std::move(dir), std::string(path)));
}

}  // namespace dirwatcher
