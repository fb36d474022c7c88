// The life of a watched directory, step by step, as an operator would try it.

#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cmd/program_harness.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ClassicTest : public DirwatcherTest,
                    public testing::WithParamInterface<const char*> {};

TEST_P(ClassicTest, EightStepsInBothOutputs) {
  fs::remove(dir_);
  auto process = Start({"--ext", ".txt", "--int", "0.05", "--watch", GetParam(),
                        "--json", dir_, "magic"});
  const auto count = [&](const std::string& kind) {
    return Count(process->Stdout(), kind);
  };

  // A missing directory complains at every interval; mkdir ends it.
  ASSERT_TRUE(Eventually([&] { return count("directory_missing") >= 3; }));
  fs::create_directory(dir_);
  ASSERT_TRUE(Eventually([&] { return count("directory_found") == 1; }));
  // An empty file is added.
  Append("a.txt", "");
  ASSERT_TRUE(Eventually([&] { return count("added") == 1; }));
  // Magic on its first line is line 1, once.
  Append("a.txt", "magic first\n");
  ASSERT_TRUE(Eventually([&] { return count("match") == 1; }));
  // Plain lines and then a line with two magics give just that line.
  Append("a.txt", "plain\nplain\ntwice magic magic\n");
  ASSERT_TRUE(Eventually([&] { return count("match") == 2; }));
  // A foreign extension is silent, which shows when b.txt is there.
  Append("a.log", "magic\n");
  Append("b.txt", "");
  ASSERT_TRUE(Eventually([&] { return count("added") == 2; }));
  // Deletion is removed, once.
  fs::remove(dir_ + "/a.txt");
  ASSERT_TRUE(Eventually([&] { return count("removed") == 1; }));
  // Removing the directory brings the complaints back.
  const int complaints = count("directory_missing");
  fs::remove_all(dir_);
  ASSERT_TRUE(
      Eventually([&] { return count("directory_missing") >= complaints + 3; }));
  process->Signal(SIGTERM);
  EXPECT_EQ(process->Wait(), 0);

  std::vector<std::string> told;
  for (const nlohmann::json& event : Events(process->Stdout())) {
    const std::string kind = event["event"];
    if (kind == "directory_missing") continue;
    std::string text = kind;
    if (event.contains("file")) {
      absl::StrAppend(&text, " ", event["file"].get<std::string>());
    }
    if (kind == "match") {
      absl::StrAppend(&text, ":", event["line"].get<int>(), " @",
                      event["offset"].get<int>(), " ",
                      event["text"].get<std::string>());
    }
    told.push_back(text);
  }
  EXPECT_THAT(told,
              ElementsAre("started", "directory_found", "added a.txt",
                          "match a.txt:1 @0 magic first",
                          "match a.txt:4 @24 twice magic magic", "added b.txt",
                          "removed a.txt", "removed b.txt", "stopped"));

  std::vector<std::string> log = Texts(process->Stderr());
  const std::string missing = "Directory not found: " + dir_;
  log.erase(std::remove(log.begin(), log.end(), missing), log.end());
  const auto first = std::find(log.begin(), log.end(), "Watching " + dir_);
  const auto last = std::find(log.begin(), log.end(), "Received SIGTERM");
  ASSERT_TRUE(first != log.end() && last != log.end());
  EXPECT_THAT(std::vector<std::string>(first, last),
              ElementsAre("Watching " + dir_, "Added file: a.txt",
                          "Found \"magic\" in a.txt:1: magic first",
                          "Found \"magic\" in a.txt:4: twice magic magic",
                          "Added file: b.txt", "Removed file: a.txt",
                          "Removed file: b.txt"));
  EXPECT_THAT(process->Stderr(), HasSubstr("] Uptime was 0:00:"));
}

INSTANTIATE_TEST_SUITE_P(Watch, ClassicTest,
                         testing::Values("poll", "inotify"));

TEST_F(DirwatcherTest, InotifyReportsLongBeforeTheInterval) {
  auto process = Start({dir_, "magic", "--int", "3600", "--json"});
  ASSERT_TRUE(Eventually(
      [&] { return Count(process->Stdout(), "directory_found") == 1; }));
  Append("a.txt", "magic 1\n");
  ASSERT_TRUE(
      Eventually([&] { return Count(process->Stdout(), "match") == 1; }));
  fs::rename(dir_ + "/a.txt", dir_ + "/b.txt");
  Append("b.txt", "magic 2\n");
  ASSERT_TRUE(
      Eventually([&] { return Count(process->Stdout(), "match") == 2; }));
  process->Signal(SIGINT);
  EXPECT_EQ(process->Wait(), 0);
  EXPECT_EQ(Count(process->Stdout(), "renamed"), 1);
}

TEST_F(DirwatcherTest, ManyWritersOfManyFilesLoseAndDoubleNothing) {
  constexpr int kWriters = 8;
  constexpr int kLines = 400;
  auto process = Start({dir_, "magic", "--int", "0.2", "--json"});
  ASSERT_TRUE(Eventually(
      [&] { return Count(process->Stdout(), "directory_found") == 1; }));
  std::vector<std::unique_ptr<Process>> writers;
  for (int i = 0; i < kWriters; ++i) {
    const std::string own = absl::StrCat(work_dir_, "/writer", i);
    fs::create_directory(own);
    writers.push_back(std::make_unique<Process>(
        own, std::vector<std::string>{
                 "sh", "-c",
                 absl::StrCat("i=0; while [ $i -lt ", kLines,
                              " ]; do echo \"magic ", i, ".$i\" >> ", dir_,
                              "/f$((i % 20)).txt; ", "i=$((i+1)); done")}));
  }
  for (auto& writer : writers) EXPECT_EQ(writer->Wait(), 0);
  process->Signal(SIGTERM);
  EXPECT_EQ(process->Wait(), 0);
  std::vector<std::string> found;
  for (const nlohmann::json& event : Events(process->Stdout())) {
    if (event["event"] == "match") found.push_back(event["text"]);
  }
  EXPECT_EQ(found.size(), static_cast<size_t>(kWriters * kLines));
  std::sort(found.begin(), found.end());
  EXPECT_EQ(std::unique(found.begin(), found.end()), found.end());
}

}  // namespace
}  // namespace dirwatcher
