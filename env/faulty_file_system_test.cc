#include "env/faulty_file_system.h"

#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "env/fake_file_system.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;

Fault Fails() {
  Fault fault;
  fault.error = absl::DataLossError("injected");
  return fault;
}

class FaultyFileSystemTest : public ::testing::Test {
 protected:
  FaultyFileSystemTest() {
    disk_.CreateDirectory("/d/sub");
    disk_.Write("/d/a", "abc");
    disk_.Write("/d/b", "");
    dir_ = *fs_.OpenDirectory("/d");
    file_ = *dir_->OpenFile("a");
  }

  // Fails every call of one kind.
  void FailOn(FileCall::Kind kind) {
    fs_.set_policy([kind](const FileCall& call) {
      return call.kind == kind ? Fails() : Fault();
    });
  }

  FakeFileSystem disk_;
  FaultyFileSystem fs_{&disk_};
  std::unique_ptr<Directory> dir_;
  std::unique_ptr<ReadableFile> file_;
  char buffer_[8];
};

TEST_F(FaultyFileSystemTest, FailsEachKindOfCallAlone) {
  using Kind = FileCall::Kind;
  const auto failing = [&] {
    std::set<Kind> kinds;
    if (!fs_.OpenDirectory("/d").ok()) kinds.insert(FileCall::kOpenDirectory);
    if (!dir_->OpenDirectory("sub").ok()) {
      kinds.insert(FileCall::kOpenSubdirectory);
    }
    if (!dir_->Stat("a").ok()) kinds.insert(FileCall::kStat);
    if (!dir_->OpenFile("a").ok()) kinds.insert(FileCall::kOpenFile);
    if (!file_->Stat().ok()) kinds.insert(FileCall::kFileStat);
    if (!file_->ReadAt(0, absl::MakeSpan(buffer_)).ok()) {
      kinds.insert(FileCall::kRead);
    }
    return kinds;
  };
  EXPECT_THAT(failing(), ElementsAre());
  for (const Kind kind :
       {FileCall::kOpenDirectory, FileCall::kOpenSubdirectory, FileCall::kStat,
        FileCall::kOpenFile, FileCall::kFileStat, FileCall::kRead}) {
    FailOn(kind);
    EXPECT_THAT(failing(), ElementsAre(kind));
  }
}

TEST_F(FaultyFileSystemTest, CutsAListingShortAnywhere) {
  for (int cut = 0; cut <= 3; ++cut) {
    fs_.set_policy([cut](const FileCall& call) {
      return (call.kind == FileCall::kListEntry ||
              call.kind == FileCall::kListEnd) &&
                     call.offset == cut
                 ? Fails()
                 : Fault();
    });
    int delivered = 0;
    EXPECT_EQ(dir_->ForEachEntry([&](const DirEntry&) { ++delivered; }).code(),
              absl::StatusCode::kDataLoss);
    EXPECT_EQ(delivered, cut);
  }
  FailOn(FileCall::kList);
  EXPECT_FALSE(
      dir_->ForEachEntry([](const DirEntry&) { FAIL() << "no entry"; }).ok());
}

TEST_F(FaultyFileSystemTest, AfterACutNothingMoreIsDeliveredOrAsked) {
  int asked = 0;
  fs_.set_policy([&asked](const FileCall& call) {
    if (call.kind == FileCall::kList) return Fault();
    return ++asked == 2 ? Fails() : Fault();
  });
  int delivered = 0;
  EXPECT_FALSE(dir_->ForEachEntry([&](const DirEntry&) { ++delivered; }).ok());
  EXPECT_EQ(delivered, 1);
  EXPECT_EQ(asked, 2);
}

TEST_F(FaultyFileSystemTest, ShortensReadsWithoutEndingThem) {
  fs_.set_policy([](const FileCall& call) {
    Fault fault;
    if (call.kind == FileCall::kRead) fault.max_read_bytes = 2;
    return fault;
  });
  EXPECT_EQ(*file_->ReadAt(0, absl::MakeSpan(buffer_)), 2u);
  EXPECT_EQ(*file_->ReadAt(2, absl::MakeSpan(buffer_)), 1u);
  EXPECT_EQ(*file_->ReadAt(3, absl::MakeSpan(buffer_)), 0u);
}

TEST_F(FaultyFileSystemTest, ThePolicyMayChangeTheWrappedFileSystem) {
  fs_.set_policy([this](const FileCall& call) {
    if (call.kind == FileCall::kOpenFile) disk_.Remove(call.path);
    if (call.kind == FileCall::kRead) disk_.Append("/d/a", "d");
    if (call.kind == FileCall::kListEntry) {
      disk_.Write("/d/new", "");
      disk_.Remove("/d/new");
    }
    return Fault();
  });
  EXPECT_EQ(dir_->OpenFile("b").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(*file_->ReadAt(0, absl::MakeSpan(buffer_)), 4u);
  std::set<std::string> names;
  EXPECT_TRUE(dir_->ForEachEntry(
                      [&](const DirEntry& entry) { names.emplace(entry.name); })
                  .ok());
  EXPECT_THAT(names, ElementsAre("a", "sub"));
}

TEST_F(FaultyFileSystemTest, TellsThePolicyWhatTheCallIsAbout) {
  std::vector<std::string> calls;
  fs_.set_policy([&](const FileCall& call) {
    std::ostringstream os;
    os << call;
    calls.push_back(os.str());
    return Fault();
  });
  auto sub = *(*fs_.OpenDirectory("/d"))->OpenDirectory("sub");
  disk_.Write("/d/sub/x", "");
  EXPECT_TRUE(sub->Stat("x").ok());
  EXPECT_TRUE(sub->ForEachEntry([](const DirEntry&) {}).ok());
  EXPECT_TRUE(file_->ReadAt(2, absl::MakeSpan(buffer_)).ok());
  EXPECT_THAT(
      calls,
      ElementsAre("OpenDirectory /d at 0, 0 bytes",
                  "OpenSubdirectory /d/sub at 0, 0 bytes",
                  "Stat /d/sub/x at 0, 0 bytes", "List /d/sub at 0, 0 bytes",
                  "ListEntry /d/sub/x at 0, 0 bytes",
                  "ListEnd /d/sub at 1, 0 bytes", "Read /d/a at 2, 8 bytes"));
}

TEST_F(FaultyFileSystemTest, AFaultDoesNotReachTheWrappedFileSystem) {
  FailOn(FileCall::kOpenFile);
  const size_t before = disk_.peak_open_handle_count();
  EXPECT_FALSE(dir_->OpenFile("a").ok());
  EXPECT_EQ(disk_.peak_open_handle_count(), before);
}

TEST_F(FaultyFileSystemTest, HintsMayBeAbsentOrWrongAndStatIsStillRight) {
  for (const EntryHints hints : {EntryHints::kAbsent, EntryHints::kWrong}) {
    FaultyFileSystem fs(&disk_, {}, hints);
    auto dir = *fs.OpenDirectory("/d");
    int entries = 0;
    EXPECT_TRUE(dir->ForEachEntry([&](const DirEntry& entry) {
                     const FileStat stat = *dir->Stat(entry.name);
                     EXPECT_NE(entry.inode_hint, stat.id.inode);
                     EXPECT_EQ(entry.type_hint, FileType::kUnknown);
                     ++entries;
                   })
                    .ok());
    EXPECT_EQ(entries, 3);
  }
}

}  // namespace
}  // namespace dirwatcher
