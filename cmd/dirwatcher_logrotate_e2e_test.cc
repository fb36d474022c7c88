// dirwatcher beside the real logrotate, in each of its modes.

#include <signal.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cmd/program_harness.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAreArray;

class LogrotateTest : public DirwatcherTest {
 protected:
  // Rotates app.log once with these directives.
  void Rotate(const std::string& directives) {
    const std::string config = work_dir_ + "/logrotate.conf";
    std::ofstream(config) << dir_ << "/app.log {\n  rotate 5\n  su root root\n"
                          << directives
                          // Two rotations of one second need two names.
                          << "  dateformat -%Y%m%d." << ++rotations_ << "\n}\n";
    fs::permissions(config, fs::perms::owner_read | fs::perms::owner_write);
    const std::string own = work_dir_ + "/logrotate";
    fs::create_directory(own);
    Process process(own,
                    {"logrotate", "-f", "-s", work_dir_ + "/state", config});
    EXPECT_EQ(process.Wait(), 0) << process.Stderr();
  }

  // The texts of all matches.
  static std::vector<std::string> Found(const Process& process) {
    std::vector<std::string> found;
    for (const nlohmann::json& event : Events(process.Stdout())) {
      if (event["event"] == "match") found.push_back(event["text"]);
    }
    return found;
  }

  // Writes the next lines, some through `writer`, whose descriptor is older.
  void WriteLines(std::ofstream* writer) {
    for (int i = 0; i < 20; ++i) {
      const std::string line = absl::StrCat("magic ", ++written_);
      *writer << line << "\n" << std::flush;
      lines_.push_back(line);
    }
  }
  bool AllFound(const Process& process) const {
    return Found(process).size() >= lines_.size();
  }

  std::ofstream Open() const {
    return std::ofstream(dir_ + "/app.log", std::ios::app);
  }

  int rotations_ = 0;
  int written_ = 0;
  std::vector<std::string> lines_;
};

// Rotations by renaming: the program that writes has the old file open until it
// is told, and goes on writing to it after the rotation.
class RenamingTest : public LogrotateTest,
                     public testing::WithParamInterface<const char*> {};

TEST_P(RenamingTest, EveryLineIsReportedOnceThroughFiveRotations) {
  std::ofstream writer = Open();
  auto process =
      Start({dir_, "magic", "--ext", "log", "--int", "0.05", "--json"});
  WriteLines(&writer);
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(Eventually([&] { return AllFound(*process); }));
    WriteLines(&writer);
    Rotate(GetParam());
    WriteLines(&writer);  // to the file that was renamed
    writer = Open();
    WriteLines(&writer);
  }
  ASSERT_TRUE(Eventually([&] { return AllFound(*process); }));
  process->Signal(SIGTERM);
  EXPECT_EQ(process->Wait(), 0);
  EXPECT_THAT(Found(*process), ElementsAreArray(lines_));
  EXPECT_EQ(Count(process->Stdout(), "gap"), 0) << process->Stdout();
  EXPECT_EQ(Count(process->Stdout(), "truncated"), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Modes, RenamingTest,
    testing::Values("  create 0600\n",
                    "  create 0600\n  compress\n  delaycompress\n",
                    "  create 0600\n  dateext\n"));

TEST_F(LogrotateTest, RotatedFilesThatAreWatchedTooAreRenamed) {
  std::ofstream writer = Open();
  auto process = Start({dir_, "magic", "--ext", ".log", "--ext", ".log.1",
                        "--ext", ".log.2", "--int", "0.05", "--json"});
  for (int i = 0; i < 3; ++i) {
    WriteLines(&writer);
    ASSERT_TRUE(Eventually([&] { return AllFound(*process); }));
    Rotate("  create 0600\n");
    WriteLines(&writer);
    writer = Open();
  }
  ASSERT_TRUE(Eventually([&] { return AllFound(*process); }));
  process->Signal(SIGTERM);
  EXPECT_EQ(process->Wait(), 0);
  std::vector<std::string> found = Found(*process);
  EXPECT_THAT(found, testing::UnorderedElementsAreArray(lines_));
  EXPECT_GE(Count(process->Stdout(), "renamed"), 3);
}

// Copying and truncating loses by itself what is written in between, so nothing
// is written then.
TEST_F(LogrotateTest, CopytruncateStartsOverAtLineOne) {
  std::ofstream writer = Open();
  auto process =
      Start({dir_, "magic", "--ext", "log", "--int", "0.05", "--json"});
  for (int i = 0; i < 4; ++i) {
    WriteLines(&writer);
    ASSERT_TRUE(Eventually([&] { return AllFound(*process); }));
    Rotate("  copytruncate\n");
    ASSERT_TRUE(Eventually(
        [&] { return Count(process->Stdout(), "truncated") == i + 1; }));
  }
  process->Signal(SIGTERM);
  EXPECT_EQ(process->Wait(), 0);
  EXPECT_THAT(Found(*process), ElementsAreArray(lines_));
}

TEST_F(LogrotateTest, CopytruncateUnderAWriterWithItsOwnOffsetLeavesAHole) {
  std::ofstream writer(dir_ + "/app.log");  // not O_APPEND
  auto process =
      Start({dir_, "magic", "--ext", "log", "--int", "0.05", "--json"});
  WriteLines(&writer);
  ASSERT_TRUE(Eventually([&] { return AllFound(*process); }));
  Rotate("  copytruncate\n");
  WriteLines(&writer);
  ASSERT_TRUE(Eventually([&] { return AllFound(*process); }));
  process->Signal(SIGTERM);
  EXPECT_EQ(process->Wait(), 0);
  EXPECT_THAT(Found(*process), ElementsAreArray(lines_));
  for (const nlohmann::json& event : Events(process->Stdout())) {
    if (event["event"] == "match" && event["text"] == "magic 21") {
      EXPECT_EQ(event["line"], 1);
      EXPECT_EQ(event["offset"], 171) << "behind the hole";
    }
  }
}

}  // namespace
}  // namespace dirwatcher
