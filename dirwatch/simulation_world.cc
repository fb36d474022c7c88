#include "dirwatch/simulation_world.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace dirwatcher {
namespace {

constexpr char kAway[] = "/away";    // where the directory is moved to
constexpr char kOther[] = "/other";  // what it is swapped for

FakeFileSystemOptions FileSystemOptions(const Setup& setup) {
  FakeFileSystemOptions options;
  options.record_birth_times = setup.birth_times;
  return options;
}

// The naive reading of a file: its lines that contain the magic.
struct NaiveLine {
  int64_t number;  // that the line begins with
  LedgerLine line;
};
std::vector<NaiveLine> LinesWithMagic(const std::string& content) {
  std::vector<NaiveLine> found;
  int64_t line = 1;
  for (size_t begin = 0; begin < content.size(); ++line) {
    size_t end = content.find('\n', begin);
    const size_t next = end == std::string::npos ? content.size() : end + 1;
    if (end == std::string::npos) end = content.size();
    while (begin < end && content[begin] == '\0') ++begin;
    const std::string text = content.substr(begin, end - begin);
    const size_t magic = text.find(SimulatedWorld::kMagic);
    if (magic != std::string::npos) {
      NaiveLine naive;
      naive.number = std::atoll(text.c_str());
      naive.line.line = line;
      naive.line.line_start = static_cast<int64_t>(begin);
      naive.line.magic_end = static_cast<int64_t>(begin + magic + 3);
      found.push_back(naive);
    }
    begin = next;
  }
  return found;
}

// The first `size` bytes, or fewer: up to a line end if `at_line_end`; and a
// number at the beginning of a line is never cut, as it would become another.
std::string CutBack(const std::string& content, size_t size, bool at_line_end) {
  const size_t newline =
      size == 0 ? std::string::npos : content.rfind('\n', size - 1);
  const size_t line = newline == std::string::npos ? 0 : newline + 1;
  if (at_line_end ||
      content.substr(line, size - line).find(':') == std::string::npos) {
    size = line;
  }
  return content.substr(0, size);
}

bool AtLineStart(const std::string& before) {
  const size_t last = before.find_last_not_of('\0');
  return last == std::string::npos || before[last] == '\n';
}

}  // namespace

constexpr char SimulatedWorld::kDirectory[];
constexpr char SimulatedWorld::kMagic[];

SimulatedWorld::SimulatedWorld(const Setup& setup)
    : fs_(FileSystemOptions(setup)), writers_(kSimulatedWriters) {
  fs_.CreateDirectory(kDirectory);
  fs_.CreateDirectory("/out");
  fs_.CreateDirectory(kOther);
}

absl::optional<int> SimulatedWorld::ObjectAt(const std::string& path) const {
  const absl::StatusOr<FileStat> stat = fs_.StatOf(path);
  if (!stat.ok() || stat->type != FileType::kRegular) return absl::nullopt;
  return object_of_inode_.at(stat->id.inode);
}

int SimulatedWorld::NewObject(const std::string& path) {
  const int object = static_cast<int>(objects_.size());
  objects_.emplace_back();
  objects_.back().id = fs_.IdOf(path);
  const auto [before, is_new] =
      object_of_inode_.try_emplace(objects_.back().id.inode, object);
  if (!is_new) {
    LedgerObject& other = objects_[static_cast<size_t>(before->second)];
    other.doubled |= other.id == objects_.back().id;
    before->second = object;
  }
  appearances_ += kSimulatedNames;
  NoteNames();
  return object;
}

void SimulatedWorld::Moved() {
  calm_polls_ = 0;
  NoteNames();

  // Any file may have been missed by a listing that was under way.
  appearances_ += kSimulatedNames;
}

void SimulatedWorld::CountPoll() {
  std::set<int> watched;
  for (const auto& [name, object] : WatchedObjects()) watched.insert(object);
  for (const int object : watched_at_poll_) {
    if (watched.count(object) == 0) News(object);
  }
  watched_at_poll_ = std::move(watched);
  ++polls_;
  ++calm_polls_;
}

void SimulatedWorld::News(int object) {
  objects_[static_cast<size_t>(object)].last_news = polls_;
}

void SimulatedWorld::NoteNames() {
  for (int i = 0; i < kSimulatedNames; ++i) {
    const std::string path = SimulatedName(i);
    if (!absl::StartsWith(path, kDirectory)) continue;
    if (const absl::optional<int> object = ObjectAt(path)) {
      objects_[static_cast<size_t>(*object)].names.insert(
          path.substr(sizeof(kDirectory)));
    }
  }
}

// One line of so many bytes.
std::string SimulatedWorld::TextOfSize(size_t size) {
  std::string text = absl::StrCat(next_number_++, ":");
  if (text.size() >= size) return std::string(size, '\n');
  while (text.size() + 1 < size) text += kMagic[text.size() % 3];
  return text + "\n";
}

// Lines that have not been reported may be lost now, if they have had to wait
// for a name: nobody has read them yet.
void SimulatedWorld::NoteTruncation(int object) {
  ++truncations_;
  if (calm_polls_ > kLongestWait) return;
  for (auto& [number, line] : lines_) {
    if (line.object == object && line.reports == 0) line.owed = false;
  }
}

// A piece of text to follow `before`. Short, and over few letters, so that
// magics overlap, stand several to a line and are split in every way.
std::string SimulatedWorld::Text(const std::string& before, int n) {
  static constexpr const char* kPieces[] = {
      "aab\n", "a",       "ab",   "b\n", "aaab\n", "xx\n", "\n",  "aabaab\n",
      "aa",    "aab\r\n", "\r\n", "aab", "\r",     "b",    "aaa", "xaabx\n"};
  std::string text;
  const int pieces = 1 + n % 3;
  for (int i = 0; i < pieces; ++i) {
    if (AtLineStart(before + text)) absl::StrAppend(&text, next_number_++, ":");
    absl::StrAppend(&text, kPieces[(n / 3 + 7 * i) % 16]);
  }
  return text;
}

void SimulatedWorld::SetContent(int object, std::string content) {
  objects_[static_cast<size_t>(object)].content = std::move(content);
  News(object);
  for (auto& [number, line] : lines_) {
    if (line.object == object) line.alive = false;
  }
  for (const NaiveLine& naive :
       LinesWithMagic(objects_[static_cast<size_t>(object)].content)) {
    LedgerLine& line =
        lines_.try_emplace(naive.number, naive.line).first->second;
    line.object = object;
    line.alive = true;
    line.line = naive.line.line;
    line.line_start = naive.line.line_start;
    line.magic_end = naive.line.magic_end;
  }
}

void SimulatedWorld::Touch(int name) {
  const std::string path = SimulatedName(name);
  if (absl::StartsWith(path, kDirectory)) {
    touched_.insert(path.substr(sizeof(kDirectory)));
  }
}

void SimulatedWorld::WriteThrough(Writer* writer, int n) {
  if (writer->fake == nullptr) return;
  std::string content = objects_[static_cast<size_t>(writer->object)].content;
  if (!writer->positional) {
    const std::string text = Text(content, n);
    writer->fake->Write(text);
    SetContent(writer->object, content + text);
    return;
  }
  // Overwriting what is there would make lines that no number tells apart.
  const auto offset = static_cast<size_t>(writer->offset);
  if (offset < content.size()) return;
  content.resize(offset, '\0');
  const std::string text = Text(content, n);
  writer->fake->Write(text);
  writer->offset += static_cast<int64_t>(text.size());
  SetContent(writer->object, content + text);
}

void SimulatedWorld::Happen(const Step& step) {
  using Kind = Step::Kind;
  const std::string a = SimulatedName(step.a);
  const std::string b = SimulatedName(step.b);
  Writer& writer = writers_[static_cast<size_t>(step.b % kSimulatedWriters)];
  switch (step.kind) {
    case Kind::kAppend: {
      const absl::optional<int> there = ObjectAt(a);
      if (there.has_value()) {
        const std::string content =
            objects_[static_cast<size_t>(*there)].content;
        const std::string text = Text(content, step.n);
        if (!fs_.Append(a, text).ok()) return;
        SetContent(*there, content + text);
      } else {
        const bool dangling = fs_.Exists(a);
        const std::string text = Text("", step.n);
        if (dangling || !fs_.Append(a, text).ok()) return;
        SetContent(NewObject(a), text);
      }
      Touch(step.a);
      break;
    }
    case Kind::kOpenWriter: {
      const absl::optional<int> there = ObjectAt(a);
      if (!there.has_value()) return;
      writer.positional = step.n % 2 == 1;
      writer.fake = std::make_unique<FakeWriter>(
          fs_.OpenWriter(a, writer.positional ? FakeWriter::kPositional
                                              : FakeWriter::kAppend));
      writer.object = *there;
      writer.offset = static_cast<int64_t>(
          objects_[static_cast<size_t>(*there)].content.size());
      if (writer.positional) writer.fake->Seek(writer.offset);
      break;
    }
    case Kind::kWriterAppend:
      WriteThrough(&writer, step.n);
      for (int i = 0; i < kSimulatedNames; ++i) Touch(i);
      break;
    case Kind::kWriterTruncate:
      if (writer.fake == nullptr) return;
      NoteTruncation(writer.object);
      writer.fake->Truncate(0);
      SetContent(writer.object, "");
      for (int i = 0; i < kSimulatedNames; ++i) Touch(i);
      break;
    case Kind::kRename:
      if (!fs_.Rename(a, b).ok()) return;
      Touch(step.a);
      Touch(step.b);
      Moved();
      break;
    case Kind::kExchange:
      if (!fs_.Exchange(a, b).ok()) return;
      Touch(step.a);
      Touch(step.b);
      Moved();
      break;
    case Kind::kRemove:
      if (!fs_.Remove(a).ok()) return;
      Touch(step.a);
      Moved();
      break;
    case Kind::kLink:
      if (!ObjectAt(a).has_value() || !fs_.Link(a, b).ok()) return;
      Touch(step.b);
      Moved();
      break;
    case Kind::kSymlink:
      if (!fs_.Symlink(a, b).ok()) return;
      Touch(step.b);
      Moved();
      break;
    case Kind::kTruncate: {
      const absl::optional<int> there = ObjectAt(a);
      if (!there.has_value()) return;
      const std::string content = objects_[static_cast<size_t>(*there)].content;
      const std::string rest = CutBack(
          content, content.size() * static_cast<size_t>(step.n % 100) / 100,
          step.n % 2 == 1);
      if (!fs_.Truncate(a, static_cast<int64_t>(rest.size())).ok()) return;
      NoteTruncation(*there);
      SetContent(*there, rest);
      Touch(step.a);
      break;
    }
    case Kind::kRewrite: {
      const absl::optional<int> there = ObjectAt(a);
      if (!there.has_value()) return;
      const size_t size = objects_[static_cast<size_t>(*there)].content.size();
      const std::string content =
          step.n % 2 == 1 ? TextOfSize(size) : Text("", step.n);
      if (!fs_.Write(a, content).ok()) return;
      NoteTruncation(*there);
      SetContent(*there, content);
      Touch(step.a);
      break;
    }
    case Kind::kMakeFifo:
      if (!fs_.MakeFifo(a).ok()) return;
      Touch(step.a);
      break;
    case Kind::kMakeDirectoryAt:
      if (fs_.Exists(a) || !fs_.StatOf(kDirectory).ok()) return;
      if (!fs_.CreateDirectory(a).ok()) return;
      Touch(step.a);
      Moved();
      break;
    case Kind::kSetReadable:
      if (!fs_.SetReadable(a, step.n % 2 == 1).ok()) return;
      Touch(step.a);
      break;
    case Kind::kRemoveDirectory:
      if (!fs_.RemoveTree(kDirectory).ok()) return;
      directory_touched_ = true;
      Moved();
      break;
    case Kind::kMoveDirectory:
      if (fs_.Exists(kDirectory) && !fs_.Exists(kAway)) {
        if (!fs_.Rename(kDirectory, kAway).ok()) return;
      } else if (!fs_.Exists(kDirectory) && fs_.Exists(kAway)) {
        if (!fs_.Rename(kAway, kDirectory).ok()) return;
      } else {
        return;
      }
      directory_touched_ = true;
      Moved();
      break;
    case Kind::kMakeDirectory:
      if (fs_.Exists(kDirectory)) return;
      if (!fs_.CreateDirectory(kDirectory).ok()) return;
      directory_touched_ = true;
      Moved();
      break;
    case Kind::kSwapDirectory:
      if (!fs_.Exists(kDirectory) || !fs_.Exists(kOther)) return;
      if (!fs_.Exchange(kDirectory, kOther).ok()) return;
      directory_touched_ = true;
      Moved();
      break;
    case Kind::kAdvanceTime:
      AdvanceTime();
      break;
    case Kind::kPoll:
    case Kind::kPollChanged:
    case Kind::kFail:
    case Kind::kShortRead:
      break;  // not of the world
  }
}

void SimulatedWorld::AdvanceTime() { fs_.AdvanceTime(absl::Milliseconds(4)); }

void SimulatedWorld::CalmDown() {
  for (int i = 0; i < kSimulatedNames; ++i) {
    fs_.SetReadable(SimulatedName(i), true).IgnoreError();
  }
}

bool SimulatedWorld::DirectoryExists() const {
  const absl::StatusOr<FileStat> stat = fs_.StatOf(kDirectory);
  return stat.ok() && stat->type == FileType::kDirectory;
}

std::map<std::string, int> SimulatedWorld::WatchedObjects() const {
  std::map<std::string, int> objects;
  for (int i = 0; i < kSimulatedNames; ++i) {
    const std::string path = SimulatedName(i);
    if (!absl::StartsWith(path, kDirectory)) continue;
    if (!absl::EndsWith(path, ".log")) continue;
    if (const absl::optional<int> object = ObjectAt(path)) {
      objects[path.substr(sizeof(kDirectory))] = *object;
    }
  }
  return objects;
}

void SimulatedWorld::OweAll() {
  std::set<int> watched;
  for (const auto& [name, object] : WatchedObjects()) {
    auto directory = fs_.OpenDirectory(kDirectory);
    if (directory.ok() && (*directory)->OpenFile(name).ok()) {
      watched.insert(object);
    }
  }
  for (auto& [number, line] : lines_) {
    if (line.alive && watched.count(line.object) > 0) line.owed = true;
  }
}

std::set<std::string> SimulatedWorld::TakeTouched() {
  return std::exchange(touched_, {});
}

bool SimulatedWorld::TakeDirectoryTouched() {
  return std::exchange(directory_touched_, false);
}

}  // namespace dirwatcher
