#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "dirwatch/directory_watcher.h"
#include "dirwatch/directory_watcher_fixture.h"
#include "env/fake_file_system.h"
#include "env/faulty_file_system.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// --- names ---------------------------------------------------------------

TEST_F(DirectoryWatcherTest, OrderIsRemovedRenamedAddedThenMatchesByName) {
  fs_.Write("/d/b.log", "MAGIC\n");
  fs_.Write("/d/c.log", "MAGIC\n");
  Poll();
  fs_.Remove("/d/b.log");
  Poll();  // b.log is drained
  fs_.Rename("/d/c.log", "/d/z.log");
  fs_.Append("/d/z.log", "MAGIC z\n");
  fs_.Write("/d/a.log", "MAGIC a\n");
  fs_.Write("/d/m.log", "MAGIC m\n");
  EXPECT_THAT(Poll(),
              ElementsAre("removed b.log", "renamed c.log -> z.log",
                          "added a.log", "added m.log", "a.log:1@0 MAGIC a",
                          "m.log:1@0 MAGIC m", "z.log:2@6 MAGIC z"));
}

TEST_F(DirectoryWatcherTest, ARenamedFileIsNotReadAgain) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  fs_.Rename("/d/a.log", "/d/b.log");
  fs_.Append("/d/b.log", "MAGIC 2\n");
  EXPECT_THAT(Poll(),
              ElementsAre("renamed a.log -> b.log", "b.log:2@8 MAGIC 2"));
}

TEST_F(DirectoryWatcherTest, SwappedNamesAreTwoRenames) {
  fs_.Write("/d/a.log", "MAGIC a\n");
  fs_.Write("/d/b.log", "MAGIC b\n");
  Poll();
  fs_.Exchange("/d/a.log", "/d/b.log");
  fs_.Append("/d/a.log", "MAGIC b2\n");
  EXPECT_THAT(Poll(),
              ElementsAre("renamed a.log -> b.log", "renamed b.log -> a.log",
                          "a.log:2@8 MAGIC b2"));
}

TEST_F(DirectoryWatcherTest, ARotatedFileIsDrainedUnderItsOldName) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  FakeWriter writer = fs_.OpenWriter("/d/a.log", FakeWriter::kAppend);
  Poll();
  writer.Write("MAGIC 2, before\n");
  fs_.Rename("/d/a.log", "/d/a.log.1");
  writer.Write("MAGIC 3, after\n");
  EXPECT_THAT(Poll(), ElementsAre("a.log:2@8 MAGIC 2, before",
                                  "a.log:3@24 MAGIC 3, after"));
  writer.Write("MAGIC 4, late\n");
  EXPECT_THAT(Poll(), ElementsAre("a.log:4@39 MAGIC 4, late"));
  EXPECT_THAT(Poll(), ElementsAre("removed a.log"));
  writer.Write("MAGIC 5, too late\n");
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_F(DirectoryWatcherTest, ANewFileWaitsUntilTheOldOneIsDrained) {
  fs_.Write("/d/a.log", "MAGIC old\n");
  Poll();
  fs_.Rename("/d/a.log", "/d/a.log.1");
  fs_.Write("/d/a.log", "MAGIC new\n");
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_THAT(Poll(), ElementsAre("removed a.log", "added a.log",
                                  "a.log:1@0 MAGIC new"));
}

TEST_F(DirectoryWatcherTest, AHintDoesNotCountAsAnInterval) {
  fs_.Write("/d/a.log", "MAGIC\n");
  Poll();
  fs_.Rename("/d/a.log", "/d/a.log.1");
  EXPECT_THAT(PollChanged({"a.log", "a.log.1"}), IsEmpty());
  EXPECT_THAT(PollChanged({"a.log"}), IsEmpty());
  EXPECT_THAT(Poll(), IsEmpty())
      << "less than an interval since its end was seen";
  EXPECT_THAT(Poll(), ElementsAre("removed a.log"));
}

TEST_F(DirectoryWatcherTest, AFileThatGrowsForeverIsGivenUpForTheNewOne) {
  fs_.Write("/d/a.log", "MAGIC old\n");
  FakeWriter writer = fs_.OpenWriter("/d/a.log", FakeWriter::kAppend);
  Poll();
  fs_.Rename("/d/a.log", "/d/a.log.1");
  fs_.Write("/d/a.log", "MAGIC new\n");
  std::vector<std::string> told;
  int intervals = 0;
  for (; told.empty() && intervals < 20; ++intervals) {
    writer.Write("more\n");
    told = Poll();
  }
  EXPECT_EQ(intervals, 10);
  ASSERT_EQ(told.size(), 4u);
  EXPECT_THAT(told[0], StartsWith("gap a.log 60..?"));
  EXPECT_EQ(told[1], "removed a.log");
  EXPECT_EQ(told[2], "added a.log");
  EXPECT_EQ(told[3], "a.log:1@0 MAGIC new");
}

TEST_F(DirectoryWatcherTest, AWaitingFileThatIsDeletedStillGetsItsTurn) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  fs_.Remove("/d/a.log");
  fs_.Write("/d/a.log", "MAGIC 2\n");
  EXPECT_THAT(Poll(), IsEmpty());
  fs_.Remove("/d/a.log");
  fs_.Write("/d/a.log", "MAGIC 3\n");
  EXPECT_THAT(Poll(),
              ElementsAre("removed a.log", "added a.log", "a.log:1@0 MAGIC 2"));
  EXPECT_THAT(Poll(),
              ElementsAre("removed a.log", "added a.log", "a.log:1@0 MAGIC 3"));
}

TEST_F(DirectoryWatcherTest, AChainOfRotationsMovesInOneGo) {
  options_.extensions = {".log", ".log.1", ".log.2"};
  fs_.Write("/d/a.log", "MAGIC 0\n");
  fs_.Write("/d/a.log.1", "MAGIC 1\n");
  Poll();
  fs_.Rename("/d/a.log.1", "/d/a.log.2");
  fs_.Rename("/d/a.log", "/d/a.log.1");
  fs_.Write("/d/a.log", "MAGIC new\n");
  EXPECT_THAT(Poll(), ElementsAre("renamed a.log.1 -> a.log.2",
                                  "renamed a.log -> a.log.1", "added a.log",
                                  "a.log:1@0 MAGIC new"));
}

TEST_F(DirectoryWatcherTest, RenamesCanBeAppliedOneAfterTheOther) {
  for (const std::string name : {"a", "b", "c", "m", "x", "y"}) {
    fs_.Write("/d/" + name + ".log", "MAGIC " + name + "\n");
  }
  Poll();
  fs_.Rename("/d/c.log", "/d/d.log");
  fs_.Rename("/d/b.log", "/d/c.log");
  fs_.Rename("/d/a.log", "/d/b.log");
  fs_.Rename("/d/m.log", "/d/a.log");
  fs_.Exchange("/d/x.log", "/d/y.log");
  EXPECT_THAT(Poll(),
              ElementsAre("renamed c.log -> d.log", "renamed b.log -> c.log",
                          "renamed a.log -> b.log", "renamed m.log -> a.log",
                          "renamed x.log -> y.log", "renamed y.log -> x.log"));
}

TEST_F(DirectoryWatcherTest, ADeletedFileIsReadToItsEndAndLetGo) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  fs_.Append("/d/a.log", "MAGIC 2\n");
  fs_.Remove("/d/a.log");
  EXPECT_THAT(Poll(), ElementsAre("a.log:2@8 MAGIC 2"));
  EXPECT_THAT(Poll(), ElementsAre("removed a.log"));
  EXPECT_EQ(fs_.open_handle_count(), 1u) << "only the directory is open";
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_F(DirectoryWatcherTest, FilesAreRemovedInTheOrderOfNamesNotOfArrival) {
  for (const char* path : {"/d/c.log", "/d/a.log", "/d/b.log"}) {
    fs_.Write(path, "");
    Poll();
  }
  for (const char* path : {"/d/b.log", "/d/c.log", "/d/a.log"}) {
    fs_.Remove(path);
  }
  std::vector<std::string> told;
  for (int i = 0; i < 4 && told.empty(); ++i) told = Poll();
  EXPECT_THAT(told,
              ElementsAre("removed a.log", "removed b.log", "removed c.log"));
}

TEST_F(DirectoryWatcherTest, AFileReplacedBeforeItIsOpenedIsNotTakenForItself) {
  fs_.Write("/d/a.log", "MAGIC old\n");
  fs_.Write("/out/x", "MAGIC new\n");
  bool replaced = false;
  faulty_.set_policy([&](const FileCall& call) {
    if (call.kind == FileCall::kOpenFile && !replaced) {
      replaced = true;
      fs_.Rename("/out/x", "/d/a.log");
    }
    return Fault();
  });
  EXPECT_THAT(Poll(), ElementsAre("found /d", "added a.log"));
  std::vector<std::string> told;
  for (int i = 0; i < 5; ++i) {
    for (std::string& event : Poll()) told.push_back(std::move(event));
  }
  EXPECT_THAT(told, ElementsAre(StartsWith("gap a.log 0..?"), "removed a.log",
                                "added a.log", "a.log:1@0 MAGIC new"));
}

TEST_F(DirectoryWatcherTest, AHintAboutADirectoryNamedLikeAFileIsNothing) {
  Poll();
  fs_.CreateDirectory("/d/x.log");
  EXPECT_THAT(PollChanged({"x.log"}), IsEmpty());
}

TEST_F(DirectoryWatcherTest, AFileMovedAwayAndBackGoesOnWhereItWas) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  fs_.Rename("/d/a.log", "/out/a.log");
  Poll();
  fs_.Rename("/out/a.log", "/d/b.log");
  fs_.Append("/d/b.log", "MAGIC 2\n");
  EXPECT_THAT(Poll(),
              ElementsAre("renamed a.log -> b.log", "b.log:2@8 MAGIC 2"));
}

TEST_F(DirectoryWatcherTest, TwoNamesForOneFileAreReadOnce) {
  fs_.Write("/d/b.log", "MAGIC\n");
  fs_.Link("/d/b.log", "/d/a.log");
  fs_.Symlink("/d/b.log", "/d/c.log");
  EXPECT_THAT(Poll(),
              ElementsAre("found /d", "added a.log", "a.log:1@0 MAGIC"));
  fs_.Remove("/d/a.log");
  EXPECT_THAT(Poll(), ElementsAre("renamed a.log -> b.log"));
  fs_.Remove("/d/b.log");
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_THAT(Poll(), ElementsAre("removed b.log"));
}

TEST_F(DirectoryWatcherTest, ALaterLinkThatSortsFirstChangesNothing) {
  fs_.Write("/d/b.log", "MAGIC\n");
  Poll();
  fs_.Link("/d/b.log", "/d/a.log");
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_F(DirectoryWatcherTest, AFifoNeitherBlocksNorIsMentioned) {
  fs_.MakeFifo("/d/a.log");
  EXPECT_THAT(Poll(), ElementsAre("found /d"));
}

// --- descriptors ---------------------------------------------------------

TEST_F(DirectoryWatcherTest, HoldsNoMoreFilesOpenThanAllowed) {
  options_.max_open_files = 2;
  for (const char* path : {"/d/a.log", "/d/b.log", "/d/c.log", "/d/e.log"}) {
    fs_.Write(path, "MAGIC\n");
  }
  EXPECT_EQ(Poll().size(), 9u);
  EXPECT_EQ(fs_.open_handle_count(), 3u);
}

TEST_F(DirectoryWatcherTest, ARemovalThatMayHaveLostBytesSaysSo) {
  options_.max_open_files = 1;
  fs_.Write("/d/a.log", "MAGIC a\n");
  fs_.Write("/d/b.log", "MAGIC b\n");
  Poll();
  fs_.Append("/d/a.log", "MAGIC lost\n");
  fs_.Remove("/d/a.log");  // only b.log is held open
  EXPECT_THAT(Poll(), IsEmpty()) << "it may turn up under another name";
  const std::vector<std::string> told = Poll();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_THAT(told[0], StartsWith("gap a.log 8..?"));
  EXPECT_EQ(told[1], "removed a.log");
}

TEST_F(DirectoryWatcherTest, AFileNotHeldOpenIsFoundUnderItsForeignName) {
  options_.max_open_files = 1;
  fs_.Write("/d/a.log", "MAGIC a\n");
  fs_.Write("/d/b.log", "MAGIC b\n");
  Poll();
  fs_.Append("/d/a.log", "MAGIC found\n");
  fs_.Rename("/d/a.log", "/d/a.log.1");
  EXPECT_THAT(Poll(), ElementsAre("a.log:2@8 MAGIC found"));
  EXPECT_THAT(Poll(), ElementsAre("removed a.log"));
}

TEST_F(DirectoryWatcherTest, RunningOutOfDescriptorsClosesAnIdleFile) {
  FakeFileSystemOptions few;
  few.max_open_handles = 3;  // the directory, that of the next poll, one file
  FakeFileSystem fs(few);
  fs.CreateDirectory("/d");
  fs.Write("/d/a.log", "MAGIC a\n");
  fs.Write("/d/b.log", "MAGIC b\n");
  fs.Write("/d/c.log", "MAGIC c\n");
  matcher_ = std::make_unique<LineMatcher>(*LineMatcher::Create({"MAGIC"}, {}));
  DirectoryWatcher watcher(options_, matcher_.get(), &fs, &events_);
  EXPECT_TRUE(watcher.Poll().ok());
  EXPECT_THAT(events_.Take(),
              ElementsAre("found /d", "added a.log", "added b.log",
                          "added c.log", "a.log:1@0 MAGIC a",
                          "b.log:1@0 MAGIC b", "c.log:1@0 MAGIC c"));
}

TEST_F(DirectoryWatcherTest, BytesThatAHintBringsStartTheIntervalAnew) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  FakeWriter writer = fs_.OpenWriter("/d/a.log", FakeWriter::kAppend);
  Poll();
  fs_.Rename("/d/a.log", "/d/a.log.1");
  EXPECT_THAT(Poll(), IsEmpty());
  writer.Write("MAGIC 2\n");
  EXPECT_THAT(PollChanged({"a.log.1"}), ElementsAre("a.log:2@8 MAGIC 2"));
  EXPECT_THAT(Poll(), IsEmpty()) << "less than an interval since it grew";
  EXPECT_THAT(Poll(), ElementsAre("removed a.log"));
}

TEST_F(DirectoryWatcherTest, ALeavingFileThatCannotBeReadIsTriedTenTimes) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  fs_.Append("/d/a.log", "MAGIC 2\n");
  fs_.Remove("/d/a.log");
  Fail(FileCall::kRead, "/d/a.log", absl::UnavailableError("I/O error"));
  EXPECT_THAT(Poll(), ElementsAre("error a.log: I/O error"));
  for (int i = 0; i < 8; ++i) EXPECT_THAT(Poll(), IsEmpty());
  FailNothing();
  EXPECT_THAT(Poll(), ElementsAre("a.log:2@8 MAGIC 2"));
  EXPECT_THAT(Poll(), ElementsAre("removed a.log"));
}

TEST_F(DirectoryWatcherTest, ALeavingFileThatNeverCanBeReadIsAGap) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  fs_.Append("/d/a.log", "MAGIC 2\n");
  fs_.Remove("/d/a.log");
  Fail(FileCall::kRead, "/d/a.log", absl::UnavailableError("I/O error"));
  for (int i = 0; i < 10; ++i) Poll();
  EXPECT_THAT(Poll(), ElementsAre("gap a.log 8..? I/O error", "removed a.log"));
}

TEST_F(DirectoryWatcherTest, FilesThatCameToRestMakeRoomForOthers) {
  options_.max_open_files = 2;
  for (int i = 0; i < 5; ++i) {
    const std::string path = "/d/" + std::to_string(i) + ".log";
    fs_.Write(path, "MAGIC\n");
    Poll();
    fs_.Rename(path, path + ".log");
    Poll();
  }
  // The two latest are held open although others were, too, while they moved.
  for (const char* path : {"/d/3.log.log", "/d/4.log.log"}) {
    fs_.Append(path, "MAGIC 2\n");
    fs_.Remove(path);
  }
  EXPECT_THAT(Poll(),
              ElementsAre("3.log.log:2@6 MAGIC 2", "4.log.log:2@6 MAGIC 2"));
}

TEST_F(DirectoryWatcherTest, WhoClaimedANameFirstHasItFirst) {
  fs_.Write("/d/a.log", "MAGIC a\n");
  fs_.Write("/d/older.log", "MAGIC older\n");
  Poll();
  fs_.Remove("/d/a.log");
  fs_.Write("/d/a.log", "MAGIC new\n");
  EXPECT_THAT(PollChanged({"a.log"}), IsEmpty());
  fs_.Remove("/d/a.log");
  fs_.Rename("/d/older.log", "/d/a.log");
  EXPECT_THAT(PollChanged({"a.log", "older.log"}), IsEmpty());
  Poll();
  EXPECT_THAT(Poll(), ElementsAre("removed a.log", "added a.log",
                                  "a.log:1@0 MAGIC new"));
  EXPECT_THAT(Poll(),
              ElementsAre("removed a.log", "renamed older.log -> a.log"));
}

TEST_F(DirectoryWatcherTest, AWaitingFileIsReadUnderItsOwnNameOnly) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  fs_.Remove("/d/a.log");
  fs_.Write("/d/a.log", "MAGIC 2\n");
  Poll();
  fs_.Rename("/d/a.log", "/d/b.log");  // nobody has that name
  fs_.Append("/d/b.log", "MAGIC 3\n");
  EXPECT_THAT(Poll(), ElementsAre("removed a.log", "added b.log",
                                  "b.log:1@0 MAGIC 2", "b.log:2@8 MAGIC 3"));
}

TEST_F(DirectoryWatcherTest, AFileThatLeavesKeepsItsDescriptorFromOthers) {
  options_.max_open_files = 1;
  fs_.Write("/d/a.log", "MAGIC 1\n");
  FakeWriter writer = fs_.OpenWriter("/d/a.log", FakeWriter::kAppend);
  Poll();
  fs_.Rename("/d/a.log", "/out/a.log");  // where it cannot be found
  fs_.Write("/d/b.log", "MAGIC b\n");
  EXPECT_THAT(Poll(), ElementsAre("added b.log", "b.log:1@0 MAGIC b"));
  writer.Write("MAGIC 2\n");
  fs_.Append("/d/b.log", "MAGIC b2\n");
  EXPECT_THAT(Poll(), ElementsAre("a.log:2@8 MAGIC 2", "b.log:2@8 MAGIC b2"));
}

TEST_F(DirectoryWatcherTest, AFileNeverReadIsNotTakenForItsInodesNextOwner) {
  fs_.Write("/d/a.log", "MAGIC never seen\n");
  fs_.SetReadable("/d/a.log", false);
  const FileId id = fs_.IdOf("/d/a.log");
  Poll();
  fs_.Remove("/d/a.log");
  Poll();
  fs_.Write("/d/b.log", "MAGIC b\n");
  ASSERT_EQ(fs_.IdOf("/d/b.log"), id);
  EXPECT_THAT(Poll(),
              ElementsAre("gap a.log 0..? it was removed before it was "
                          "read to its end",
                          "removed a.log", "added b.log", "b.log:1@0 MAGIC b"));
}

TEST_F(DirectoryWatcherTest, AHintDoesNotCountAsAnIntervalOfWaiting) {
  fs_.Write("/d/a.log", "MAGIC old\n");
  FakeWriter writer = fs_.OpenWriter("/d/a.log", FakeWriter::kAppend);
  Poll();
  fs_.Rename("/d/a.log", "/d/a.log.1");
  fs_.Write("/d/a.log", "MAGIC new\n");
  for (int i = 0; i < 20; ++i) {
    writer.Write("more\n");
    EXPECT_THAT(PollChanged({"a.log", "a.log.1"}), IsEmpty());
  }
}

TEST_F(DirectoryWatcherTest, AGapBeginsWhereReadingEndedWithinALineToo) {
  options_.max_open_files = 1;
  fs_.Write("/d/a.log", "MAGIC a\nhalf");
  fs_.Write("/d/b.log", "MAGIC b\n");
  Poll();
  fs_.Remove("/d/a.log");  // only b.log is held open
  EXPECT_THAT(Poll(), IsEmpty());
  const std::vector<std::string> told = Poll();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_THAT(told[0], StartsWith("gap a.log 12..?"));
}

TEST_F(DirectoryWatcherTest, WhatIsSaidOfANameIsSaidAnewOfTheNextFileThere) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Fail(FileCall::kRead, "/d/a.log", absl::UnavailableError("I/O error"));
  EXPECT_THAT(Poll(),
              ElementsAre("found /d", "added a.log", "error a.log: I/O error"));
  fs_.Remove("/d/a.log");
  std::vector<std::string> told;
  for (int i = 0; i < 20 && told.empty(); ++i) told = Poll();
  EXPECT_THAT(told, ElementsAre("gap a.log 0..? I/O error", "removed a.log"));
  fs_.Write("/d/a.log", "MAGIC 2\n");
  EXPECT_THAT(Poll(), ElementsAre("added a.log", "error a.log: I/O error"));
}

// Two files move up and the first, whose name another has by now, moves back:
// the other was deleted while it waited for a file that stays.
class WaitsInVainTest : public DirectoryWatcherTest {
 protected:
  WaitsInVainTest() {
    fs_.Write("/d/a.log", "MAGIC a\n");
    fs_.Write("/d/b.log", "MAGIC b\n");
    Poll();
    fs_.Rename("/d/b.log", "/out/b.log");
    fs_.Rename("/d/a.log", "/d/b.log");
    fs_.Write("/d/a.log", "MAGIC in vain\n");
    EXPECT_THAT(Poll(), IsEmpty());
    fs_.Remove("/d/a.log");
    fs_.Rename("/d/b.log", "/d/a.log");
    EXPECT_THAT(Poll(), ElementsAre("removed b.log"));
  }
};

TEST_F(WaitsInVainTest, IsGivenUpWithAGapAfterTenIntervals) {
  for (int i = 1; i < 9; ++i) EXPECT_THAT(Poll(), IsEmpty()) << i;
  EXPECT_THAT(Poll(), ElementsAre("gap a.log 0..? another file stood under its "
                                  "name for too long"));
  EXPECT_EQ(fs_.open_handle_count(), 2u) << "the directory and a.log";
}

TEST_F(WaitsInVainTest, IsAGapAtTheEndToo) {
  EXPECT_THAT(Finish(),
              ElementsAre("gap a.log 0..? another file stood under its name"));
}

TEST_F(DirectoryWatcherTest, AWaitingFileKeepsItsDescriptorFromOthers) {
  options_.max_open_files = 2;
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  fs_.Rename("/d/a.log", "/out/a.log");
  fs_.Write("/d/a.log", "MAGIC 2\n");
  fs_.Write("/d/b.log", "MAGIC b\n");
  EXPECT_THAT(Poll(), ElementsAre("added b.log", "b.log:1@0 MAGIC b"));
  fs_.Remove("/d/a.log");
  EXPECT_THAT(Poll(),
              ElementsAre("removed a.log", "added a.log", "a.log:1@0 MAGIC 2"));
}

// older.log stands under a name that a growing file keeps, and is read under
// its old one meanwhile.
class WaitsUnderItsOldNameTest : public DirectoryWatcherTest {
 protected:
  WaitsUnderItsOldNameTest() {
    options_.max_open_files = 2;
    fs_.Write("/d/a.log", "MAGIC a\n");
    fs_.Write("/d/older.log", "MAGIC 1\n");
    Poll();
    growing_ = std::make_unique<FakeWriter>(
        fs_.OpenWriter("/d/a.log", FakeWriter::kAppend));
    fs_.Rename("/d/a.log", "/out/a.log");
    fs_.Rename("/d/older.log", "/d/a.log");
  }

  std::vector<std::string> PollWhileItGrows() {
    growing_->Write("more\n");
    return Poll();
  }

  // Another file wants the descriptor; then older.log grows and is deleted.
  void ExpectItIsHeldOpen() {
    for (int i = 0; i < 3; ++i) EXPECT_THAT(PollWhileItGrows(), IsEmpty());
    fs_.Write("/d/b.log", "MAGIC b\n");
    EXPECT_THAT(PollWhileItGrows(),
                ElementsAre("added b.log", "b.log:1@0 MAGIC b"));
    fs_.Append("/d/a.log", "MAGIC 2\n");
    fs_.Remove("/d/a.log");
    EXPECT_THAT(PollWhileItGrows(), ElementsAre("older.log:2@8 MAGIC 2"));
  }

  std::unique_ptr<FakeWriter> growing_;
};

TEST_F(WaitsUnderItsOldNameTest, KeepsItsDescriptorFromOthers) {
  ExpectItIsHeldOpen();
}

TEST_F(WaitsUnderItsOldNameTest, KeepsADescriptorThatWasReplacedToo) {
  Fail(FileCall::kRead, "/d/older.log", absl::UnavailableError("stale"));
  EXPECT_THAT(PollWhileItGrows(), ElementsAre("error older.log: stale"));
  FailNothing();
  ExpectItIsHeldOpen();
}

TEST_F(DirectoryWatcherTest, AFileFoundUnderAForeignNameIsKeptFromOthers) {
  options_.max_open_files = 1;
  fs_.Write("/d/b.log", "MAGIC b\n");
  fs_.Write("/d/z.log", "MAGIC z\n");
  for (int i = 0; i < 3; ++i) Poll();  // both are at rest
  fs_.Append("/d/b.log", "MAGIC b2\n");
  Poll();  // only b.log is held open
  fs_.Append("/d/b.log", "MAGIC b3\n");
  fs_.Append("/d/z.log", "MAGIC found\n");
  fs_.Rename("/d/z.log", "/d/z.log.1");
  EXPECT_THAT(Poll(),
              ElementsAre("b.log:3@17 MAGIC b3", "z.log:2@8 MAGIC found"));
}

}  // namespace
}  // namespace dirwatcher
