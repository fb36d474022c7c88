#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "dirwatch/directory_watcher.h"
#include "dirwatch/directory_watcher_fixture.h"
#include "env/fake_file_system.h"
#include "env/faulty_file_system.h"
#include "env/file_stat.h"
#include "env/file_system.h"
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

TEST_F(DirectoryWatcherTest, RewrittenWithItsOldModificationTimeIsNoticed) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  for (int i = 0; i < 3; ++i) Poll();
  const absl::Time mtime = fs_.StatOf("/d/a.log")->mtime;
  fs_.Write("/d/a.log", "MAGIC 2\n");
  fs_.SetModificationTime("/d/a.log", mtime);
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

TEST_F(DirectoryWatcherTest, ADirectoryThatCannotBeOpenedIsUnknown) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  fs_.Append("/d/a.log", "MAGIC 2\n");
  Fail(FileCall::kOpenDirectory, "/d", absl::ResourceExhaustedError("EMFILE"));
  EXPECT_THAT(Poll(),
              ElementsAre("directory error /d: EMFILE", "a.log:2@8 MAGIC 2"));
  EXPECT_TRUE(absl::IsResourceExhausted(status_));
  for (int i = 0; i < 3; ++i) EXPECT_THAT(Poll(), IsEmpty()) << "said once";
  FailNothing();
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_TRUE(status_.ok());
}

TEST_F(DirectoryWatcherTest,
       WhatIsWrongWithTheDirectoryIsSaidAnewAfterItWasNot) {
  Poll();
  for (int i = 0; i < 2; ++i) {
    Fail(FileCall::kListEnd, "/d", absl::UnavailableError("cut short"));
    fs_.Write(absl::StrCat("/d/", i, ".txt"), "");  // a reason to list it
    EXPECT_THAT(Poll(), ElementsAre("directory error /d: cut short"));
    FailNothing();
    EXPECT_THAT(Poll(), IsEmpty());
  }
}

TEST_F(DirectoryWatcherTest, AFileThatCannotBeLookedAtOnAHintIsKept) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  Fail(FileCall::kStat, "/d/a.log", absl::UnavailableError("stale"));
  EXPECT_THAT(PollChanged({"a.log"}), ElementsAre("error a.log: stale"));
  for (int i = 0; i < 3; ++i) EXPECT_THAT(Poll(), IsEmpty());
}

TEST_F(DirectoryWatcherTest, AHintAboutAMissingDirectoryIsNoHarm) {
  fs_.RemoveTree("/d");
  Poll();
  EXPECT_THAT(PollChanged({"a.log"}), IsEmpty());
  EXPECT_TRUE(absl::IsNotFound(status_));
  fs_.CreateDirectory("/d");
  EXPECT_THAT(PollChanged({"a.log"}), ElementsAre("found /d"));
}

TEST_F(DirectoryWatcherTest, AReplacedDirectoryIsObservedAnew) {
  notifier_ = &scripted_;
  Poll();
  fs_.CreateDirectory("/new");
  fs_.Exchange("/d", "/new");
  Poll();
  EXPECT_THAT(scripted_.watched, ElementsAre("/d", "/d"));
}

TEST_F(DirectoryWatcherTest,
       WhatIsWrongWithAFileAtRestIsSaidAnewAfterItWasNot) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  for (int i = 0; i < 3; ++i) Poll();
  for (int i = 0; i < 2; ++i) {
    Fail(FileCall::kStat, "/d/a.log", absl::UnavailableError("stale"));
    EXPECT_THAT(Poll(), ElementsAre("error a.log: stale"));
    FailNothing();
    EXPECT_THAT(Poll(), IsEmpty());
  }
}

TEST_F(DirectoryWatcherTest, AFileThatIsHeldIsLookedAtOnce) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  int by_name = 0;
  int by_handle = 0;
  faulty_.set_policy([&](const FileCall& call) {
    if (call.kind == FileCall::kStat && call.path == "/d/a.log") ++by_name;
    if (call.kind == FileCall::kFileStat) ++by_handle;
    return Fault();
  });
  fs_.Append("/d/a.log", "MAGIC 2\n");
  EXPECT_THAT(Poll(), ElementsAre("a.log:2@8 MAGIC 2"));
  EXPECT_EQ(by_name, 1);
  ChangeHints hints;
  hints.names = {"a.log"};
  fs_.Append("/d/a.log", "MAGIC 3\n");
  watcher_->PollChanged(hints).IgnoreError();
  EXPECT_THAT(events_.Take(), ElementsAre("a.log:3@16 MAGIC 3"));
  EXPECT_EQ(by_name, 2);
  EXPECT_EQ(by_handle, 0);
}

TEST_F(DirectoryWatcherTest, AFileCutOverAndOverEndsItsPoll) {
  options_.reader.max_bytes_per_turn = 8;
  options_.reader.read_bytes = 8;
  const auto content = [](int n) {
    return std::to_string(100 + n) + std::string(100, 'x');
  };
  int rewritten = 0;
  fs_.Write("/d/a.log", content(0));
  Poll();
  faulty_.set_policy([&](const FileCall& call) {
    if (call.kind == FileCall::kRead && rewritten < 500) {
      fs_.Write("/d/a.log", content(++rewritten));
    }
    return Fault();
  });
  EXPECT_THAT(Poll(), ElementsAre("truncated a.log", "truncated a.log",
                                  "truncated a.log"));
}

TEST_F(DirectoryWatcherTest, AFileThatGrowsAsFastAsItIsReadEndsItsPoll) {
  options_.reader.max_bytes_per_turn = 8;
  options_.reader.read_bytes = 8;
  int appended = 0;
  fs_.Write("/d/a.log", "plain\n");
  faulty_.set_policy([&](const FileCall& call) {
    if (call.kind == FileCall::kRead && appended < 500) {
      ++appended;
      fs_.Append("/d/a.log", "plain and plain again\n");
    }
    return Fault();
  });
  Poll();
  EXPECT_LT(appended, 20);
}

// The sizes and stamps of files as they were when they were first asked for, as
// a network file system may give them for a while.
class StaleFileSystem : public FileSystem {
 public:
  explicit StaleFileSystem(FileSystem* wrapped) : wrapped_(*wrapped) {}

  absl::StatusOr<std::unique_ptr<Directory>> OpenDirectory(
      absl::string_view path) override {
    absl::StatusOr<std::unique_ptr<Directory>> opened =
        wrapped_.OpenDirectory(path);
    if (!opened.ok()) return opened.status();
    return std::unique_ptr<Directory>(
        new StaleDirectory(*std::move(opened), this));
  }

 private:
  class StaleFile : public ReadableFile {
   public:
    StaleFile(std::unique_ptr<ReadableFile> file, StaleFileSystem* fs)
        : file_(std::move(file)),
          fs_(*fs),
          stat_at_open_(*fs->Old(file_->StatAtOpen())) {}
    const FileStat& StatAtOpen() const override { return stat_at_open_; }
    absl::StatusOr<FileStat> Stat() override { return fs_.Old(file_->Stat()); }
    absl::StatusOr<size_t> ReadAt(int64_t offset_bytes,
                                  absl::Span<char> buffer) override {
      return file_->ReadAt(offset_bytes, buffer);
    }

   private:
    const std::unique_ptr<ReadableFile> file_;
    StaleFileSystem& fs_;
    const FileStat stat_at_open_;
  };

  class StaleDirectory : public Directory {
   public:
    StaleDirectory(std::unique_ptr<Directory> directory, StaleFileSystem* fs)
        : directory_(std::move(directory)), fs_(*fs) {}
    absl::Status ForEachEntry(
        absl::FunctionRef<void(const DirEntry&)> visit) override {
      return directory_->ForEachEntry(visit);
    }
    absl::StatusOr<FileStat> Stat(absl::string_view name) override {
      return fs_.Old(directory_->Stat(name));
    }
    absl::StatusOr<std::unique_ptr<ReadableFile>> OpenFile(
        absl::string_view name) override {
      absl::StatusOr<std::unique_ptr<ReadableFile>> opened =
          directory_->OpenFile(name);
      if (!opened.ok()) return opened.status();
      return std::unique_ptr<ReadableFile>(
          new StaleFile(*std::move(opened), &fs_));
    }
    absl::StatusOr<std::unique_ptr<Directory>> OpenDirectory(
        absl::string_view name) override {
      return directory_->OpenDirectory(name);
    }

   private:
    const std::unique_ptr<Directory> directory_;
    StaleFileSystem& fs_;
  };

  absl::StatusOr<FileStat> Old(const absl::StatusOr<FileStat>& now) {
    if (!now.ok() || now->type != FileType::kRegular) return now;
    return old_.emplace(now->id, *now).first->second;
  }

  FileSystem& wrapped_;
  std::map<FileId, FileStat> old_;
};

class StaleSizeTest : public DirectoryWatcherTest {
 protected:
  StaleSizeTest() {
    matcher_ =
        std::make_unique<LineMatcher>(*LineMatcher::Create({"MAGIC"}, {}));
    watcher_ = std::make_unique<DirectoryWatcher>(options_, matcher_.get(),
                                                  &stale_, &events_);
  }

  StaleFileSystem stale_{&fs_};
};

TEST_F(StaleSizeTest, DoesNotHideWhatIsAppended) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  fs_.Append("/d/a.log", "MAGIC 2\n");
  EXPECT_THAT(Poll(), ElementsAre("a.log:2@8 MAGIC 2"));
  Poll();
  fs_.Append("/d/a.log", "MAGIC 3\n");
  EXPECT_THAT(Poll(), ElementsAre("a.log:3@16 MAGIC 3"));
}

// A read that ends where the stale size says so, and brings nothing new, is no
// proof that there is nothing.
TEST_F(StaleSizeTest, DoesNotHideWhatIsAppendedThoughReadsAreShort) {
  FaultyFileSystem faulty(&stale_);
  watcher_ = std::make_unique<DirectoryWatcher>(options_, matcher_.get(),
                                                &faulty, &events_);
  fs_.Write("/d/a.log", "MAGIC 1\n");
  Poll();
  fs_.Append("/d/a.log", "MAGIC 2\n");
  faulty.set_policy([](const FileCall& call) {
    Fault fault;
    if (call.kind == FileCall::kRead && call.offset == 0) {
      fault.max_read_bytes = 8;
    }
    return fault;
  });
  EXPECT_THAT(Poll(), ElementsAre("a.log:2@8 MAGIC 2"));
}

TEST_F(StaleSizeTest, DoesNotEndADrain) {
  fs_.Write("/d/a.log", "MAGIC 1\n");
  FakeWriter writer = fs_.OpenWriter("/d/a.log", FakeWriter::kAppend);
  Poll();
  fs_.Rename("/d/a.log", "/d/a.log.1");
  EXPECT_THAT(Poll(), IsEmpty());
  writer.Write("MAGIC 2\n");
  EXPECT_THAT(Poll(), ElementsAre("a.log:2@8 MAGIC 2"));
  EXPECT_THAT(Poll(), ElementsAre("removed a.log"));
}

}  // namespace
}  // namespace dirwatcher
