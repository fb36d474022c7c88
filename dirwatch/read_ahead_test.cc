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
