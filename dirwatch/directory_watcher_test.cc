#include "dirwatch/directory_watcher.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "dirwatch/directory_watcher_fixture.h"
#include "env/fake_file_system.h"
#include "env/faulty_file_system.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// --- the promise ---------------------------------------------------------

TEST_F(DirectoryWatcherTest, ReportsALineWithTwoMagicsOnce) {
  fs_.Write("/d/a.log", "MAGIC and MAGIC\n");
  EXPECT_THAT(Poll(), ElementsAre("found /d", "added a.log",
                                  "a.log:1@0 MAGIC and MAGIC"));
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_F(DirectoryWatcherTest, ReadsOnlyWhatIsAppended) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  fs_.Append("/d/a.log", "plain\nMAGIC 3\n");
  EXPECT_THAT(Poll(), ElementsAre("a.log:3@14 MAGIC 3"));
}

TEST_F(DirectoryWatcherTest, NeverMentionsOtherExtensions) {
  fs_.Write("/d/a.txt", "MAGIC\n");
  fs_.Write("/d/a.log.1", "MAGIC\n");
  fs_.CreateDirectory("/d/sub.log");
  EXPECT_THAT(Poll(), ElementsAre("found /d"));
  fs_.Remove("/d/a.txt");
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_F(DirectoryWatcherTest, OneUnreadableFileDoesNotStopTheOthers) {
  fs_.Write("/d/a.log", "MAGIC\n");
  fs_.Write("/d/b.log", "MAGIC\n");
  Fail(FileCall::kRead, "/d/a.log", absl::UnavailableError("I/O error"));
  EXPECT_THAT(Poll(), ElementsAre("found /d", "added a.log", "added b.log",
                                  "error a.log: I/O error", "b.log:1@0 MAGIC"));
  EXPECT_THAT(Poll(), IsEmpty()) << "said once";
  FailNothing();
  EXPECT_THAT(Poll(), ElementsAre("a.log:1@0 MAGIC"));
  Fail(FileCall::kRead, "/d/a.log", absl::UnavailableError("I/O error"));
  fs_.Append("/d/a.log", "x");
  EXPECT_THAT(Poll(), ElementsAre("error a.log: I/O error")) << "said anew";
}

TEST_F(DirectoryWatcherTest, WhatWasSaidOfAFileIsNotTakenForItsSuccessor) {
  fs_.Write("/d/a.log", "MAGIC\n");
  Fail(FileCall::kOpenFile, "/d/a.log", absl::PermissionDeniedError("closed"));
  EXPECT_THAT(Poll(),
              ElementsAre("found /d", "added a.log", "error a.log: closed"));
  fs_.Rename("/d/a.log", "/d/b.log");
  EXPECT_THAT(Poll(), ElementsAre("renamed a.log -> b.log", "b.log:1@0 MAGIC"));
  fs_.Write("/d/a.log", "MAGIC\n");
  EXPECT_THAT(Poll(), ElementsAre("added a.log", "error a.log: closed"));
}

TEST_F(DirectoryWatcherTest, WhatWasSaidOfANameIsForgottenWithIt) {
  const auto at = [](int i) { return absl::StrCat("/d/", i, ".log"); };
  faulty_.set_policy([](const FileCall& call) {
    Fault fault;
    const bool fails = call.kind == FileCall::kStat && call.path != "/d/.";
    if (fails) fault.error = absl::PermissionDeniedError("closed");
    return fault;
  });
  for (int i = 0; i < 3; ++i) {
    fs_.Write(at(0), "MAGIC\n");
    const std::vector<std::string> told = Poll();
    EXPECT_EQ(told.back(), "error 0.log: closed") << "said anew";
    EXPECT_THAT(Poll(), IsEmpty()) << "said once";
    fs_.Remove(at(0));
    EXPECT_THAT(Poll(), IsEmpty());
  }
}

TEST_F(DirectoryWatcherTest, AFileThatCannotBeOpenedIsAddedAllTheSame) {
  fs_.Write("/d/a.log", "MAGIC\n");
  fs_.SetReadable("/d/a.log", false);
  const std::vector<std::string> told = Poll();
  ASSERT_EQ(told.size(), 3u);
  EXPECT_EQ(told[1], "added a.log");
  EXPECT_THAT(told[2], StartsWith("error a.log: "));
  fs_.SetReadable("/d/a.log", true);
  EXPECT_THAT(Poll(), ElementsAre("a.log:1@0 MAGIC"));
}

TEST_F(DirectoryWatcherTest, NotificationsMakeNoDifferenceToWhatIsReported) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  fs_.Append("/d/a.log", "MAGIC 2\n");
  EXPECT_THAT(PollChanged({"a.log", "nothing.log", "other.txt"}),
              ElementsAre("a.log:2@8 MAGIC 2"));
  EXPECT_THAT(PollChanged({"a.log"}), IsEmpty()) << "doubled";
  EXPECT_THAT(Poll(), IsEmpty());
}

// --- reading -------------------------------------------------------------

TEST_F(DirectoryWatcherTest, AnUnfinishedLineIsReportedAtOnceAndOnce) {
  fs_.Write("/d/a.log", "x MAG");
  EXPECT_THAT(Poll(), ElementsAre("found /d", "added a.log"));
  fs_.Append("/d/a.log", "IC");
  EXPECT_THAT(Poll(), ElementsAre("a.log:1@0 x MAGIC"));
  fs_.Append("/d/a.log", " and MAGIC again");
  EXPECT_THAT(Poll(), IsEmpty());
  fs_.Append("/d/a.log", "\nMAGIC\n");
  EXPECT_THAT(Poll(), ElementsAre("a.log:2@24 MAGIC"));
}

TEST_F(DirectoryWatcherTest, ATextThatIsNotTheWholeLineSaysSo) {
  options_.reader.max_text_bytes = 9;
  fs_.Write("/d/a.log", "one MAGIC two\nMAGIC 2\n");
  EXPECT_THAT(Poll(),
              ElementsAre("found /d", "added a.log",
                          "a.log:1@0 e MAGIC t (cut)", "a.log:2@14 MAGIC 2"));
}

TEST_F(DirectoryWatcherTest, ALargeFileDoesNotKeepOthersWaiting) {
  options_.reader.max_bytes_per_turn = 8;
  options_.reader.read_bytes = 8;
  fs_.Write("/d/a.log", "MAGIC 1\nMAGIC 2\nMAGIC 3\n");
  fs_.Write("/d/b.log", "MAGIC b\n");
  const std::vector<std::string> told = Poll();
  ASSERT_EQ(told.size(), 7u);
  const auto where = [&told](const std::string& event) {
    return std::find(told.begin(), told.end(), event) - told.begin();
  };
  EXPECT_LT(where("a.log:1@0 MAGIC 1"), where("b.log:1@0 MAGIC b"));
  EXPECT_LT(where("b.log:1@0 MAGIC b"), where("a.log:3@16 MAGIC 3"));
}

TEST_F(DirectoryWatcherTest, FromTheEndSkipsWhatTheFirstPollFound) {
  options_.start_at = StartAt::kEnd;
  fs_.Write("/d/a.log", "MAGIC 1\nMAGIC 2\nMAG");
  EXPECT_THAT(Poll(), ElementsAre("found /d", "added a.log"));
  fs_.Append("/d/a.log", "IC 3\nMAGIC 4\n");
  fs_.Write("/d/b.log", "MAGIC new\n");
  EXPECT_THAT(Poll(), ElementsAre("added b.log", "a.log:3@16 MAGIC 3",
                                  "a.log:4@24 MAGIC 4", "b.log:1@0 MAGIC new"));
  EXPECT_EQ(watcher_->totals().lines, 5);
}

TEST_F(DirectoryWatcherTest, FromTheEndWaitsForTheFirstListing) {
  options_.start_at = StartAt::kEnd;
  fs_.Write("/d/a.log", "MAGIC old\n");
  Fail(FileCall::kList, "/d", absl::ResourceExhaustedError("no descriptor"));
  EXPECT_THAT(Poll(),
              ElementsAre("found /d", "directory error /d: no descriptor"));
  FailNothing();
  EXPECT_THAT(Poll(), ElementsAre("added a.log"));
  fs_.Write("/d/b.log", "MAGIC new\n");
  EXPECT_THAT(Poll(), ElementsAre("added b.log", "b.log:1@0 MAGIC new"));
}

TEST_F(DirectoryWatcherTest, FromTheEndOfNoDirectoryIsTheBeginning) {
  options_.start_at = StartAt::kEnd;
  fs_.RemoveTree("/d");
  Poll();
  fs_.CreateDirectory("/d");
  fs_.Write("/d/a.log", "MAGIC\n");
  EXPECT_THAT(Poll(),
              ElementsAre("found /d", "added a.log", "a.log:1@0 MAGIC"));
}

TEST_F(DirectoryWatcherTest, ARegexIsJudgedWhenTheLineIsFinished) {
  Start({"^a+$"}, {MagicSyntax::kRegex, CaseRule::kExact});
  fs_.Write("/d/a.log", "aa");
  Poll();
  fs_.Append("/d/a.log", "a\naab\naa");
  EXPECT_THAT(Poll(), ElementsAre("a.log:1@0 aaa"));
  EXPECT_THAT(Finish(), ElementsAre("a.log:3@8 aa")) << "nothing will follow";
}

TEST_F(DirectoryWatcherTest, ARegexJudgesTheLastLineOfAFileThatIsDrained) {
  Start({"^a+$"}, {MagicSyntax::kRegex, CaseRule::kExact});
  fs_.Write("/d/a.log", "aa");
  Poll();
  fs_.Remove("/d/a.log");
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_THAT(Poll(), ElementsAre("a.log:1@0 aa", "removed a.log"));
}

TEST_F(DirectoryWatcherTest, FinishDrainsAtOnce) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  fs_.Append("/d/a.log", "MAGIC 2\n");
  fs_.Remove("/d/a.log");
  fs_.Write("/d/a.log", "MAGIC 3\n");
  EXPECT_THAT(Poll(), ElementsAre("a.log:2@8 MAGIC 2"));
  EXPECT_THAT(Finish(),
              ElementsAre("removed a.log", "added a.log", "a.log:1@0 MAGIC 3"));
}

TEST_F(DirectoryWatcherTest, AFileAtRestIsNotOpenedAgain) {
  options_.max_open_files = 1;
  fs_.Write("/d/a.log", "MAGIC a\n");
  fs_.Write("/d/b.log", "MAGIC b\n");
  Poll();
  Poll();  // the stamps are confirmed
  int calls = 0;
  faulty_.set_policy([&calls](const FileCall& call) {
    calls += call.kind == FileCall::kOpenFile || call.kind == FileCall::kRead;
    return Fault();
  });
  Poll();
  EXPECT_EQ(calls, 0);
}

TEST_F(DirectoryWatcherTest, CountsWhatItSaw) {
  fs_.Write("/d/a.log", "MAGIC\nplain\nrest");
  fs_.Write("/d/b.log", "");
  Poll();
  const WatcherTotals totals = watcher_->totals();
  EXPECT_EQ(totals.files, 2);
  EXPECT_EQ(totals.lines, 2);
  EXPECT_EQ(totals.matches, 1);
  EXPECT_EQ(totals.bytes, 16);
}

TEST_F(DirectoryWatcherTest, FlushesOnceAPoll) {
  fs_.Write("/d/a.log", "MAGIC\n");
  Poll();
  EXPECT_EQ(events_.flushes(), 1);
}

// --- recursion -----------------------------------------------------------

TEST_F(DirectoryWatcherTest, BelowTheDirectoryNamesArePaths) {
  options_.depth = Depth::kRecursive;
  fs_.CreateDirectory("/d/sub/deep");
  fs_.Write("/d/sub/deep/a.log", "MAGIC 1\n");
  EXPECT_THAT(Poll(), ElementsAre("found /d", "added sub/deep/a.log",
                                  "sub/deep/a.log:1@0 MAGIC 1"));
  fs_.Rename("/d/sub/deep", "/d/other");
  EXPECT_THAT(Poll(), ElementsAre("renamed sub/deep/a.log -> other/a.log"));
}

TEST_F(DirectoryWatcherTest, LinksToDirectoriesAreNotFollowed) {
  options_.depth = Depth::kRecursive;
  fs_.Symlink("/d", "/d/loop");
  fs_.Write("/d/a.log", "MAGIC\n");
  EXPECT_THAT(Poll(),
              ElementsAre("found /d", "added a.log", "a.log:1@0 MAGIC"));
}

TEST_F(DirectoryWatcherTest, ASubdirectoryThatCannotBeListedKeepsItsFiles) {
  options_.depth = Depth::kRecursive;
  fs_.CreateDirectory("/d/sub");
  fs_.Write("/d/sub/a.log", "MAGIC\n");
  Poll();
  Fail(FileCall::kOpenSubdirectory, "/d/sub", absl::UnavailableError("bad"));
  EXPECT_THAT(Poll(), ElementsAre("directory error /d/sub: bad"));
  EXPECT_THAT(Poll(), IsEmpty());
  FailNothing();
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_F(DirectoryWatcherTest, TroubleBelowIsNotAMissingDirectory) {
  options_.depth = Depth::kRecursive;
  fs_.CreateDirectory("/d/sub");
  Fail(FileCall::kOpenSubdirectory, "/d/sub",
       absl::PermissionDeniedError("closed"));
  Poll();
  EXPECT_TRUE(absl::IsUnavailable(status_)) << status_;
}

TEST_F(DirectoryWatcherTest, TroubleWithOneSubdirectoryIsSaidAnewBesideOthers) {
  options_.depth = Depth::kRecursive;
  fs_.CreateDirectory("/d/always");
  fs_.CreateDirectory("/d/sometimes");
  bool fails = true;
  faulty_.set_policy([&fails](const FileCall& call) {
    Fault fault;
    if (call.kind == FileCall::kOpenSubdirectory &&
        (fails || call.path == "/d/always")) {
      fault.error = absl::UnavailableError("bad");
    }
    return fault;
  });
  EXPECT_EQ(Poll().size(), 3u);
  fails = false;
  EXPECT_THAT(Poll(), IsEmpty());
  fails = true;
  EXPECT_THAT(Poll(), ElementsAre("directory error /d/sometimes: bad"));
}

TEST_F(DirectoryWatcherTest, ASlashBehindTheDirectoryIsNotDoubled) {
  options_.dir = "/d/";
  options_.depth = Depth::kRecursive;
  fs_.CreateDirectory("/d/sub");
  Fail(FileCall::kOpenSubdirectory, "/d/sub", absl::UnavailableError("bad"));
  EXPECT_EQ(Poll().back(), "directory error /d/sub: bad");
}

TEST_F(DirectoryWatcherTest, WithoutRecursionSubdirectoriesAreLeftAlone) {
  fs_.CreateDirectory("/d/sub");
  fs_.Write("/d/sub/a.log", "MAGIC\n");
  EXPECT_THAT(Poll(), ElementsAre("found /d"));
}

// --- notifications -------------------------------------------------------

TEST_F(DirectoryWatcherTest, WatchesBeforeItLists) {
  notifier_ = &scripted_;
  bool listed = false;
  faulty_.set_policy([&](const FileCall& call) {
    if (call.kind == FileCall::kList) {
      listed = true;
      EXPECT_EQ(scripted_.watched.size(), 1u);
    }
    return Fault();
  });
  Poll();
  EXPECT_TRUE(listed);
  EXPECT_THAT(scripted_.watched, ElementsAre("/d"));
}

TEST_F(DirectoryWatcherTest, PollsAndSaysSoOnceWhereNotificationsDoNotWork) {
  notifier_ = &scripted_;
  scripted_.answer = absl::ResourceExhaustedError("no watches left");
  fs_.Write("/d/a.log", "MAGIC\n");
  const std::vector<std::string> told = Poll();
  ASSERT_EQ(told.size(), 4u);
  EXPECT_THAT(told[1], HasSubstr("no watches left"));
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_EQ(scripted_.watched.size(), 2u) << "tried again";
}

TEST_F(DirectoryWatcherTest, AfterAnOverflowEverythingIsLookedAt) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  fs_.Append("/d/a.log", "MAGIC 2\n");
  ChangeHints hints;
  hints.overflow = true;
  EXPECT_TRUE(watcher_->PollChanged(hints).ok());
  const std::vector<std::string> told = events_.Take();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_THAT(told[0], StartsWith("degraded /d"));
  EXPECT_EQ(told[1], "a.log:2@8 MAGIC 2");
  EXPECT_EQ(watcher_->totals().overflows, 1);
}

TEST_F(DirectoryWatcherTest, AMovedDirectoryIsObservedAnew) {
  notifier_ = &scripted_;
  Poll();
  ChangeHints hints;
  hints.directories_changed = true;
  EXPECT_TRUE(watcher_->PollChanged(hints).ok());
  EXPECT_THAT(scripted_.watched, ElementsAre("/d", "/d"));
}

TEST_F(DirectoryWatcherTest, ASubdirectoryThatComesMattersOnlyToATree) {
  for (const Depth depth : {Depth::kOneDirectory, Depth::kRecursive}) {
    options_.depth = depth;
    notifier_ = &scripted_;
    Start();
    Poll();
    int listings = 0;
    faulty_.set_policy([&listings](const FileCall& call) {
      listings += call.kind == FileCall::kList;
      return Fault();
    });
    ChangeHints hints;
    hints.subdirectories_changed = true;
    EXPECT_TRUE(watcher_->PollChanged(hints).ok());
    EXPECT_EQ(listings, depth == Depth::kRecursive ? 1 : 0);
    FailNothing();
  }
}

TEST_F(DirectoryWatcherTest, WithNotificationsAManyFilesAreSweptInSlices) {
  notifier_ = &scripted_;
  options_.sweep_above_files = 2;
  options_.files_per_sweep = 2;
  for (const char* path : {"/d/a.log", "/d/b.log", "/d/c.log", "/d/e.log"}) {
    fs_.Write(path, "MAGIC\n");
  }
  for (int i = 0; i < 3; ++i) Poll();
  int looks = 0;
  int listings = 0;
  faulty_.set_policy([&](const FileCall& call) {
    looks += call.kind == FileCall::kStat && call.path != "/d/.";
    listings += call.kind == FileCall::kList;
    return Fault();
  });
  // What no notification tells is found within a round of sweeps.
  fs_.Append("/d/e.log", "MAGIC unseen\n");
  std::vector<std::string> told;
  for (int i = 0; i < 4 && told.empty(); ++i) {
    looks = 0;
    told = Poll();
    EXPECT_TRUE(listings > 0 || looks <= 3);
  }
  EXPECT_THAT(told, ElementsAre("e.log:2@6 MAGIC unseen"));
}

TEST_F(DirectoryWatcherTest, AFewFilesAreAllLookedAtWhateverASweepTakes) {
  notifier_ = &scripted_;
  options_.sweep_above_files = 3;
  options_.files_per_sweep = 1;
  for (const char* path : {"/d/a.log", "/d/b.log", "/d/c.log"}) {
    fs_.Write(path, "");
  }
  for (int i = 0; i < 4; ++i) Poll();
  for (const char* path : {"/d/a.log", "/d/b.log", "/d/c.log"}) {
    fs_.Append(path, "MAGIC\n");  // and no notification comes
  }
  EXPECT_THAT(Poll(), ElementsAre("a.log:1@0 MAGIC", "b.log:1@0 MAGIC",
                                  "c.log:1@0 MAGIC"));
}

TEST_F(DirectoryWatcherTest, ADirectoryWhoseTimeWasSetBackIsListed) {
  fs_.AdvanceTime(absl::Milliseconds(5));
  fs_.Write("/d/a.log", "");
  const absl::Time before = fs_.Now();
  for (int i = 0; i < 4; ++i) Poll();
  fs_.Write("/d/b.log", "MAGIC\n");
  fs_.SetModificationTime("/d", before);
  EXPECT_THAT(Poll(), ElementsAre("added b.log", "b.log:1@0 MAGIC"));
}

TEST_F(DirectoryWatcherTest, TimesOfWholeSecondsAreNotTrusted) {
  fs_.Write("/d/a.log", "");
  for (int i = 0; i < 4; ++i) Poll();
  int listings = 0;
  faulty_.set_policy([&listings](const FileCall& call) {
    listings += call.kind == FileCall::kList;
    return Fault();
  });
  Poll();
  EXPECT_EQ(listings, 1);
}

TEST_F(DirectoryWatcherTest, ADirectoryThatDoesNotChangeIsNotListedAgain) {
  fs_.AdvanceTime(absl::Milliseconds(5));  // a clock finer than a second
  fs_.Write("/d/a.log", "MAGIC 1\n");
  for (int i = 0; i < 3; ++i) Poll();
  int listings = 0;
  faulty_.set_policy([&listings](const FileCall& call) {
    listings += call.kind == FileCall::kList;
    return Fault();
  });
  fs_.Append("/d/a.log", "MAGIC 2\n");
  EXPECT_THAT(Poll(), ElementsAre("a.log:2@8 MAGIC 2"));
  EXPECT_EQ(listings, 0);
  fs_.Write("/d/b.log", "MAGIC\n");
  EXPECT_THAT(Poll(), ElementsAre("added b.log", "b.log:1@0 MAGIC"));
  EXPECT_EQ(listings, 1);
}

TEST_F(DirectoryWatcherTest, ADirectoryOnAServerIsListedEveryTime) {
  FakeFileSystemOptions remote;
  remote.is_remote = true;
  FakeFileSystem server(remote);
  server.AdvanceTime(absl::Milliseconds(5));  // a clock finer than a second
  server.CreateDirectory("/d");
  int listings = 0;
  FaultyFileSystem counting(&server, [&listings](const FileCall& call) {
    listings += call.kind == FileCall::kList;
    return Fault();
  });
  Start();
  DirectoryWatcher watcher(options_, matcher_.get(), &counting, &events_);
  for (int i = 1; i <= 5; ++i) {
    EXPECT_TRUE(watcher.Poll().ok());
    EXPECT_EQ(listings, i);
  }
}

TEST_F(DirectoryWatcherTest, ALinkThatComesToLeadToAFileIsNoticed) {
  fs_.AdvanceTime(absl::Milliseconds(5));  // a clock finer than a second
  fs_.Symlink("/out/a", "/d/a.log");
  for (int i = 0; i < 4; ++i) Poll();
  fs_.Write("/out/a", "MAGIC\n");  // /d itself does not change
  EXPECT_THAT(Poll(), ElementsAre("added a.log", "a.log:1@0 MAGIC"));
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_F(DirectoryWatcherTest, EmptyFilesAreHeldOnlyIfThereIsRoom) {
  options_.max_open_files = 2;
  for (int i = 0; i < 5; ++i) fs_.Write(absl::StrCat("/d/", i, ".log"), "");
  int opened = 0;
  faulty_.set_policy([&opened](const FileCall& call) {
    opened += call.kind == FileCall::kOpenFile;
    return Fault();
  });
  EXPECT_EQ(Poll().size(), 6u);
  for (int i = 0; i < 4; ++i) EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_EQ(opened, 2);
  fs_.Append("/d/4.log", "MAGIC\n");
  EXPECT_THAT(Poll(), ElementsAre("4.log:1@0 MAGIC"));
}

TEST_F(DirectoryWatcherTest, ASweepIsNotFooledByACoarseClock) {
  notifier_ = &scripted_;
  options_.sweep_above_files = 1;
  options_.files_per_sweep = 1;
  fs_.Write("/d/a.log", "MAGIC\n");
  fs_.Write("/d/b.log", "MAGIC\n");
  Start();
  for (int i = 0; i < 4; ++i) watcher_->Poll().IgnoreError();
  fs_.AdvanceTime(absl::Seconds(1));
  fs_.Write("/d/c.log", "");
  watcher_->Poll().IgnoreError();
  events_.Take();
  fs_.Write("/d/e.log", "");  // in the same tick, after the listing
  fs_.AdvanceTime(absl::Seconds(1));
  watcher_->Poll().IgnoreError();
  EXPECT_THAT(events_.Take(), ElementsAre("added e.log"));
}

TEST_F(DirectoryWatcherTest, ARoundOfSweepsEndsWithAListing) {
  notifier_ = &scripted_;
  options_.depth = Depth::kRecursive;
  options_.sweep_above_files = 1;
  options_.files_per_sweep = 1;
  fs_.CreateDirectory("/d/sub");
  fs_.Write("/d/a.log", "");
  fs_.Write("/d/sub/b.log", "");
  for (int i = 0; i < 6; ++i) Poll();
  fs_.Write("/d/sub/c.log", "");  // does not touch the root
  std::vector<std::string> told;
  for (int i = 0; i < 4 && told.empty(); ++i) told = Poll();
  EXPECT_THAT(told, ElementsAre("added sub/c.log"));
}

TEST_F(DirectoryWatcherTest, ADescriptorThatWentBadIsReplaced) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  // What was opened so far fails for good; what is opened from now on does not.
  bool opened_anew = false;
  faulty_.set_policy([&opened_anew](const FileCall& call) {
    Fault fault;
    opened_anew |= call.kind == FileCall::kOpenFile;
    if (call.kind == FileCall::kRead && !opened_anew) {
      fault.error = absl::UnavailableError("Stale file handle");
    }
    return fault;
  });
  fs_.Append("/d/a.log", "MAGIC 2\n");
  EXPECT_THAT(Poll(), ElementsAre("error a.log: Stale file handle"));
  EXPECT_THAT(Poll(), ElementsAre("a.log:2@8 MAGIC 2"));
}

TEST_F(DirectoryWatcherTest, APollInBetweenLeavesFilesAtRestAlone) {
  options_.max_open_files = 1;
  fs_.Write("/d/a.log", "MAGIC a\n");
  fs_.Write("/d/b.log", "MAGIC b\n");
  for (int i = 0; i < 3; ++i) Poll();
  int calls = 0;
  faulty_.set_policy([&calls](const FileCall& call) {
    calls += call.kind == FileCall::kOpenFile || call.kind == FileCall::kRead;
    return Fault();
  });
  EXPECT_TRUE(watcher_->PollNow().ok());
  EXPECT_EQ(calls, 0);
}

TEST_F(DirectoryWatcherTest, BetweenTurnsItLetsItsCallerLookForSignals) {
  options_.reader.max_bytes_per_turn = 8;
  options_.reader.read_bytes = 8;
  int looks = 0;
  options_.between_turns = [&looks] { ++looks; };
  fs_.Write("/d/a.log", "MAGIC 1\nMAGIC 2\nMAGIC 3\n");
  Poll();
  EXPECT_GE(looks, 3);
}

TEST_F(DirectoryWatcherTest,
       FinishReadsWhatCameToALeavingFileSinceTheLastPoll) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  FakeWriter writer = fs_.OpenWriter("/d/a.log", FakeWriter::kAppend);
  Poll();
  fs_.Remove("/d/a.log");
  EXPECT_THAT(Poll(), IsEmpty());
  writer.Write("MAGIC 2\n");
  EXPECT_THAT(Finish(), ElementsAre("a.log:2@8 MAGIC 2", "removed a.log"));
}

TEST_F(DirectoryWatcherTest, ARegexJudgesTheLastLineOfAFileLeavingAtTheEnd) {
  Start({"^a+$"}, {MagicSyntax::kRegex, CaseRule::kExact});
  fs_.Write("/d/a.log", "aa");
  Poll();
  fs_.Remove("/d/a.log");
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_THAT(Finish(), ElementsAre("a.log:1@0 aa", "removed a.log"));
}

TEST_F(DirectoryWatcherTest, FromTheEndOneNewByteMayCompleteAMagic) {
  options_.start_at = StartAt::kEnd;
  fs_.Write("/d/a.log", "MAGI");
  EXPECT_THAT(Poll(), ElementsAre("found /d", "added a.log"));
  fs_.Append("/d/a.log", "C\n");
  EXPECT_THAT(Poll(), ElementsAre("a.log:1@0 MAGIC"));
}

TEST_F(DirectoryWatcherTest, FlushesWhatAHintBrings) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  fs_.Append("/d/a.log", "MAGIC 2\n");
  PollChanged({"a.log"});
  EXPECT_EQ(events_.flushes(), 2);
}

TEST_F(DirectoryWatcherTest, AfterAnOverflowTheDirectoryIsObservedAnew) {
  notifier_ = &scripted_;
  Poll();
  ChangeHints hints;
  hints.overflow = true;
  EXPECT_TRUE(watcher_->PollChanged(hints).ok());
  EXPECT_THAT(scripted_.watched, ElementsAre("/d", "/d"));
}

TEST_F(DirectoryWatcherTest, WithoutNotificationsEveryPollLooksAtAllFiles) {
  notifier_ = &scripted_;
  scripted_.answer = absl::ResourceExhaustedError("no watches left");
  options_.sweep_above_files = 1;
  options_.files_per_sweep = 1;
  fs_.Write("/d/a.log", "");
  fs_.Write("/d/b.log", "");
  for (int i = 0; i < 5; ++i) Poll();
  for (int i = 0; i < 4; ++i) {
    fs_.Append("/d/a.log", "MAGIC\n");
    fs_.Append("/d/b.log", "MAGIC\n");
    EXPECT_EQ(Poll().size(), 2u) << i;
  }
}

TEST_F(DirectoryWatcherTest, AnIncompleteListingIsRepeatedAtTheNextPoll) {
  notifier_ = &scripted_;
  options_.sweep_above_files = 1;
  options_.files_per_sweep = 1;
  fs_.Write("/d/a.log", "");
  fs_.Write("/d/b.log", "");
  for (int i = 0; i < 4; ++i) Poll();
  fs_.Write("/d/c.log", "");
  Fail(FileCall::kList, "/d", absl::UnavailableError("cut short"));
  for (int i = 0; i < 3; ++i) Poll();
  FailNothing();
  EXPECT_THAT(Poll(), ElementsAre("added c.log"));
}

}  // namespace
}  // namespace dirwatcher
