#include "dirwatch/read_ahead.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "dirwatch/directory_watcher.h"
#include "dirwatch/event_recorder.h"
#include "dirwatch/line_matcher.h"
#include "env/fake_file_system.h"
#include "env/posix_file_system.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Listener : public ReadListener {
 public:
  void OnMatch(const LineMatch& match, absl::string_view text,
               bool cut) override {
    told.push_back(absl::StrCat(match.line, ":", text, cut ? " [cut]" : ""));
  }
  void OnTruncated() override { told.push_back("truncated"); }

  std::vector<std::string> told;
};

class ReadAheadTest : public ::testing::Test {
 protected:
  ReadAheadTest() { disk_.CreateDirectory("/d"); }

  ReadAhead::Result Read(const std::string& name,
                         const FilePosition& position = {}) {
    const std::unique_ptr<Directory> directory = *disk_.OpenDirectory("/d");
    ReadAhead::Request request;
    request.path = name;
    request.id = id_;
    request.position = position;
    const ReadAhead ahead(&scanner_, {}, /*threads=*/1, /*max_open_files=*/1);
    ReadAhead::Result taken;
    ahead.Read(directory.get(), {request},
               [&taken](size_t, ReadAhead::Result* result) {
                 taken = std::move(*result);
               });
    return taken;
  }

  // The next file to be read.
  void Write(const std::string& name, absl::string_view bytes) {
    disk_.Write("/d/" + name, bytes);
    id_ = disk_.IdOf("/d/" + name);
  }

  FakeFileSystem disk_;
  FileId id_;
  LineMatcher matcher_ = *LineMatcher::Create({"MAGIC"}, {});
  AppendScanner scanner_{&matcher_};
};

TEST_F(ReadAheadTest, KeepsWhatReadingWouldTell) {
  Write("a", "MAGIC 1\nplain\nMAGIC 2\nhalf");
  const ReadAhead::Result result = Read("a");
  ASSERT_TRUE(result.usable);
  Listener listener;
  result.Tell(&listener);
  EXPECT_THAT(listener.told, ElementsAre("1:MAGIC 1", "3:MAGIC 2"));
  EXPECT_EQ(result.position.scan.offset_bytes, 26);
  EXPECT_EQ(result.position.scan.line, 4);
  EXPECT_EQ(result.totals.bytes, 26);
  EXPECT_EQ(result.totals.lines, 3);
  EXPECT_EQ(result.file->StatAtOpen().id, id_);
}

TEST_F(ReadAheadTest, GoesOnWhereReadingStood) {
  Write("a", "MAGIC 1\n");
  const FilePosition position = Read("a").position;
  disk_.Append("/d/a", "MAGIC 2\n");
  Listener listener;
  Read("a", position).Tell(&listener);
  EXPECT_THAT(listener.told, ElementsAre("2:MAGIC 2"));
}

TEST_F(ReadAheadTest, WhatIsNotSimpleIsLeftToItsTurn) {
  Write("gone", "MAGIC\n");
  disk_.Remove("/d/gone");
  EXPECT_FALSE(Read("gone").usable);
  Write("a", "MAGIC\n");
  EXPECT_TRUE(Read("a").usable);
  EXPECT_FALSE(Read("").usable);
  id_.inode += 1000;
  EXPECT_FALSE(Read("a").usable) << "another file";
  Write("large", std::string(ReadAhead::kMaxBytes + 1, 'x'));
  EXPECT_FALSE(Read("large").usable);
  std::string many;
  for (size_t i = 0; i <= ReadAhead::kMaxMatches; ++i) many += "MAGIC\n";
  Write("many", many);
  EXPECT_FALSE(Read("many").usable);
  Write("wide", many.substr(0, 60) + std::string(5000, 'x') + "\n");
  EXPECT_TRUE(Read("wide").usable);
  Write("cut", "MAGIC 1\nMAGIC 2\n");
  const FilePosition position = Read("cut").position;
  disk_.Truncate("/d/cut", 3);
  EXPECT_FALSE(Read("cut", position).usable);
}

TEST_F(ReadAheadTest, EachResultIsThatOfItsRequestHoweverManyThereAre) {
  constexpr size_t kFiles = 300;
  std::vector<std::string> names(kFiles);
  std::vector<ReadAhead::Request> requests(kFiles);
  for (size_t i = 0; i < kFiles; ++i) {
    names[i] = absl::StrCat(i, ".log");
    Write(names[i], absl::StrCat(std::string(i, '\n'), "MAGIC ", i, "\n"));
    if (i % 11 < 3) continue;  // is not to be read
    requests[i].path = names[i];
    requests[i].id = id_;
    if (i % 13 == 0) disk_.Remove("/d/" + names[i]);
  }
  const std::unique_ptr<Directory> directory = *disk_.OpenDirectory("/d");
  for (const size_t threads : {1, 3}) {
    for (const size_t max_open_files : {1, 5, 8, 17, 1000}) {
      const ReadAhead ahead(&scanner_, {}, threads, max_open_files);
      size_t next = 0;
      ahead.Read(
          directory.get(), requests, [&](size_t i, ReadAhead::Result* result) {
            ASSERT_EQ(i, next++);
            ASSERT_EQ(result->usable, i % 11 >= 3 && i % 13 != 0) << i;
            if (!result->usable) return;
            Listener listener;
            result->Tell(&listener);
            ASSERT_THAT(listener.told,
                        ElementsAre(absl::StrCat(i + 1, ":MAGIC ", i)));
            ASSERT_EQ(result->totals.lines, static_cast<int64_t>(i) + 1);
            ASSERT_EQ(result->position.scan.offset_bytes, result->totals.bytes);
          });
      EXPECT_EQ(next, kFiles);
    }
  }
}

TEST_F(ReadAheadTest, KeepsNoMoreFilesOpenThanItMay) {
  std::vector<std::string> names(200);
  std::vector<ReadAhead::Request> requests(names.size());
  for (size_t i = 0; i < names.size(); ++i) {
    names[i] = absl::StrCat(i, ".log");
    Write(names[i], "MAGIC\n");
    requests[i].path = names[i];
    requests[i].id = id_;
  }
  const std::unique_ptr<Directory> directory = *disk_.OpenDirectory("/d");
  for (const size_t max_open_files : {1, 2, 7, 8, 9, 16, 30, 47}) {
    const ReadAhead ahead(&scanner_, {}, /*threads=*/3, max_open_files);
    size_t taken = 0;
    ahead.Read(directory.get(), requests,
               [&](size_t, ReadAhead::Result* result) {
                 // Its file is closed only when the next is put in its place.
                 taken += result->usable ? 1 : 0;
                 EXPECT_LE(disk_.open_handle_count(), 1 + max_open_files);
               });
    EXPECT_EQ(taken, names.size());
    EXPECT_EQ(disk_.open_handle_count(), 1u);
  }
}

TEST_F(ReadAheadTest, AFileThatNeedsMoreThanOneTurnIsLeftToThem) {
  AppendReaderOptions options;
  options.read_bytes = options.max_bytes_per_turn = 4;
  Write("a", "a line\n");
  ReadAhead::Request request;
  request.path = "a";
  request.id = id_;
  const ReadAhead ahead(&scanner_, options, /*threads=*/1,
                        /*max_open_files=*/1);
  const std::unique_ptr<Directory> directory = *disk_.OpenDirectory("/d");
  ahead.Read(directory.get(), {request}, [](size_t, ReadAhead::Result* result) {
    EXPECT_FALSE(result->usable);
  });
}

TEST_F(ReadAheadTest, AFileOfTheLargestSizeIsRead) {
  const std::string most(ReadAhead::kMaxBytes, 'x');
  Write("a", most);
  const ReadAhead::Result result = Read("a");
  ASSERT_TRUE(result.usable);
  EXPECT_EQ(result.position.scan.offset_bytes, ReadAhead::kMaxBytes);
  disk_.Append("/d/a", most);
  EXPECT_FALSE(Read("a").usable);
  EXPECT_TRUE(Read("a", result.position).usable) << "only what is new counts";
}

TEST_F(ReadAheadTest, AsManyMatchesAndAsMuchTextAsMayBeAreKept) {
  std::string many;
  for (size_t i = 0; i < ReadAhead::kMaxMatches; ++i) many += "MAGIC\n";
  Write("many", many);
  const ReadAhead::Result result = Read("many");
  ASSERT_TRUE(result.usable);
  Listener listener;
  result.Tell(&listener);
  EXPECT_EQ(listener.told.size(), ReadAhead::kMaxMatches);

  const std::string line = absl::StrCat("MAGIC", std::string(4091, 'x'));
  std::string wide;
  for (size_t i = 0; i < ReadAhead::kMaxTextBytes / 4096; ++i) {
    absl::StrAppend(&wide, line, "\n");
  }
  Write("wide", wide);
  EXPECT_TRUE(Read("wide").usable);
  Write("wider", absl::StrCat(wide, "MAGIC\n"));
  EXPECT_FALSE(Read("wider").usable);
}

// The real file system and real threads: what is told is what one thread tells.
TEST(ReadAheadOnDisk, ThreadsMakeNoDifferenceToWhatIsTold) {
  std::string dir = testing::TempDir() + "/read_ahead_XXXXXX";
  ASSERT_NE(mkdtemp(&dir[0]), nullptr);
  const auto path = [&dir](int i) { return absl::StrCat(dir, "/", i, ".txt"); };
  constexpr int kFiles = 1500;
  for (int i = 0; i < kFiles; ++i) {
    std::ofstream file(path(i));
    for (int line = 0; line < i % 40; ++line) {
      file << (line % 7 == 0 ? "MAGIC " : "plain ") << line << "\n";
    }
    if (i % 100 == 0) file << std::string(400'000, 'x') << "MAGIC\n";
  }
  const LineMatcher matcher = *LineMatcher::Create({"MAGIC"}, {});
  PosixFileSystem file_system;
  const auto tell = [&](size_t threads) {
    EventRecorder events;
    DirectoryWatcherOptions options;
    options.dir = dir;
    options.threads = threads;
    options.max_open_files = 200;
    DirectoryWatcher watcher(options, &matcher, &file_system, &events);
    EXPECT_TRUE(watcher.Poll().ok());
    EXPECT_TRUE(watcher.Poll().ok());
    const WatcherTotals totals = watcher.totals();
    std::vector<std::string> told = events.Take();
    told.push_back(absl::StrCat(totals.files, " ", totals.lines, " ",
                                totals.matches, " ", totals.bytes));
    return told;
  };
  const std::vector<std::string> one = tell(1);
  EXPECT_GT(one.size(), 5000u);
  for (const size_t threads : {2, 5}) EXPECT_EQ(tell(threads), one);
  fs::remove_all(dir);
}

}  // namespace
}  // namespace dirwatcher
