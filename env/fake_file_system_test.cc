#include "env/fake_file_system.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string ReadThrough(ReadableFile* file) {
  std::string content;
  char buffer[7];
  while (true) {
    const auto n = file->ReadAt(content.size(), absl::MakeSpan(buffer));
    if (!n.ok() || *n == 0) return content;
    content.append(buffer, *n);
  }
}

std::vector<std::string> Listing(Directory* dir) {
  std::vector<std::string> names;
  EXPECT_TRUE(dir->ForEachEntry([&](const DirEntry& entry) {
                   names.emplace_back(entry.name);
                 })
                  .ok());
  return names;
}

TEST(FakeFileSystem, ReusesTheLowestFreeInodeNumberAtOnce) {
  FakeFileSystem fs;
  fs.Write("/a", "");
  fs.Write("/b", "");
  fs.Write("/c", "");
  const FileId a = fs.IdOf("/a");
  fs.Remove("/b");
  fs.Remove("/a");
  fs.Write("/d", "");
  EXPECT_EQ(fs.IdOf("/d"), a);
}

TEST(FakeFileSystem, GivesNoNewFileTheInodeOfAnOpenOne) {
  FakeFileSystem fs;
  fs.Write("/a", "old");
  const FileId a = fs.IdOf("/a");
  auto root = *fs.OpenDirectory("/");
  auto file = *root->OpenFile("a");
  fs.Remove("/a");
  fs.Write("/b", "");
  EXPECT_NE(fs.IdOf("/b"), a);
  EXPECT_EQ(ReadThrough(file.get()), "old");
  file.reset();
  fs.Write("/c", "");
  EXPECT_EQ(fs.IdOf("/c"), a);
}

TEST(FakeFileSystem, KeepsTheInodeOfAFileThatAWriterHolds) {
  FakeFileSystem fs;
  FakeWriter writer = fs.OpenWriter("/a", FakeWriter::kAppend);
  const FileId a = writer.id();
  fs.Remove("/a");
  fs.Write("/b", "");
  EXPECT_NE(fs.IdOf("/b"), a);
  { const FakeWriter closed = std::move(writer); }
  fs.Write("/c", "");
  EXPECT_EQ(fs.IdOf("/c"), a);
}

TEST(FakeFileSystem, RecordsBirthTimesOnlyIfAsked) {
  FakeFileSystem without;
  without.Write("/a", "");
  EXPECT_EQ(without.IdOf("/a").birth_ns, 0);

  FakeFileSystemOptions options;
  options.record_birth_times = true;
  FakeFileSystem with(options);
  with.Write("/a", "");
  EXPECT_EQ(with.IdOf("/a").birth_ns, absl::ToUnixNanos(with.Now()));
  const FileId first = with.IdOf("/a");
  with.AdvanceTime(absl::Milliseconds(4));
  with.Append("/a", "more");
  EXPECT_EQ(with.IdOf("/a"), first);
  with.Remove("/a");
  with.Write("/a", "");
  EXPECT_EQ(with.IdOf("/a").inode, first.inode);
  EXPECT_NE(with.IdOf("/a"), first);
}

TEST(FakeFileSystem, StampsChangesWithAClockThatOnlyTheTestMoves) {
  FakeFileSystem fs;
  fs.Write("/a", "1");
  const FileStat first = *fs.StatOf("/a");
  fs.Append("/a", "2");
  EXPECT_EQ(fs.StatOf("/a")->mtime, first.mtime);
  fs.AdvanceTime(absl::Seconds(1));
  EXPECT_EQ(fs.StatOf("/a")->mtime, first.mtime);
  fs.Append("/a", "");
  EXPECT_EQ(fs.StatOf("/a")->mtime, first.mtime) << "nothing was written";
  fs.Append("/a", "3");
  EXPECT_EQ(fs.StatOf("/a")->mtime, first.mtime + absl::Seconds(1));
  EXPECT_EQ(fs.StatOf("/a")->ctime, first.ctime + absl::Seconds(1));
}

TEST(FakeFileSystem, RenameMovesTheChangeTimeOnly) {
  FakeFileSystem fs;
  fs.Write("/a", "1");
  const FileStat before = *fs.StatOf("/a");
  fs.AdvanceTime(absl::Seconds(1));
  fs.Rename("/a", "/b");
  EXPECT_EQ(fs.StatOf("/b")->mtime, before.mtime);
  EXPECT_EQ(fs.StatOf("/b")->ctime, before.ctime + absl::Seconds(1));
}

TEST(FakeFileSystem, SetModificationTimeMovesTheChangeTimeToThePresent) {
  FakeFileSystem fs;
  fs.Write("/a", "1");
  fs.AdvanceTime(absl::Seconds(1));
  fs.SetModificationTime("/a", absl::UnixEpoch());
  EXPECT_EQ(fs.StatOf("/a")->mtime, absl::UnixEpoch());
  EXPECT_EQ(fs.StatOf("/a")->ctime, fs.Now());
}

TEST(FakeFileSystem, EveryChangeOfEntriesStampsTheDirectory) {
  FakeFileSystem fs;
  fs.CreateDirectory("/d");
  fs.Write("/d/seed", "");
  fs.Write("/other", "");
  const auto stamps = [&](const char* what, auto change) {
    fs.AdvanceTime(absl::Seconds(1));
    change();
    EXPECT_EQ(fs.StatOf("/d")->mtime, fs.Now()) << what;
  };
  stamps("create", [&] { fs.Write("/d/a", ""); });
  stamps("rename", [&] { fs.Rename("/d/a", "/d/b"); });
  stamps("link", [&] { fs.Link("/d/b", "/d/c"); });
  stamps("symlink", [&] { fs.Symlink("b", "/d/l"); });
  stamps("fifo", [&] { fs.MakeFifo("/d/p"); });
  stamps("remove", [&] { fs.Remove("/d/b"); });
  stamps("exchange", [&] { fs.Exchange("/d/c", "/other"); });
  stamps("move in", [&] { fs.Rename("/other", "/d/seed"); });
  stamps("mkdir", [&] { fs.CreateDirectory("/d/sub"); });

  fs.AdvanceTime(absl::Seconds(1));
  fs.Append("/d/c", "x");
  EXPECT_NE(fs.StatOf("/d")->mtime, fs.Now());
}

TEST(FakeFileSystem, WriteKeepsTheInodeOfAFileThatExists) {
  FakeFileSystem fs;
  fs.Write("/a", "long content");
  const FileId id = fs.IdOf("/a");
  fs.Write("/a", "short");
  EXPECT_EQ(fs.IdOf("/a"), id);
  EXPECT_EQ(fs.ReadAll("/a"), "short");
}

TEST(FakeFileSystem, ReadsHolesAsNul) {
  FakeFileSystem fs;
  fs.Write("/a", "12");
  fs.WriteAt("/a", 5, "67");
  EXPECT_EQ(fs.ReadAll("/a"), absl::string_view("12\0\0\0"
                                                "67",
                                                7));
  fs.Truncate("/a", 3);
  fs.Truncate("/a", 6);
  EXPECT_EQ(fs.ReadAll("/a"), absl::string_view("12\0\0\0\0", 6));
}

TEST(FakeFileSystem, AHoleOfTerabytesCostsNothing) {
  FakeFileSystem fs;
  const int64_t size = int64_t{1} << 42;
  fs.WriteAt("/a", size - 3, "end");
  EXPECT_EQ(fs.StatOf("/a")->size_bytes, size);
  auto file = *(*fs.OpenDirectory("/"))->OpenFile("a");
  char buffer[5];
  EXPECT_EQ(*file->ReadAt(size - 5, absl::MakeSpan(buffer)), 5u);
  EXPECT_EQ(absl::string_view(buffer, 5), absl::string_view("\0\0end", 5));
  fs.Truncate("/a", 0);
  EXPECT_EQ(fs.ReadAll("/a"), "");
}

// The oracle is one string; pages must not show.
RC_GTEST_PROP(FakeFileSystem, HoldsWhatAStringWouldHold, ()) {
  FakeFileSystem fs;
  fs.Write("/a", "");
  std::string expected;
  for (const int step :
       *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 3))) {
    const auto at = *rc::gen::inRange<int64_t>(0, 3 * 4096);
    if (step == 0) {
      fs.Truncate("/a", at);
      expected.resize(at, '\0');
    } else {
      const std::string bytes(*rc::gen::inRange(0, 2 * 4096),
                              static_cast<char>('a' + at % 26));
      if (step == 1) {
        fs.Append("/a", bytes);
        expected += bytes;
      } else {
        fs.WriteAt("/a", at, bytes);
        if (!bytes.empty() && expected.size() < at + bytes.size()) {
          expected.resize(at + bytes.size(), '\0');
        }
        expected.replace(std::min<size_t>(at, expected.size()), bytes.size(),
                         bytes);
      }
    }
    RC_ASSERT(fs.ReadAll("/a") == expected);
  }
}

TEST(FakeFileSystem, RenameReplacesTheTarget) {
  FakeFileSystem fs;
  fs.Write("/a", "a");
  fs.Write("/b", "b");
  const FileId a = fs.IdOf("/a");
  fs.Rename("/a", "/b");
  EXPECT_THAT(fs.List("/"), ElementsAre("b"));
  EXPECT_EQ(fs.IdOf("/b"), a);
}

TEST(FakeFileSystem, RenameMovesDirectoriesWithAllThatIsBelow) {
  FakeFileSystem fs;
  fs.CreateDirectory("/x/sub");
  fs.CreateDirectory("/y");
  fs.Write("/x/sub/f", "f");
  fs.Rename("/x/sub", "/y/moved");
  EXPECT_EQ(fs.ReadAll("/y/moved/f"), "f");
  EXPECT_THAT(fs.List("/y/moved/.."), ElementsAre("moved"));
}

TEST(FakeFileSystem, RenameRefusesWhatPosixRefuses) {
  FakeFileSystem fs;
  fs.CreateDirectory("/d/sub");
  fs.CreateDirectory("/full/x");
  fs.CreateDirectory("/empty");
  fs.Write("/f", "");
  EXPECT_FALSE(fs.Rename("/d", "/d/sub/d").ok()) << "into itself";
  EXPECT_FALSE(fs.Rename("/d", "/full").ok()) << "onto a full directory";
  EXPECT_FALSE(fs.Rename("/d", "/f").ok()) << "directory onto file";
  EXPECT_FALSE(fs.Rename("/f", "/empty").ok()) << "file onto directory";
  EXPECT_FALSE(fs.Rename("/missing", "/x").ok());
  EXPECT_FALSE(fs.Rename("/f", "/missing/x").ok());
  EXPECT_TRUE(fs.Rename("/d", "/empty").ok());
  EXPECT_TRUE(fs.Exists("/empty/sub"));
}

TEST(FakeFileSystem, RenameBetweenTwoNamesOfOneFileDoesNothing) {
  FakeFileSystem fs;
  fs.Write("/a", "");
  fs.Link("/a", "/b");
  fs.Rename("/a", "/b");
  EXPECT_THAT(fs.List("/"), ElementsAre("a", "b"));
}

TEST(FakeFileSystem, ExchangeSwapsTwoNames) {
  FakeFileSystem fs;
  fs.Write("/a", "a");
  fs.CreateDirectory("/d/sub");
  fs.Exchange("/a", "/d");
  EXPECT_EQ(fs.ReadAll("/d"), "a");
  EXPECT_TRUE(fs.Exists("/a/sub"));
  EXPECT_FALSE(fs.Exchange("/a", "/a/sub").ok());
  EXPECT_FALSE(fs.Exchange("/a", "/missing").ok());
}

TEST(FakeFileSystem, AFileLivesWhileItHasALink) {
  FakeFileSystem fs;
  fs.Write("/a", "content");
  fs.Link("/a", "/b");
  EXPECT_EQ(fs.IdOf("/a"), fs.IdOf("/b"));
  fs.Remove("/a");
  EXPECT_EQ(fs.ReadAll("/b"), "content");
}

TEST(FakeFileSystem, AWriterFollowsTheFileAndNotItsName) {
  FakeFileSystem fs;
  FakeWriter writer = fs.OpenWriter("/a", FakeWriter::kAppend);
  writer.Write("1");
  fs.Rename("/a", "/b");
  fs.Write("/a", "new");
  writer.Write("2");
  EXPECT_EQ(fs.ReadAll("/b"), "12");
  EXPECT_EQ(fs.ReadAll("/a"), "new");
  auto held = *(*fs.OpenDirectory("/"))->OpenFile("b");
  fs.Remove("/b");
  writer.Write("3");
  EXPECT_EQ(ReadThrough(held.get()), "123");
}

TEST(FakeFileSystem, APositionalWriterLeavesAHoleInATruncatedFile) {
  FakeFileSystem fs;
  FakeWriter positional = fs.OpenWriter("/a", FakeWriter::kPositional);
  FakeWriter append = fs.OpenWriter("/b", FakeWriter::kAppend);
  for (FakeWriter* writer : {&positional, &append}) writer->Write("123");
  fs.Truncate("/a", 0);
  fs.Truncate("/b", 0);
  for (FakeWriter* writer : {&positional, &append}) writer->Write("4");
  EXPECT_EQ(fs.ReadAll("/a"), absl::string_view("\0\0\0"
                                                "4",
                                                4));
  EXPECT_EQ(fs.ReadAll("/b"), "4");
  positional.Truncate(0);
  positional.Seek(1);
  positional.Write("x");
  EXPECT_EQ(fs.ReadAll("/a"), absl::string_view("\0x", 2));
}

TEST(FakeFileSystem, AReplacedDirectoryIsAnotherOneAndHandlesStayOnTheOld) {
  FakeFileSystem fs;
  fs.CreateDirectory("/d");
  fs.Write("/d/old", "");
  auto dir = *fs.OpenDirectory("/d");
  const FileId old = fs.IdOf("/d");
  fs.Rename("/d", "/away");
  fs.CreateDirectory("/d");
  fs.Write("/d/new", "");
  EXPECT_NE(fs.IdOf("/d"), old);
  EXPECT_EQ(dir->Stat(".")->id, old);
  EXPECT_THAT(Listing(dir.get()), ElementsAre("old"));
  fs.RemoveTree("/away");
  EXPECT_THAT(Listing(dir.get()), IsEmpty());
  EXPECT_EQ(dir->Stat(".")->id, old);
  EXPECT_EQ(dir->Stat("old").status().code(), absl::StatusCode::kNotFound);
}

TEST(FakeFileSystem, SymbolicLinksLeadWhereTheySay) {
  FakeFileSystem fs;
  fs.CreateDirectory("/d/sub");
  fs.Write("/d/sub/f", "f");
  fs.Symlink("/d", "/absolute");
  fs.Symlink("sub/f", "/d/relative");
  fs.Symlink("../d/./sub/../relative", "/d/chain");
  fs.Symlink("nowhere", "/d/dangling");
  EXPECT_EQ(fs.ReadAll("/absolute/sub/f"), "f");
  EXPECT_EQ(fs.ReadAll("/absolute/relative"), "f");
  EXPECT_EQ(fs.ReadAll("/d/chain"), "f");
  EXPECT_TRUE(fs.Exists("/d/dangling"));
  EXPECT_FALSE(fs.StatOf("/d/dangling").ok());
  fs.Write("/d/dangling", "now it is");
  EXPECT_EQ(fs.ReadAll("/d/nowhere"), "now it is");
}

TEST(FakeFileSystem, WithoutPermissionOpensFailAndOpenHandlesGoOn) {
  FakeFileSystem fs;
  fs.CreateDirectory("/d");
  fs.Write("/d/f", "f");
  auto dir = *fs.OpenDirectory("/d");
  auto file = *dir->OpenFile("f");
  fs.SetReadable("/d/f", false);
  EXPECT_EQ(dir->OpenFile("f").status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_TRUE(dir->Stat("f").ok());
  EXPECT_EQ(ReadThrough(file.get()), "f");

  fs.SetReadable("/d", false);
  EXPECT_EQ(fs.OpenDirectory("/d").status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(dir->Stat("f").status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(Listing(dir.get()), ElementsAre("f"));
  fs.SetReadable("/d", true);
  fs.SetReadable("/d/f", true);
  EXPECT_TRUE(dir->OpenFile("f").ok());
}

TEST(FakeFileSystem, CountsTheHandlesThatAreOpen) {
  FakeFileSystem fs;
  fs.Write("/a", "");
  const FileId a = fs.IdOf("/a");
  const FakeWriter writer = fs.OpenWriter("/a", FakeWriter::kAppend);
  EXPECT_EQ(fs.open_handle_count(), 0u);
  {
    auto root = *fs.OpenDirectory("/");
    auto one = *root->OpenFile("a");
    auto two = *root->OpenFile("a");
    EXPECT_EQ(fs.open_handle_count(), 3u);
    EXPECT_EQ(fs.open_handle_count(a), 2u);
  }
  EXPECT_EQ(fs.open_handle_count(), 0u);
  EXPECT_EQ(fs.open_handle_count(a), 0u);
  EXPECT_EQ(fs.peak_open_handle_count(), 3u);
}

TEST(FakeFileSystem, RefusesHandlesBeyondTheLimit) {
  FakeFileSystemOptions options;
  options.max_open_handles = 2;
  FakeFileSystem fs(options);
  fs.Write("/a", "");
  auto root = *fs.OpenDirectory("/");
  auto file = *root->OpenFile("a");
  EXPECT_EQ(root->OpenFile("a").status().code(),
            absl::StatusCode::kResourceExhausted);
  file.reset();
  EXPECT_TRUE(root->OpenFile("a").ok());
}

TEST(FakeFileSystem, HandlesAndWritersMayOutliveIt) {
  auto fs = std::make_unique<FakeFileSystem>();
  FakeWriter writer = fs->OpenWriter("/a", FakeWriter::kAppend);
  auto file = *(*fs->OpenDirectory("/"))->OpenFile("a");
  fs.reset();
  writer.Write("x");
  EXPECT_EQ(ReadThrough(file.get()), "x");
}

TEST(FakeFileSystem, ListsInAnOrderThatTheSeedDecides) {
  const auto listing = [](uint64_t seed) {
    FakeFileSystemOptions options;
    options.listing_seed = seed;
    FakeFileSystem fs(options);
    for (int i = 0; i < 20; ++i) fs.Write(absl::StrCat("/f", 10 + i), "");
    return Listing(fs.OpenDirectory("/")->get());
  };
  EXPECT_EQ(listing(1), listing(1));
  EXPECT_NE(listing(1), listing(2));
  EXPECT_FALSE(std::is_sorted(listing(0).begin(), listing(0).end()));
}

// readdir(3): what is there from the beginning to the end of a listing comes
// exactly once, whatever else comes and goes meanwhile.
RC_GTEST_PROP(FakeFileSystem, ListsWhatStaysExactlyOnceWhileTheRestChanges,
              (uint64_t seed)) {
  FakeFileSystemOptions options;
  options.listing_seed = seed;
  FakeFileSystem fs(options);
  std::set<std::string> staying;
  for (int i = 0; i < 10; ++i) {
    fs.Write(absl::StrCat("/stay", i), "");
    staying.insert(absl::StrCat("stay", i));
    fs.Write(absl::StrCat("/go", i), "");
  }
  auto root = *fs.OpenDirectory("/");
  std::map<std::string, int> seen;
  int made = 0;
  const absl::Status status = root->ForEachEntry([&](const DirEntry& entry) {
    ++seen[std::string(entry.name)];
    const std::string go = absl::StrCat("/go", *rc::gen::inRange(0, 10));
    const std::string stay = absl::StrCat("/stay", *rc::gen::inRange(0, 10));
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
        fs.Remove(go).IgnoreError();
        break;
      case 1:
        fs.Rename(go, absl::StrCat("/renamed", seen.size())).IgnoreError();
        break;
      case 2:
        if (++made < 100) fs.Write(absl::StrCat("/new", made), "");
        break;
      case 3:  // the name stays although the file is another one
        fs.Rename(go, stay).IgnoreError();
        break;
    }
  });
  RC_ASSERT(status.ok());
  for (const std::string& name : staying) RC_ASSERT(seen[name] == 1);
}

TEST(FakeFileSystem, ARenameDuringAListingMayShowBothNamesOrNeither) {
  std::set<int> seen_counts;
  for (uint64_t seed = 0; seed < 64; ++seed) {
    FakeFileSystemOptions options;
    options.listing_seed = seed;
    FakeFileSystem fs(options);
    fs.Write("/first", "");
    fs.Write("/old", "");
    fs.Write("/other", "");
    int count = 0;
    int visits = 0;
    EXPECT_TRUE((*fs.OpenDirectory("/"))
                    ->ForEachEntry([&](const DirEntry& entry) {
                      if (entry.name == "old" || entry.name == "new") ++count;
                      if (++visits == 2) fs.Rename("/old", "/new");
                    })
                    .ok());
    seen_counts.insert(count);
  }
  EXPECT_THAT(seen_counts, ElementsAre(0, 1, 2));
}

TEST(FakeFileSystem, RemoveRefusesAFullDirectoryAndRemoveTreeDoesNot) {
  FakeFileSystem fs;
  fs.CreateDirectory("/d/sub");
  fs.Write("/d/sub/f", "");
  EXPECT_FALSE(fs.Remove("/d").ok());
  fs.RemoveTree("/d");
  EXPECT_FALSE(fs.Exists("/d"));
  fs.RemoveTree("/d");
  fs.RemoveTree("/never/was");
}

TEST(FakeFileSystem, OperationsInAMissingDirectoryFail) {
  FakeFileSystem fs;
  EXPECT_EQ(fs.Write("/no/a", "").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(fs.Symlink("a", "/no/a").status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(fs.Truncate("/a", 0).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(fs.Remove("/a").status().code(), absl::StatusCode::kNotFound);
  fs.Write("/f", "");
  EXPECT_EQ(fs.CreateDirectory("/f/d").status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(fs.Write("/f/a", "").status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(FakeFileSystem, MessagesNameTheOperationThePathAndTheSystemsWords) {
  FakeFileSystem fs;
  fs.CreateDirectory("/d");
  EXPECT_EQ(fs.OpenDirectory("/x").status().message(),
            "open /x: No such file or directory");
  EXPECT_EQ((*fs.OpenDirectory("/d"))->Stat("y").status().message(),
            "stat /d/y: No such file or directory");
}

using FakeFileSystemDeathTest = ::testing::Test;

TEST(FakeFileSystemDeathTest, AFailureThatNobodyLooksAtEndsTheTest) {
  FakeFileSystem fs;
  EXPECT_DEATH(fs.Remove("/a"), "remove /a: No such file");
  EXPECT_DEATH(fs.OpenWriter("/no/a", FakeWriter::kAppend), "open /no/a");
}

}  // namespace
}  // namespace dirwatcher
