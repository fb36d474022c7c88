// The tests that every FileSystem has to pass, whatever it is made of. An
// implementation brings a FileSystemWorld, through which the tests change what
// the file system shows, and instantiates the suite:
//
//   INSTANTIATE_TEST_SUITE_P(
//       Mine, FileSystemContract,
//       ::testing::Values(FileSystemWorldFactory{
//           "InMemory", [] { return std::make_unique<MyWorld>(); }}),
//       FileSystemWorldFactory::NameOf);
//
// Include it in one source file of a test.

#ifndef DIRWATCHER_ENV_FILE_SYSTEM_CONTRACT_H_
#define DIRWATCHER_ENV_FILE_SYSTEM_CONTRACT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "env/file_stat.h"
#include "env/file_system.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {

// A directory, empty at first, that the tests change behind the back of the
// file system under test. All names are relative to it. A failing operation
// ends the test program.
class FileSystemWorld {
 public:
  virtual ~FileSystemWorld() = default;

  // The file system under test, and where in it this world is.
  virtual FileSystem* fs() = 0;
  virtual std::string root() const = 0;

  virtual void CreateDirectory(const std::string& name) = 0;
  virtual void Write(const std::string& name, absl::string_view content) = 0;
  virtual void Append(const std::string& name, absl::string_view bytes) = 0;
  virtual void WriteAt(const std::string& name, int64_t offset_bytes,
                       absl::string_view bytes) = 0;
  virtual void Truncate(const std::string& name, int64_t size_bytes) = 0;
  virtual void Rename(const std::string& from, const std::string& to) = 0;
  virtual void Link(const std::string& from, const std::string& to) = 0;
  virtual void Symlink(const std::string& target, const std::string& name) = 0;
  virtual void MakeFifo(const std::string& name) = 0;
  virtual void MakeSocket(const std::string& name) = 0;
  virtual void Remove(const std::string& name) = 0;
  virtual void SetReadable(const std::string& name, bool readable) = 0;
  virtual void SetModificationTime(const std::string& name,
                                   absl::Time mtime) = 0;

  // Lets the clock that stamps files move on by at least a tick.
  virtual void PassTime() = 0;
  // Runs `action` as a user whom permissions bind.
  virtual void AsUnprivilegedUser(absl::FunctionRef<void()> action) = 0;
};

struct FileSystemWorldFactory {
  std::string name;
  // Null where the world cannot be had; its tests are skipped then.
  std::function<std::unique_ptr<FileSystemWorld>()> make;

  static std::string NameOf(
      const ::testing::TestParamInfo<FileSystemWorldFactory>& info) {
    return info.param.name;
  }
};

class FileSystemContract
    : public ::testing::TestWithParam<FileSystemWorldFactory> {
 protected:
  void SetUp() override {
    world_ = GetParam().make();
    if (world_ == nullptr) GTEST_SKIP() << "not available on this machine";
    auto dir = world_->fs()->OpenDirectory(world_->root());
    ASSERT_TRUE(dir.ok()) << dir.status();
    dir_ = *std::move(dir);
  }

  std::unique_ptr<ReadableFile> Open(absl::string_view name) {
    auto file = dir_->OpenFile(name);
    if (!file.ok()) ADD_FAILURE() << file.status();
    return file.ok() ? *std::move(file) : nullptr;
  }

  FileStat StatOf(absl::string_view name) {
    const auto stat = dir_->Stat(name);
    if (!stat.ok()) ADD_FAILURE() << stat.status();
    return stat.ok() ? *stat : FileStat();
  }

  static std::string ReadAll(ReadableFile* file) {
    std::string content;
    char buffer[3];  // small, so that pieces have to be put together
    while (true) {
      const auto n = file->ReadAt(content.size(), absl::MakeSpan(buffer));
      if (!n.ok()) ADD_FAILURE() << n.status();
      if (!n.ok() || *n == 0) return content;
      content.append(buffer, *n);
    }
  }

  // How often each name is listed.
  static std::map<std::string, int> List(Directory* dir) {
    std::map<std::string, int> names;
    const absl::Status status = dir->ForEachEntry(
        [&](const DirEntry& entry) { ++names[std::string(entry.name)]; });
    EXPECT_TRUE(status.ok()) << status;
    return names;
  }

  // Each of `names` is listed once, and nothing else is.
  static void ExpectLists(Directory* dir, const std::set<std::string>& names) {
    std::map<std::string, int> expected;
    for (const std::string& name : names) expected[name] = 1;
    EXPECT_EQ(List(dir), expected);
  }

  absl::StatusCode OpenFileCode(absl::string_view name) {
    return dir_->OpenFile(name).status().code();
  }
  absl::StatusCode StatCode(absl::string_view name) {
    return dir_->Stat(name).status().code();
  }
  absl::StatusCode OpenDirectoryCode(absl::string_view name) {
    return dir_->OpenDirectory(name).status().code();
  }

  std::unique_ptr<FileSystemWorld> world_;
  std::unique_ptr<Directory> dir_;  // the world's root
};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(FileSystemContract);

// --- Opening directories ---

TEST_P(FileSystemContract, AMissingDirectoryIsNotFound) {
  EXPECT_EQ(world_->fs()
                ->OpenDirectory(absl::StrCat(world_->root(), "/missing"))
                .status()
                .code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(world_->fs()->OpenDirectory("").status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(OpenDirectoryCode("missing"), absl::StatusCode::kNotFound);
  EXPECT_EQ(OpenDirectoryCode("missing/sub"), absl::StatusCode::kNotFound);
}

TEST_P(FileSystemContract, AFileIsNoDirectory) {
  world_->Write("file", "");
  world_->MakeFifo("fifo");
  for (const char* name : {"file", "fifo", "file/below"}) {
    EXPECT_EQ(world_->fs()
                  ->OpenDirectory(absl::StrCat(world_->root(), "/", name))
                  .status()
                  .code(),
              absl::StatusCode::kFailedPrecondition)
        << name;
    EXPECT_EQ(OpenDirectoryCode(name), absl::StatusCode::kFailedPrecondition)
        << name;
  }
}

TEST_P(FileSystemContract, APathToADirectoryMayGoThroughSymbolicLinks) {
  world_->CreateDirectory("real");
  world_->Write("real/x.log", "");
  world_->Symlink("real", "link");
  auto dir = world_->fs()->OpenDirectory(absl::StrCat(world_->root(), "/link"));
  ASSERT_TRUE(dir.ok()) << dir.status();
  ExpectLists(dir->get(), {"x.log"});
  EXPECT_EQ((*dir)->Stat(".")->id, StatOf("real").id);
}

TEST_P(FileSystemContract, ADirectoryBelowIsNotOpenedThroughASymbolicLink) {
  world_->CreateDirectory("real");
  world_->CreateDirectory("real/deep");
  world_->Symlink("real", "link");
  EXPECT_EQ(OpenDirectoryCode("link"), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(OpenDirectoryCode("link/"), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(dir_->OpenDirectory("real").ok());
  EXPECT_TRUE(dir_->OpenDirectory("link/deep").ok()) << "only the last part";
}

TEST_P(FileSystemContract, AnOpenDirectoryStaysTheSameWhenItIsRenamed) {
  world_->CreateDirectory("sub");
  world_->Write("sub/old", "old");
  auto sub = *dir_->OpenDirectory("sub");
  const FileId id = sub->Stat(".")->id;
  world_->Rename("sub", "away");
  world_->CreateDirectory("sub");
  world_->Write("sub/new", "");
  ExpectLists(sub.get(), {"old"});
  EXPECT_EQ(ReadAll(sub->OpenFile("old")->get()), "old");
  EXPECT_EQ(sub->Stat(".")->id, id);
  EXPECT_NE(StatOf("sub").id, id);
  EXPECT_EQ(StatOf("away").id, id);
}

TEST_P(FileSystemContract, AnOpenDirectoryThatWasRemovedIsEmptyAndStillItself) {
  world_->CreateDirectory("sub");
  world_->Write("sub/x", "");
  auto sub = *dir_->OpenDirectory("sub");
  const FileId id = sub->Stat(".")->id;
  world_->Remove("sub/x");
  world_->Remove("sub");
  world_->CreateDirectory("sub");
  world_->Write("sub/x", "");
  ExpectLists(sub.get(), {});
  EXPECT_EQ(sub->OpenFile("x").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(sub->Stat("x").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(sub->Stat(".")->id, id);
  EXPECT_NE(StatOf("sub").id, id);
}

TEST_P(FileSystemContract, DirectoriesMayBeOpenedByManyThreads) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (int j = 0; j < 50; ++j) {
        EXPECT_TRUE(world_->fs()->OpenDirectory(world_->root()).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// --- Listing ---

TEST_P(FileSystemContract, ListsEveryEntryOnceAndNeitherDotNorDotDot) {
  ExpectLists(dir_.get(), {});
  world_->Write("a.log", "");
  world_->CreateDirectory("sub");
  world_->Write("sub/below", "");
  world_->Symlink("nowhere", "dangling");
  world_->MakeFifo("fifo");
  world_->Write(".hidden", "");
  for (int i = 0; i < 2; ++i) {
    ExpectLists(dir_.get(), {"a.log", "sub", "dangling", "fifo", ".hidden"});
  }
}

TEST_P(FileSystemContract, ListsThousandsOfEntriesWithoutLosingOne) {
  std::set<std::string> expected;
  for (int i = 0; i < 3000; ++i) {
    const std::string name = absl::StrCat("file-with-a-longish-name-", i);
    world_->Write(name, "");
    expected.insert(name);
  }
  ExpectLists(dir_.get(), expected);
}

TEST_P(FileSystemContract, ListsWhatStaysOnceWhileOthersComeAndGo) {
  constexpr int kFiles = 500;
  for (int i = 0; i < kFiles; ++i) {
    world_->Write(absl::StrCat("stay", i), "");
    world_->Write(absl::StrCat("go", i), "");
  }
  std::map<std::string, int> seen;
  int step = 0;
  const absl::Status status = dir_->ForEachEntry([&](const DirEntry& entry) {
    ++seen[std::string(entry.name)];
    if (step >= kFiles) return;
    const std::string go = absl::StrCat("go", (step * 7) % kFiles);
    if (step % 2 == 0) {
      world_->Remove(go);
    } else {
      world_->Rename(go, absl::StrCat("moved", step));
    }
    ++step;
  });
  EXPECT_TRUE(status.ok()) << status;
  for (int i = 0; i < kFiles; ++i) {
    EXPECT_EQ(seen[absl::StrCat("stay", i)], 1);
  }
}

TEST_P(FileSystemContract, TypeHintsAreRightOrUnknown) {
  world_->Write("regular", "");
  world_->CreateDirectory("directory");
  world_->Symlink("regular", "symlink");
  world_->MakeFifo("other");
  const std::map<std::string, FileType> types = {
      {"regular", FileType::kRegular},
      {"directory", FileType::kDirectory},
      {"symlink", FileType::kSymlink},
      {"other", FileType::kOther}};
  EXPECT_TRUE(dir_->ForEachEntry([&](const DirEntry& entry) {
                    if (entry.type_hint == FileType::kUnknown) return;
                    EXPECT_EQ(entry.type_hint,
                              types.at(std::string(entry.name)));
                  })
                  .ok());
}

// --- Names ---

TEST_P(FileSystemContract, NamesMayHoldAnyByteButSlashAndNul) {
  const std::set<std::string> names = {
      "new\nline", "tab\t",           "esc\x1b[31m", "\x7f",
      " ",         "invalid\xff\xfe", "-rf",         "percent%s",
      "back\\",    "quote\"'",        "...",         std::string(255, 'x')};
  for (const std::string& name : names) world_->Write(name, name);
  ExpectLists(dir_.get(), names);
  for (const std::string& name : names) {
    EXPECT_EQ(ReadAll(Open(name).get()), name);
    EXPECT_EQ(StatOf(name).size_bytes, static_cast<int64_t>(name.size()));
  }
}

TEST_P(FileSystemContract, ANameIsNeverCutAtANul) {
  world_->Write("x", "");
  world_->CreateDirectory("d");
  EXPECT_FALSE(dir_->OpenFile(absl::string_view("x\0y", 3)).ok());
  EXPECT_FALSE(dir_->Stat(absl::string_view("x\0y", 3)).ok());
  EXPECT_FALSE(dir_->OpenDirectory(absl::string_view("d\0y", 3)).ok());
}

TEST_P(FileSystemContract, NoNameAndTooLongANameAreNothing) {
  EXPECT_EQ(OpenFileCode(""), absl::StatusCode::kNotFound);
  EXPECT_EQ(StatCode(""), absl::StatusCode::kNotFound);
  EXPECT_EQ(OpenDirectoryCode(""), absl::StatusCode::kNotFound);
  EXPECT_FALSE(dir_->OpenFile(std::string(256, 'x')).ok());
}

TEST_P(FileSystemContract, ANameMayBeAPathBelowTheDirectory) {
  world_->CreateDirectory("sub");
  world_->CreateDirectory("sub/deep");
  world_->Write("sub/deep/x.log", "content");
  EXPECT_EQ(ReadAll(Open("sub/deep/x.log").get()), "content");
  EXPECT_EQ(StatOf("sub/deep/x.log").size_bytes, 7);
  auto deep = dir_->OpenDirectory("sub/deep");
  ASSERT_TRUE(deep.ok()) << deep.status();
  ExpectLists(deep->get(), {"x.log"});
  EXPECT_EQ(OpenFileCode("sub/deep/x.log/y"),
            absl::StatusCode::kFailedPrecondition);
}

// --- What stands there ---

TEST_P(FileSystemContract, NothingIsNotFound) {
  EXPECT_EQ(OpenFileCode("x.log"), absl::StatusCode::kNotFound);
  EXPECT_EQ(StatCode("x.log"), absl::StatusCode::kNotFound);
}

TEST_P(FileSystemContract, OpeningAFifoFailsAndNeverBlocks) {
  world_->MakeFifo("x.log");
  EXPECT_EQ(OpenFileCode("x.log"), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(StatOf("x.log").type, FileType::kOther);
}

TEST_P(FileSystemContract, ASocketIsNoFileToRead) {
  world_->MakeSocket("x.log");
  EXPECT_EQ(OpenFileCode("x.log"), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(StatOf("x.log").type, FileType::kOther);
}

TEST_P(FileSystemContract, ADirectoryIsNoFileToRead) {
  world_->CreateDirectory("x.log");
  EXPECT_EQ(OpenFileCode("x.log"), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(StatOf("x.log").type, FileType::kDirectory);
}

TEST_P(FileSystemContract, DotIsTheDirectoryItself) {
  world_->CreateDirectory("sub");
  auto sub = *dir_->OpenDirectory("sub");
  EXPECT_EQ(sub->Stat(".")->type, FileType::kDirectory);
  EXPECT_EQ(sub->Stat(".")->id, StatOf("sub").id);
  EXPECT_NE(sub->Stat(".")->id, StatOf(".").id);
}

TEST_P(FileSystemContract, FilesAreReadThroughSymbolicLinks) {
  world_->CreateDirectory("sub");
  world_->Write("sub/target", "content");
  world_->Symlink("sub/target", "x.log");
  world_->Symlink("x.log", "y.log");
  EXPECT_EQ(ReadAll(Open("y.log").get()), "content");
  EXPECT_EQ(StatOf("y.log").id, StatOf("sub/target").id);
  EXPECT_EQ(StatOf("y.log").type, FileType::kRegular);
  EXPECT_EQ(Open("y.log")->Stat()->id, StatOf("sub/target").id);
}

TEST_P(FileSystemContract, ADanglingSymbolicLinkIsNotFound) {
  world_->Symlink("nowhere", "x.log");
  EXPECT_EQ(OpenFileCode("x.log"), absl::StatusCode::kNotFound);
  EXPECT_EQ(StatCode("x.log"), absl::StatusCode::kNotFound);
}

TEST_P(FileSystemContract, ALoopOfSymbolicLinksIsOfTheWrongType) {
  world_->Symlink("b.log", "a.log");
  world_->Symlink("a.log", "b.log");
  EXPECT_EQ(OpenFileCode("a.log"), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(StatCode("a.log"), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(OpenDirectoryCode("a.log/sub"),
            absl::StatusCode::kFailedPrecondition);
}

TEST_P(FileSystemContract, AFileThatMayNotBeReadIsDeniedAndOthersAreNot) {
  world_->Write("secret", "s");
  world_->Write("open", "o");
  world_->CreateDirectory("sub");
  world_->SetReadable("secret", false);
  world_->SetReadable("sub", false);
  world_->AsUnprivilegedUser([this] {
    EXPECT_EQ(OpenFileCode("secret"), absl::StatusCode::kPermissionDenied);
    EXPECT_EQ(OpenDirectoryCode("sub"), absl::StatusCode::kPermissionDenied);
    EXPECT_EQ(StatOf("secret").size_bytes, 1);
    EXPECT_EQ(ReadAll(Open("open").get()), "o");
  });
  world_->SetReadable("secret", true);
  world_->SetReadable("sub", true);
  world_->AsUnprivilegedUser([this] {
    EXPECT_EQ(ReadAll(Open("secret").get()), "s");
    EXPECT_TRUE(dir_->OpenDirectory("sub").ok());
  });
}

TEST_P(FileSystemContract, MessagesNameThePathAndTheSystemsWords) {
  for (const absl::Status& status :
       {dir_->OpenFile("x.log").status(), dir_->Stat("x.log").status(),
        dir_->OpenDirectory("x.log").status(),
        world_->fs()
            ->OpenDirectory(absl::StrCat(world_->root(), "/x.log"))
            .status()}) {
    EXPECT_THAT(std::string(status.message()),
                ::testing::EndsWith(absl::StrCat(
                    " ", world_->root(), "/x.log: No such file or directory")));
  }
}

// --- Identity ---

TEST_P(FileSystemContract, AFileIsTheSameUnderEveryNameAndThroughItsHandle) {
  world_->Write("a", "");
  world_->Link("a", "b");
  const FileId id = StatOf("a").id;
  EXPECT_EQ(StatOf("b").id, id);
  EXPECT_EQ(Open("a")->Stat()->id, id);
  world_->Write("c", "");
  EXPECT_NE(StatOf("c").id, id);
}

TEST_P(FileSystemContract, AFileStaysTheSameWhateverIsDoneToIt) {
  world_->Write("a", "1");
  const FileId id = StatOf("a").id;
  world_->PassTime();
  world_->Append("a", "2");
  EXPECT_EQ(StatOf("a").id, id);
  world_->Truncate("a", 0);
  EXPECT_EQ(StatOf("a").id, id);
  world_->Write("a", "3");
  EXPECT_EQ(StatOf("a").id, id);
  world_->CreateDirectory("sub");
  world_->Rename("a", "sub/b");
  EXPECT_EQ(StatOf("sub/b").id, id);
  world_->Write("over", "");
  world_->Rename("sub/b", "over");
  EXPECT_EQ(StatOf("over").id, id);
}

TEST_P(FileSystemContract, NoOtherFileGetsTheIdOfAnOpenFile) {
  world_->Write("old", "");
  auto file = Open("old");
  const FileId id = file->Stat()->id;
  world_->Remove("old");
  for (int i = 0; i < 100; ++i) {
    const std::string name = absl::StrCat("new", i);
    world_->Write(name, "");
    ASSERT_NE(StatOf(name).id, id);
  }
}

TEST_P(FileSystemContract, AnOpenFileIsReadableAfterItsNameIsGone) {
  world_->Write("x.log", "content");
  auto file = Open("x.log");
  const FileId id = file->Stat()->id;
  world_->Remove("x.log");
  world_->Write("x.log", "other");
  EXPECT_EQ(ReadAll(file.get()), "content");
  EXPECT_EQ(file->Stat()->id, id);
  EXPECT_EQ(file->Stat()->size_bytes, 7);
  EXPECT_NE(StatOf("x.log").id, id);
}

// --- Content ---

TEST_P(FileSystemContract, ReadsFromAnyOffset) {
  world_->Write("x", "0123456789");
  auto file = Open("x");
  char buffer[4];
  ASSERT_EQ(*file->ReadAt(3, absl::MakeSpan(buffer)), 4u);
  EXPECT_EQ(absl::string_view(buffer, 4), "3456");
  ASSERT_EQ(*file->ReadAt(8, absl::MakeSpan(buffer)), 2u);
  EXPECT_EQ(absl::string_view(buffer, 2), "89");
}

TEST_P(FileSystemContract, ReadsNothingAtTheEndAndBeyond) {
  world_->Write("x", "0123");
  world_->Write("empty", "");
  auto file = Open("x");
  char buffer[4];
  for (const int64_t offset : {int64_t{4}, int64_t{5}, int64_t{1} << 40}) {
    const auto n = file->ReadAt(offset, absl::MakeSpan(buffer));
    ASSERT_TRUE(n.ok()) << n.status();
    EXPECT_EQ(*n, 0u);
  }
  EXPECT_EQ(*Open("empty")->ReadAt(0, absl::MakeSpan(buffer)), 0u);
}

TEST_P(FileSystemContract, AnOpenFileShowsWhatIsAppended) {
  world_->Write("x", "one");
  auto file = Open("x");
  EXPECT_EQ(ReadAll(file.get()), "one");
  world_->Append("x", "two");
  EXPECT_EQ(ReadAll(file.get()), "onetwo");
  EXPECT_EQ(file->Stat()->size_bytes, 6);
}

TEST_P(FileSystemContract, AnOpenFileShowsThatItWasTruncated) {
  world_->Write("x", "content");
  auto file = Open("x");
  world_->Truncate("x", 2);
  EXPECT_EQ(file->Stat()->size_bytes, 2);
  EXPECT_EQ(ReadAll(file.get()), "co");
  char buffer[4];
  EXPECT_EQ(*file->ReadAt(3, absl::MakeSpan(buffer)), 0u);
}

TEST_P(FileSystemContract, AnOpenFileRemembersWhatItWasWhenItWasOpened) {
  world_->Write("x", "content");
  const FileStat before = StatOf("x");
  auto file = Open("x");
  const auto expect_remembered = [&] {
    const FileStat& remembered = file->StatAtOpen();
    EXPECT_EQ(remembered.id, before.id);
    EXPECT_EQ(remembered.type, FileType::kRegular);
    EXPECT_EQ(remembered.size_bytes, 7);
    EXPECT_EQ(remembered.mtime, before.mtime);
    EXPECT_EQ(remembered.ctime, before.ctime);
  };
  expect_remembered();
  world_->PassTime();
  world_->Append("x", "more");
  EXPECT_EQ(file->Stat()->size_bytes, 11);
  expect_remembered();
  world_->Truncate("x", 0);
  expect_remembered();
  world_->Remove("x");
  EXPECT_TRUE(file->Stat().ok());
  expect_remembered();
}

TEST_P(FileSystemContract, WhatAFileWasIsThatOfItsTargetBehindALink) {
  world_->Write("target", "content");
  world_->Symlink("target", "x");
  EXPECT_EQ(Open("x")->StatAtOpen().id, StatOf("target").id);
  EXPECT_EQ(Open("x")->StatAtOpen().size_bytes, 7);
}

TEST_P(FileSystemContract, AFileMayBeReadByManyThreadsAtOnce) {
  std::string content;
  for (int i = 0; i < 5000; ++i) absl::StrAppend(&content, i, "\n");
  world_->Write("x", content);
  auto file = Open("x");
  std::vector<std::thread> threads;
  for (size_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&file, &content, thread] {
      std::string buffer(1000, '\0');
      for (size_t i = 0; i < 200; ++i) {
        const size_t at = (i * 7919 + thread * 104'729) % content.size();
        const auto n = file->ReadAt(static_cast<int64_t>(at),
                                    absl::MakeSpan(&buffer[0], buffer.size()));
        ASSERT_TRUE(n.ok()) << n.status();
        ASSERT_EQ(buffer.substr(0, *n), content.substr(at, *n));
        ASSERT_TRUE(file->Stat().ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_P(FileSystemContract, HolesReadAsNulAtAnyOffset) {
  constexpr int64_t kFar = (int64_t{1} << 33) + 5;  // beyond 32 bits
  world_->Write("x", "a");
  world_->WriteAt("x", kFar, "z");
  EXPECT_EQ(StatOf("x").size_bytes, kFar + 1);
  auto file = Open("x");
  char buffer[3];
  ASSERT_EQ(*file->ReadAt(kFar - 2, absl::MakeSpan(buffer)), 3u);
  EXPECT_EQ(absl::string_view(buffer, 3), absl::string_view("\0\0z", 3));
}

// --- Stamps ---

TEST_P(FileSystemContract, AChangeOfContentMovesBothTimes) {
  world_->Write("x", "1");
  for (const bool append : {true, false}) {
    const FileStat before = StatOf("x");
    world_->PassTime();
    if (append) {
      world_->Append("x", "2");
    } else {
      world_->Truncate("x", 0);
    }
    EXPECT_GT(StatOf("x").mtime, before.mtime);
    EXPECT_GT(StatOf("x").ctime, before.ctime);
  }
}

TEST_P(FileSystemContract, SettingTheModificationTimeMovesTheChangeTimeOn) {
  world_->Write("x", "1");
  const FileStat before = StatOf("x");
  world_->PassTime();
  world_->SetModificationTime("x", absl::FromUnixMillis(1234567));
  EXPECT_EQ(StatOf("x").mtime, absl::FromUnixMillis(1234567));
  EXPECT_GT(StatOf("x").ctime, before.ctime);
}

TEST_P(FileSystemContract, AChangeOfEntriesMovesTheDirectorysTimes) {
  world_->CreateDirectory("sub");
  const auto expect_moved = [this](const std::function<void()>& change) {
    const FileStat before = StatOf("sub");
    world_->PassTime();
    change();
    EXPECT_GT(StatOf("sub").mtime, before.mtime);
  };
  expect_moved([this] { world_->Write("sub/a", ""); });
  expect_moved([this] { world_->Rename("sub/a", "sub/b"); });
  world_->Write("sub/over", "");
  expect_moved([this] { world_->Rename("sub/over", "sub/b"); });
  expect_moved([this] { world_->Remove("sub/b"); });

  world_->Write("sub/c", "");
  const FileStat before = StatOf("sub");
  world_->PassTime();
  world_->Append("sub/c", "more");
  EXPECT_EQ(StatOf("sub").mtime, before.mtime);
}

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_FILE_SYSTEM_CONTRACT_H_
