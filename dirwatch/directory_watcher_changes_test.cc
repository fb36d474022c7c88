#include "absl/status/status.h"
#include "dirwatch/directory_watcher.h"
#include "dirwatch/directory_watcher_fixture.h"
#include "env/faulty_file_system.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// --- the directory -------------------------------------------------------

TEST_F(DirectoryWatcherTest, AMissingDirectoryIsComplainedAboutEveryInterval) {
  fs_.RemoveTree("/d");
  EXPECT_THAT(Poll(), ElementsAre("missing /d: not found"));
  EXPECT_TRUE(absl::IsNotFound(status_));
  EXPECT_THAT(Poll(), ElementsAre("missing /d: not found"));
  fs_.CreateDirectory("/d");
  EXPECT_THAT(Poll(), ElementsAre("found /d"));
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_F(DirectoryWatcherTest, WithTheDirectoryItsFilesAreRemovedOnce) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  fs_.Append("/d/a.log", "MAGIC 2\n");
  fs_.RemoveTree("/d");
  EXPECT_THAT(Poll(),
              ElementsAre("missing /d: not found", "a.log:2@8 MAGIC 2"));
  EXPECT_THAT(Poll(), ElementsAre("missing /d: not found", "removed a.log"));
  EXPECT_THAT(Poll(), ElementsAre("missing /d: not found"));
}

TEST_F(DirectoryWatcherTest, NotADirectoryIsSaidInItsOwnWords) {
  fs_.RemoveTree("/d");
  fs_.Write("/d", "");
  EXPECT_THAT(Poll(), ElementsAre("missing /d: not a directory"));
  EXPECT_THAT(Poll(), ElementsAre("missing /d: not a directory"));
}

TEST_F(DirectoryWatcherTest, AClosedDirectoryKeepsItsFiles) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  fs_.SetReadable("/d", false);
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(Poll(), ElementsAre("missing /d: permission denied"));
  }
  fs_.SetReadable("/d", true);
  fs_.Append("/d/a.log", "MAGIC 2\n");
  EXPECT_THAT(Poll(), ElementsAre("found /d", "a.log:2@8 MAGIC 2"));
}

TEST_F(DirectoryWatcherTest, AReplacedDirectoryHasOtherFiles) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  // The same file under the same name, but in another directory.
  fs_.CreateDirectory("/new");
  fs_.Link("/d/a.log", "/new/a.log");
  fs_.Exchange("/d", "/new");
  EXPECT_THAT(Poll(), ElementsAre("found /d"));
  EXPECT_THAT(Poll(),
              ElementsAre("removed a.log", "added a.log", "a.log:1@0 MAGIC 1"));
}

TEST_F(DirectoryWatcherTest, AListingCutShortRemovesNothing) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  fs_.Write("/d/b.log", "MAGIC 1\n");
  Poll();
  faulty_.set_policy([](const FileCall& call) {
    Fault fault;
    if (call.kind == FileCall::kListEntry && call.offset == 0) {
      fault.error = absl::UnavailableError("cut short");
    }
    return fault;
  });
  fs_.Append("/d/a.log", "MAGIC 2\n");
  EXPECT_THAT(Poll(), ElementsAre("directory error /d: cut short",
                                  "a.log:2@8 MAGIC 2"));
  EXPECT_FALSE(status_.ok());
  EXPECT_THAT(Poll(), IsEmpty()) << "said once, nothing removed";
  FailNothing();
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_TRUE(status_.ok());
}

TEST_F(DirectoryWatcherTest, AFileThatCannotBeLookedAtIsKept) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  Fail(FileCall::kStat, "/d/a.log", absl::UnavailableError("stale"));
  EXPECT_THAT(Poll(), ElementsAre("error a.log: stale"));
  EXPECT_THAT(Poll(), IsEmpty());
  FailNothing();
  fs_.Append("/d/a.log", "MAGIC 2\n");
  EXPECT_THAT(Poll(), ElementsAre("a.log:2@8 MAGIC 2"));
}

// --- truncation ----------------------------------------------------------

TEST_F(DirectoryWatcherTest, ATruncatedFileStartsOverAtLineOne) {
  fs_.Write("/d/a.log", "MAGIC 1\nMAGIC 2\n");
  Poll();
  fs_.Write("/d/a.log", "MAGIC 3\n");
  EXPECT_THAT(Poll(), ElementsAre("truncated a.log", "a.log:1@0 MAGIC 3"));
}

TEST_F(DirectoryWatcherTest, TruncatedAndGrownAgainIsNoticed) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  fs_.Write("/d/a.log", "MAGIC other\nMAGIC more\n");
  EXPECT_THAT(Poll(), ElementsAre("truncated a.log", "a.log:1@0 MAGIC other",
                                  "a.log:2@12 MAGIC more"));
}

TEST_F(DirectoryWatcherTest, RewrittenToTheSameLengthInTheSameTickIsNoticed) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Start();
  EXPECT_TRUE(watcher_->Poll().ok());
  events_.Take();
  fs_.Write("/d/a.log", "MAGIC 2\n");  // the clock has not moved
  EXPECT_THAT(Poll(), ElementsAre("truncated a.log", "a.log:1@0 MAGIC 2"));
}

TEST_F(DirectoryWatcherTest, ATouchedFileIsNotTruncated) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  fs_.SetModificationTime("/d/a.log", absl::UnixEpoch());
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_F(DirectoryWatcherTest, CutBackToAKnownLineEndIsNotReadAgain) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  fs_.Append("/d/a.log", "MAGIC 2\n");
  Poll();
  fs_.Truncate("/d/a.log", 8);
  EXPECT_THAT(Poll(), IsEmpty());
  fs_.Append("/d/a.log", "MAGIC 2b\n");
  EXPECT_THAT(Poll(), ElementsAre("a.log:2@8 MAGIC 2b"));
}

TEST_F(DirectoryWatcherTest, CutBackToAnUnknownPlaceStartsOver) {
  fs_.Write("/d/a.log", "MAGIC 1\nMAGIC 2\n");
  Poll();
  fs_.Truncate("/d/a.log", 8);
  EXPECT_THAT(Poll(), ElementsAre("truncated a.log", "a.log:1@0 MAGIC 1"));
}

TEST_F(DirectoryWatcherTest, OtherContentAsLongAsAKnownLineEndStartsOver) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  fs_.Append("/d/a.log", "MAGIC 2\n");
  Poll();
  fs_.Write("/d/a.log", "MAGIC X\n");
  EXPECT_THAT(Poll(), ElementsAre("truncated a.log", "a.log:1@0 MAGIC X"));
}

TEST_F(DirectoryWatcherTest, ACopytruncateHoleIsSkipped) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  fs_.Truncate("/d/a.log", 0);
  fs_.WriteAt("/d/a.log", 8, "MAGIC 2\n");  // by a writer without O_APPEND
  EXPECT_THAT(Poll(), ElementsAre("truncated a.log", "a.log:1@8 MAGIC 2"));
}

TEST_F(DirectoryWatcherTest, AHintDoesNotRepeatTheComplaint) {
  fs_.RemoveTree("/d");
  Poll();
  ChangeHints hints;
  hints.directories_changed = true;
  EXPECT_TRUE(absl::IsNotFound(watcher_->PollChanged(hints)));
  EXPECT_THAT(events_.Take(), IsEmpty());
}

TEST_F(DirectoryWatcherTest, ARewrittenHeadIsNoticedWhateverTheTail) {
  const std::string rest = std::string(500, 'x') + "\n";
  fs_.Write("/d/a.log", "MAGIC 1\n" + rest);
  Poll();
  fs_.Write("/d/a.log", "MAGIC 2\n" + rest);
  EXPECT_THAT(Poll(), ElementsAre("truncated a.log", "a.log:1@0 MAGIC 2"));
}

TEST_F(DirectoryWatcherTest, APollInBetweenReadsButDoesNotComplain) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  fs_.Append("/d/a.log", "MAGIC 2\n");
  EXPECT_TRUE(watcher_->PollNow().ok());
  EXPECT_THAT(events_.Take(), ElementsAre("a.log:2@8 MAGIC 2"));
  fs_.RemoveTree("/d");
  EXPECT_TRUE(absl::IsNotFound(watcher_->PollNow()));
  EXPECT_THAT(events_.Take(), IsEmpty());
}

// A file that is cut back to where reading once paused has to prove it by its
// first and by its last bytes there.
class CutBackTest : public DirectoryWatcherTest {
 protected:
  void CutBackTo(const std::string& rest) {
    fs_.Write("/d/a.log", kPaused);
    Poll();
    fs_.Append("/d/a.log", "MAGIC 2\n");
    Poll();
    fs_.Write("/d/a.log", rest);
  }

  const std::string kPaused = "MAGIC 1\n" + std::string(2000, 'x') + "\n";
};

TEST_F(CutBackTest, ItsOwnBytesProveIt) {
  CutBackTo(kPaused);
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_F(CutBackTest, OtherFirstBytesDoNot) {
  std::string rest = kPaused;
  rest.replace(0, 7, "MAGIC X");
  CutBackTo(rest);
  EXPECT_THAT(Poll(), ElementsAre("truncated a.log", "a.log:1@0 MAGIC X"));
}

TEST_F(CutBackTest, OtherLastBytesDoNot) {
  std::string rest = kPaused;
  rest[rest.size() - 100] = 'y';
  CutBackTo(rest);
  EXPECT_THAT(Poll(), ElementsAre("truncated a.log", "a.log:1@0 MAGIC 1"));
}

}  // namespace
}  // namespace dirwatcher
