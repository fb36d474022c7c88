// DirectoryWatcher that reads many files on several threads.

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/variant.h"
#include "dirwatch/directory_watcher.h"
#include "dirwatch/directory_watcher_fixture.h"
#include "dirwatch/event.h"
#include "dirwatch/event_sink.h"
#include "dirwatch/line_matcher.h"
#include "env/fake_file_system.h"
#include "env/faulty_file_system.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

// More than are worth several threads.
constexpr int kFiles = 40;

class DirectoryWatcherThreadsTest : public DirectoryWatcherTest {
 protected:
  DirectoryWatcherThreadsTest() {
    options_.threads = 3;
    for (int i = 0; i < kFiles; ++i) fs_.Write("/d/" + Name(i), Line(i));
  }

  static std::string Name(int i) {
    return absl::StrCat(i < 10 ? "0" : "", i, ".log");
  }
  static std::string Line(int i) { return absl::StrCat("MAGIC ", i, "\n"); }
  static std::string Match(int i) {
    return absl::StrCat(Name(i), ":1@0 MAGIC ", i);
  }

  // What a first poll tells: what is added, and the matches but those of
  // `late`, which come last.
  static std::vector<std::string> Expected(std::vector<int> late = {}) {
    std::vector<std::string> expected = {"found /d"};
    for (int i = 0; i < kFiles; ++i) expected.push_back("added " + Name(i));
    for (int i = 0; i < kFiles; ++i) {
      if (std::count(late.begin(), late.end(), i) == 0) {
        expected.push_back(Match(i));
      }
    }
    for (const int i : late) expected.push_back(Match(i));
    return expected;
  }

  // The first `times` attempts to open these files fail.
  void FailToOpen(const std::vector<int>& files, int times,
                  const absl::Status& status) {
    for (const int i : files) failures_left_["/d/" + Name(i)] = times;
    faulty_.set_policy([this, status](const FileCall& call) {
      const std::lock_guard<std::mutex> lock(mutex_);
      Fault fault;
      if (call.kind != FileCall::kOpenFile) return fault;
      const auto found = failures_left_.find(call.path);
      if (found == failures_left_.end() || found->second == 0) return fault;
      --found->second;
      fault.error = status;
      return fault;
    });
  }

 private:
  std::mutex mutex_;
  std::map<std::string, int> failures_left_;
};

TEST_F(DirectoryWatcherThreadsTest, TellsInTheOrderOfNames) {
  EXPECT_THAT(Poll(), ElementsAreArray(Expected()));
  EXPECT_THAT(Poll(), IsEmpty());
  for (const int i : {39, 3}) fs_.Append("/d/" + Name(i), "MAGIC\n");
  EXPECT_THAT(Poll(), ElementsAre("03.log:2@8 MAGIC", "39.log:2@9 MAGIC"));
  EXPECT_EQ(watcher_->totals().matches, kFiles + 2);
  EXPECT_EQ(watcher_->totals().lines, kFiles + 2);
}

TEST_F(DirectoryWatcherThreadsTest, WhatCouldNotBeOpenedAheadIsReadInItsTurn) {
  FailToOpen({7, 8, 30}, 1, absl::ResourceExhaustedError("EMFILE"));
  EXPECT_THAT(Poll(), ElementsAreArray(Expected()));
}

// Those that are read ahead have the descriptors until their turn is over.
TEST_F(DirectoryWatcherThreadsTest, WhatFindsNoDescriptorHasAnotherTurn) {
  // Ahead, in its turn, and again after an idle file was closed.
  FailToOpen({7, 8, 30}, 3, absl::ResourceExhaustedError("EMFILE"));
  EXPECT_THAT(Poll(), ElementsAreArray(Expected({7, 8, 30})));
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_F(DirectoryWatcherThreadsTest, NoDescriptorAtAllIsTold) {
  FailToOpen({7}, 1000, absl::ResourceExhaustedError("EMFILE"));
  std::vector<std::string> expected = Expected({7});
  expected.back() = "error 07.log: EMFILE";
  EXPECT_THAT(Poll(), ElementsAreArray(expected));
  FailToOpen({7}, 0, absl::OkStatus());
  EXPECT_THAT(Poll(), ElementsAre(Match(7)));
}

TEST_F(DirectoryWatcherThreadsTest, AnotherErrorGetsNoOtherTurn) {
  FailToOpen({7}, 2, absl::UnavailableError("I/O error"));
  std::vector<std::string> expected = Expected();
  *std::find(expected.begin(), expected.end(), Match(7)) =
      "error 07.log: I/O error";
  EXPECT_THAT(Poll(), ElementsAreArray(expected));
  EXPECT_THAT(Poll(), ElementsAre(Match(7)));
}

TEST_F(DirectoryWatcherThreadsTest, ReadsAllWithFewDescriptors) {
  for (const size_t handles : {3, 5, 9, 17}) {
    FakeFileSystemOptions few;
    few.max_open_handles = handles;
    FakeFileSystem fs(few);
    fs.CreateDirectory("/d");
    for (int i = 0; i < kFiles; ++i) fs.Write("/d/" + Name(i), Line(i));
    matcher_ =
        std::make_unique<LineMatcher>(*LineMatcher::Create({"MAGIC"}, {}));
    DirectoryWatcher watcher(options_, matcher_.get(), &fs, &events_);
    EXPECT_TRUE(watcher.Poll().ok());
    // Which come late is left to chance.
    std::vector<std::string> told = events_.Take();
    std::vector<std::string> expected = Expected();
    std::sort(told.begin(), told.end());
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(told, expected) << handles;
  }
}

TEST_F(DirectoryWatcherThreadsTest, AFileReadAheadIsHeldAndKnowsItsPauses) {
  Poll();
  const std::string path = "/d/" + Name(5);
  fs_.Append(path, "MAGIC two\n");
  EXPECT_THAT(Poll(), ElementsAre("05.log:2@8 MAGIC two"));
  fs_.Truncate(path, 8);
  EXPECT_THAT(Poll(), IsEmpty()) << "it was read to there ahead";
  fs_.Append(path, "MAGIC 2\n");
  fs_.Remove(path);
  EXPECT_THAT(Poll(), ElementsAre("05.log:2@8 MAGIC 2"));
}

TEST_F(DirectoryWatcherThreadsTest, AFileReadAheadIsSoonLeftAlone) {
  Poll();
  Poll();
  int reads = 0;
  faulty_.set_policy([&reads](const FileCall& call) {
    if (call.kind == FileCall::kRead) ++reads;
    return Fault();
  });
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_EQ(reads, 0) << "an interval lies between the two that saw its end";
}

TEST_F(DirectoryWatcherThreadsTest, AnErrorIsToldAgainAfterAFileWasReadAhead) {
  const absl::Status error = absl::UnavailableError("I/O error");
  std::vector<int> all(kFiles);
  std::iota(all.begin(), all.end(), 0);
  FailToOpen(all, 1000, error);
  Poll();
  EXPECT_THAT(Poll(), IsEmpty()) << "told once";
  FailNothing();
  EXPECT_EQ(Poll().size(), static_cast<size_t>(kFiles));
  fs_.Append("/d/" + Name(7), "more\n");
  Fail(FileCall::kRead, "/d/" + Name(7), error);
  EXPECT_THAT(Poll(), ElementsAre("error 07.log: I/O error"));
}

TEST_F(DirectoryWatcherThreadsTest, KeepsAboutAsManyFilesOpenAsItMay) {
  for (int i = kFiles; i < 1000; ++i) fs_.Write("/d/" + Name(i), Line(i));
  options_.max_open_files = 32;
  Poll();
  EXPECT_EQ(watcher_->totals().matches, 1000);
  EXPECT_GT(fs_.peak_open_handle_count(), 32u);
  // A quarter more while they are read ahead; and the directory, twice.
  EXPECT_LE(fs_.peak_open_handle_count(), 32u + 8u + 2u);
}

TEST_F(DirectoryWatcherThreadsTest, ReadsAllInOnePollHoweverManyThereAre) {
  constexpr int kMany = 17'000;
  for (int i = kFiles; i < kMany; ++i) fs_.Write("/d/" + Name(i), Line(i));
  for (const size_t threads : {1, 3}) {
    options_.threads = threads;
    watcher_ = nullptr;
    Poll();
    EXPECT_EQ(watcher_->totals().matches, kMany);
    EXPECT_EQ(watcher_->totals().lines, kMany);
  }
}

// --- the time of writing ----------------------------------------------------

// Writes down when the files were written that lines were found in.
class TimesOfWriting : public EventSink {
 public:
  void OnEvent(const Event& event) override {
    const auto* const match = absl::get_if<LineMatched>(&event);
    if (match != nullptr) told[std::string(match->file)] = match->written;
  }
  void Flush() override {}

  std::map<std::string, absl::Time> told;
};

TEST_F(DirectoryWatcherThreadsTest, TellsWhenTheFileWasWritten) {
  matcher_ = std::make_unique<LineMatcher>(*LineMatcher::Create(
      {"MAGIC$", "MAGIC [0-9]"}, {MagicSyntax::kRegex, CaseRule::kExact}));
  for (const size_t threads : {1, 3}) {
    options_.threads = threads;
    TimesOfWriting times;
    DirectoryWatcher watcher(options_, matcher_.get(), &fs_, &times);
    for (int i = 0; i < kFiles; ++i) {
      fs_.AdvanceTime(absl::Seconds(1));
      fs_.Append("/d/" + Name(i), "MAGIC 0\n");
    }
    fs_.AdvanceTime(absl::Seconds(1));
    EXPECT_TRUE(watcher.Poll().ok());
    ASSERT_EQ(times.told.size(), static_cast<size_t>(kFiles));
    for (const auto& [name, written] : times.told) {
      EXPECT_EQ(written, fs_.StatOf("/d/" + name)->mtime) << name;
    }
    times.told.clear();
    // One that is open already.
    fs_.Append("/d/" + Name(3), "MAGIC 1\nhalf a MAGIC");
    const absl::Time written = fs_.Now();
    fs_.AdvanceTime(absl::Seconds(1));
    EXPECT_TRUE(watcher.Poll().ok());
    EXPECT_THAT(times.told, ElementsAre(std::make_pair(Name(3), written)));
    times.told.clear();
    // It has been there for who knows how long.
    watcher.Finish();
    EXPECT_THAT(times.told,
                ElementsAre(std::make_pair(Name(3), absl::InfinitePast())));
    fs_.Append("/d/" + Name(3), "\n");
  }
}

}  // namespace
}  // namespace dirwatcher
