#include "dirwatch/directory_lister.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "env/fake_file_system.h"
#include "env/faulty_file_system.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class DirectoryListerTest : public ::testing::Test {
 protected:
  DirectoryListerTest() { disk_.CreateDirectory("/logs"); }

  Listing List(Depth depth = Depth::kRecursive,
               EntryHints hints = EntryHints::kAsIs) {
    FaultyFileSystem fs(
        &disk_,
        [this](const FileCall& call) {
          return policy_ ? policy_(call) : Fault();
        },
        hints);
    observed_.clear();
    std::unique_ptr<Directory> root = *fs.OpenDirectory("/logs");
    return ListTree(
        root.get(), FileFilter({"log"}), depth, /*threads=*/1,
        [this](absl::string_view prefix) { observed_.emplace_back(prefix); });
  }

  // Fails calls of one kind that concern a path.
  void FailOn(FileCall::Kind kind, const std::string& path,
              absl::Status error) {
    policy_ = [=](const FileCall& call) {
      Fault fault;
      if (call.kind == kind && call.path == path) fault.error = error;
      return fault;
    };
  }

  FakeFileSystem disk_;
  FaultyFileSystem::Policy policy_;
  std::vector<std::string> observed_;
};

std::vector<std::string> Names(const Listing& listing) {
  std::vector<std::string> names;
  for (const SnapshotEntry& entry : listing.snapshot.entries) {
    names.emplace_back(entry.name);
  }
  return names;
}

std::vector<std::string> NamesOf(const std::vector<Problem>& problems) {
  std::vector<std::string> names;
  for (const Problem& problem : problems) {
    EXPECT_FALSE(problem.status.ok());
    names.push_back(problem.name);
  }
  return names;
}

void ExpectComplete(const Listing& listing) {
  EXPECT_THAT(listing.snapshot.unknown_names, IsEmpty());
  EXPECT_THAT(listing.snapshot.unknown_prefixes, IsEmpty());
  EXPECT_THAT(NamesOf(listing.file_problems), IsEmpty());
  EXPECT_THAT(NamesOf(listing.directory_problems), IsEmpty());
}

TEST_F(DirectoryListerTest, ListsWatchedFilesSortedWithTheirStats) {
  for (const char* name : {"c.log", "a.log", "b.txt", "b.log"}) {
    disk_.Write(absl::StrCat("/logs/", name), name);
  }
  const Listing listing = List();
  EXPECT_THAT(Names(listing), ElementsAre("a.log", "b.log", "c.log"));
  for (const SnapshotEntry& entry : listing.snapshot.entries) {
    const FileStat stat = *disk_.StatOf(absl::StrCat("/logs/", entry.name));
    EXPECT_EQ(entry.stat.id, stat.id);
    EXPECT_EQ(entry.stat.size_bytes, 5);
  }
  ExpectComplete(listing);
}

TEST_F(DirectoryListerTest, ListsRegularFilesOnly) {
  disk_.CreateDirectory("/logs/dir.log");
  disk_.MakeFifo("/logs/fifo.log");
  disk_.Symlink("nowhere", "/logs/dangling.log");
  disk_.Symlink("dir.log", "/logs/link-to-dir.log");
  disk_.Write("/elsewhere", "");
  disk_.Symlink("/elsewhere", "/logs/link-to-file.log");
  for (const EntryHints hints :
       {EntryHints::kAsIs, EntryHints::kAbsent, EntryHints::kWrong}) {
    const Listing listing = List(Depth::kRecursive, hints);
    ASSERT_THAT(Names(listing), ElementsAre("link-to-file.log"));
    EXPECT_EQ(listing.snapshot.entries[0].stat.id, disk_.IdOf("/elsewhere"));
    ExpectComplete(listing);
  }
}

TEST_F(DirectoryListerTest, GoesBelowOnlyWhenRecursive) {
  disk_.CreateDirectory("/logs/s/t.log");
  disk_.Write("/logs/s/t.log/a.log", "");
  disk_.Write("/logs/s/b.log", "");
  disk_.Write("/logs/c.log", "");
  EXPECT_THAT(Names(List(Depth::kOneDirectory)), ElementsAre("c.log"));
  EXPECT_THAT(observed_, ElementsAre(""));
  for (const EntryHints hints : {EntryHints::kAsIs, EntryHints::kAbsent}) {
    const Listing listing = List(Depth::kRecursive, hints);
    EXPECT_THAT(Names(listing),
                ElementsAre("c.log", "s/b.log", "s/t.log/a.log"));
    ExpectComplete(listing);
    EXPECT_THAT(observed_, ElementsAre("", "s/", "s/t.log/"));
  }
}

TEST_F(DirectoryListerTest, FollowsNoLinksToDirectories) {
  disk_.CreateDirectory("/logs/s");
  disk_.Write("/logs/s/a.log", "");
  disk_.Symlink(".", "/logs/loop");
  disk_.Symlink("s", "/logs/link");
  for (const EntryHints hints : {EntryHints::kAsIs, EntryHints::kAbsent}) {
    const Listing listing = List(Depth::kRecursive, hints);
    EXPECT_THAT(Names(listing), ElementsAre("s/a.log"));
    ExpectComplete(listing);
  }
}

TEST_F(DirectoryListerTest, ObservesADirectoryBeforeItIsListed) {
  disk_.CreateDirectory("/logs/s");
  std::unique_ptr<Directory> root = *disk_.OpenDirectory("/logs");
  const Listing listing =
      ListTree(root.get(), FileFilter({"log"}), Depth::kRecursive,
               /*threads=*/1, [this](absl::string_view prefix) {
                 disk_.Write(absl::StrCat("/logs/", prefix, "new.log"), "");
               });
  EXPECT_THAT(Names(listing), ElementsAre("new.log", "s/new.log"));
}

TEST_F(DirectoryListerTest, AListingCutShortMakesItsPrefixUnknown) {
  disk_.CreateDirectory("/logs/s");
  disk_.Write("/logs/a.log", "");
  disk_.Write("/logs/s/b.log", "");
  for (const FileCall::Kind kind : {FileCall::kList, FileCall::kListEnd}) {
    FailOn(kind, "/logs/s", absl::UnavailableError("EIO"));
    Listing listing = List();
    EXPECT_EQ(Names(listing).front(), "a.log");
    EXPECT_THAT(listing.snapshot.unknown_prefixes, ElementsAre("s/"));
    EXPECT_THAT(NamesOf(listing.directory_problems), ElementsAre("s/"));

    FailOn(kind, "/logs", absl::UnavailableError("EIO"));
    listing = List();
    EXPECT_THAT(listing.snapshot.unknown_prefixes, ElementsAre(""));
    EXPECT_THAT(NamesOf(listing.directory_problems), ElementsAre(""));
  }
}

TEST_F(DirectoryListerTest, KeepsWhatAListingCutShortHasFound) {
  disk_.Write("/logs/a.log", "");
  disk_.Write("/logs/b.log", "");
  policy_ = [](const FileCall& call) {
    Fault fault;
    if (call.kind == FileCall::kListEntry && call.offset == 1) {
      fault.error = absl::UnavailableError("EIO");
    }
    return fault;
  };
  const Listing listing = List();
  EXPECT_EQ(listing.snapshot.entries.size(), 1u);
  EXPECT_THAT(listing.snapshot.unknown_prefixes, ElementsAre(""));
}

TEST_F(DirectoryListerTest, ADirectoryThatCannotBeOpenedIsUnknown) {
  disk_.CreateDirectory("/logs/s");
  disk_.Write("/logs/s/a.log", "");
  FailOn(FileCall::kOpenSubdirectory, "/logs/s",
         absl::ResourceExhaustedError("EMFILE"));
  Listing listing = List();
  EXPECT_THAT(listing.snapshot.unknown_prefixes, ElementsAre("s/"));
  EXPECT_THAT(NamesOf(listing.directory_problems), ElementsAre("s/"));

  policy_ = nullptr;
  disk_.SetReadable("/logs/s", false);
  listing = List();
  EXPECT_THAT(listing.snapshot.unknown_prefixes, ElementsAre("s/"));
}

TEST_F(DirectoryListerTest, ADirectoryThatWentMeanwhileIsNotThere) {
  disk_.CreateDirectory("/logs/s");
  disk_.CreateDirectory("/logs/t");
  policy_ = [this](const FileCall& call) {
    if (call.kind == FileCall::kOpenSubdirectory && call.path == "/logs/s") {
      disk_.Remove("/logs/s");
    }
    if (call.kind == FileCall::kOpenSubdirectory && call.path == "/logs/t") {
      disk_.Remove("/logs/t");
      disk_.Write("/logs/t", "a file now");
    }
    return Fault();
  };
  ExpectComplete(List());
}

TEST_F(DirectoryListerTest,
       AnEntryWithoutATypeThatCannotBeLookedAtMayBeADirectory) {
  disk_.CreateDirectory("/logs/s");
  disk_.Write("/logs/s/a.log", "");
  FailOn(FileCall::kStat, "/logs/s", absl::UnavailableError("EIO"));
  const Listing listing = List(Depth::kRecursive, EntryHints::kAbsent);
  EXPECT_THAT(listing.snapshot.unknown_prefixes, ElementsAre("s/"));
  EXPECT_THAT(NamesOf(listing.directory_problems), ElementsAre("s/"));
  ExpectComplete(List(Depth::kOneDirectory, EntryHints::kAbsent));
}

TEST_F(DirectoryListerTest, AnEntryWithoutATypeThatIsNoDirectoryIsNoProblem) {
  disk_.Symlink("loop", "/logs/loop");
  disk_.Symlink("nowhere", "/logs/dangling");
  ExpectComplete(List(Depth::kRecursive, EntryHints::kAbsent));
}

TEST_F(DirectoryListerTest, AFileThatCannotBeLookedAtIsUnknown) {
  disk_.Write("/logs/a.log", "");
  disk_.Write("/logs/b.log", "");
  FailOn(FileCall::kStat, "/logs/a.log", absl::UnavailableError("EIO"));
  const Listing listing = List();
  EXPECT_THAT(Names(listing), ElementsAre("b.log"));
  EXPECT_THAT(listing.snapshot.unknown_names, ElementsAre("a.log"));
  EXPECT_THAT(NamesOf(listing.file_problems), ElementsAre("a.log"));
  EXPECT_THAT(listing.snapshot.unknown_prefixes, IsEmpty());
}

TEST_F(DirectoryListerTest, AFileThatWentMeanwhileIsLeftOut) {
  disk_.Write("/logs/a.log", "");
  policy_ = [this](const FileCall& call) {
    if (call.kind == FileCall::kStat && call.path == "/logs/a.log") {
      disk_.Remove("/logs/a.log");
    }
    return Fault();
  };
  const Listing listing = List();
  EXPECT_THAT(Names(listing), IsEmpty());
  ExpectComplete(listing);
}

TEST_F(DirectoryListerTest, ANameDeliveredTwiceIsListedOnce) {
  disk_.Write("/logs/a.log", "");
  disk_.Write("/logs/b.log", "");
  policy_ = [this](const FileCall& call) {
    if (call.kind == FileCall::kListEntry && call.offset == 1) {
      // The name that was delivered comes again.
      for (const char* name : {"/logs/a.log", "/logs/b.log"}) {
        if (call.path == name) continue;
        disk_.Remove(name);
        disk_.Write(name, "");
      }
    }
    return Fault();
  };
  const Listing listing = List();
  EXPECT_THAT(Names(listing), ElementsAre("a.log", "b.log"));
}

TEST_F(DirectoryListerTest, UnknownNamesAreSorted) {
  for (const char* name : {"c.log", "a.log", "d.log", "b.log"}) {
    disk_.Write(absl::StrCat("/logs/", name), "");
  }
  for (const char* name : {"t", "s", "u"}) {
    disk_.CreateDirectory(absl::StrCat("/logs/", name));
  }
  policy_ = [](const FileCall& call) {
    Fault fault;
    const bool is_root = call.path == "/logs";
    if (!is_root && call.kind != FileCall::kListEntry) {
      fault.error = absl::UnavailableError("EIO");
    }
    return fault;
  };
  const Listing listing = List();
  EXPECT_THAT(listing.snapshot.unknown_names,
              ElementsAre("a.log", "b.log", "c.log", "d.log"));
  EXPECT_THAT(listing.snapshot.unknown_prefixes, ElementsAre("s/", "t/", "u/"));
}

TEST_F(DirectoryListerTest, HoldsNoHandlesAfterwards) {
  disk_.CreateDirectory("/logs/s/t");
  List();
  EXPECT_EQ(disk_.open_handle_count(), 0u);
}

}  // namespace
}  // namespace dirwatcher
