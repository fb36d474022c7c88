// Directories and surroundings that are unkind: names that could forge a log,
// things that are no regular files, files that may not be read, few
// descriptors, options from every side.

#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "cmd/program_harness.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "sinks/json_schema_checker.h"

namespace dirwatcher {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class RobustnessTest : public DirwatcherTest {
 protected:
  // The events of a kind, all of them checked against the schema.
  std::vector<json> Told(const Process& process, absl::string_view kind) const {
    static const JsonSchemaChecker* const checker =
        new JsonSchemaChecker(json::parse(ReadFile("docs/events.schema.json")));
    std::vector<json> told;
    for (const json& event : Events(process.Stdout())) {
      const absl::Status status = checker->Check(event);
      EXPECT_TRUE(status.ok()) << status << "\n" << event;
      if (event["event"] == std::string(kind)) told.push_back(event);
    }
    return told;
  }

  // "FILE:LINE TEXT" of each match, in order.
  std::vector<std::string> Matches(const Process& process) const {
    std::vector<std::string> matches;
    for (const json& event : Told(process, "match")) {
      matches.push_back(absl::StrCat(event["file"].get<std::string>(), ":",
                                     event["line"].get<int>(), " ",
                                     event["text"].get<std::string>()));
    }
    return matches;
  }

  std::vector<std::string> Files(const Process& process,
                                 absl::string_view kind) const {
    std::vector<std::string> files;
    for (const json& event : Told(process, kind)) {
      files.push_back(event["file"]);
    }
    return files;
  }
};

// Takes from the child what lets root read every file.
void ObeyPermissions() {
  prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0);
  prctl(PR_CAPBSET_DROP, CAP_DAC_READ_SEARCH, 0, 0, 0);
}

TEST_F(RobustnessTest, HostileNamesAndLinesStayOneLogLineAndValidJson) {
  const std::string forged =
      "x\nI20260101 00:00:00.000000 1 a.cc:1] Removed file: y.txt";
  Append(forged, "ERROR \x1b]0;title\x07 and \xff\xfe and \xc2\x9b and\ttab\n");
  Append("\xff\xfe.txt", "ERROR\n");
  Append("\x1b[2J.txt", "ERROR \"quoted\" \\ back\n");
  auto process = Start({dir_, "ERROR", "--once", "--json"});
  EXPECT_EQ(process->Wait(), 0);

  for (const char c : process->Stderr()) {
    EXPECT_TRUE(c == '\n' || (c >= ' ' && c < 0x7f)) << static_cast<int>(c);
  }
  std::vector<std::string> found;
  for (const std::string& text : Texts(process->Stderr())) {
    EXPECT_THAT(text, Not(StartsWith("Removed file")));
    if (absl::StartsWith(text, "Found")) found.push_back(text);
  }
  EXPECT_THAT(
      found,
      ElementsAre(
          R"(Found "ERROR" in \x1b[2J.txt:1: ERROR "quoted" \\ back)",
          R"(Found "ERROR" in x\nI20260101 00:00:00.000000 1 a.cc:1] Removed )"
          R"(file: y.txt:1: ERROR \x1b]0;title\x07 and \xff\xfe and \u009b )"
          R"(and\ttab)",
          R"(Found "ERROR" in \xff\xfe.txt:1: ERROR)"));

  EXPECT_THAT(Matches(*process),
              ElementsAre("\x1b[2J.txt:1 ERROR \"quoted\" \\ back",
                          absl::StrCat(forged,
                                       ":1 ERROR \x1b]0;title\x07 and "
                                       "\uFFFD\uFFFD and \u009b and\ttab"),
                          "\uFFFD\uFFFD.txt:1 ERROR"));
  EXPECT_EQ(Told(*process, "match")[2]["file_base64"], "//4udHh0");
}

TEST_F(RobustnessTest, WhatIsNoRegularFileIsPassedOverAndNeverBlocks) {
  const auto at = [this](const std::string& name) { return dir_ + "/" + name; };
  ASSERT_EQ(mkfifo(at("fifo.txt").c_str(), 0600), 0);
  fs::create_directory(at("directory.txt"));
  fs::create_symlink("/dev/zero", at("device.txt"));
  fs::create_symlink("nowhere", at("dangling.txt"));
  fs::create_symlink("loop.txt", at("loop.txt"));
  const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_GE(listener, 0);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  // Through the descriptor's directory, as a socket's path must be short.
  const int directory = open(dir_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  const std::string path =
      absl::StrCat("/proc/self/fd/", directory, "/socket.txt");
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  ASSERT_EQ(
      bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)),
      0);
  close(directory);
  Append("plain.txt", "ERROR\n");

  auto process = Start({dir_, "ERROR", "--int", "3600", "--json"});
  ASSERT_TRUE(
      Eventually([&] { return Count(process->Stdout(), "match") == 1; }));
  process->Signal(SIGTERM);
  EXPECT_EQ(process->Wait(), 0);
  EXPECT_THAT(Files(*process, "added"), ElementsAre("plain.txt"));
  close(listener);
}

TEST_F(RobustnessTest, LinksToOneFileAreReadOnceAndTakeOverFromEachOther) {
  Append("b.txt", "ERROR 1\n");
  fs::create_hard_link(dir_ + "/b.txt", dir_ + "/a.txt");
  fs::create_symlink("b.txt", dir_ + "/c.txt");
  auto process = Start({dir_, "ERROR", "--int", "0.02", "--json"});
  ASSERT_TRUE(
      Eventually([&] { return Count(process->Stdout(), "match") == 1; }));
  fs::remove(dir_ + "/a.txt");
  ASSERT_TRUE(
      Eventually([&] { return Count(process->Stdout(), "renamed") == 1; }));
  Append("b.txt", "ERROR 2\n");
  ASSERT_TRUE(
      Eventually([&] { return Count(process->Stdout(), "match") == 2; }));
  process->Signal(SIGTERM);
  EXPECT_EQ(process->Wait(), 0);
  EXPECT_THAT(Matches(*process),
              ElementsAre("a.txt:1 ERROR 1", "b.txt:2 ERROR 2"));
  EXPECT_THAT(Kinds(process->Stdout()),
              ElementsAre("started", "directory_found", "added", "match",
                          "renamed", "match", "stopped"));
}

TEST_F(RobustnessTest, UnreadableFileIsSaidOnceAndReadWholeLater) {
  Append("a.txt", "ERROR a\n");
  Append("b.txt", "ERROR b\n");
  ASSERT_EQ(chmod((dir_ + "/a.txt").c_str(), 0), 0);
  auto process =
      Start({dir_, "ERROR", "--int", "0.02", "--watch", "poll", "--json"},
            ObeyPermissions);
  ASSERT_TRUE(Eventually([&] {
    return Count(process->Stdout(), "error") == 1 &&
           Count(process->Stdout(), "match") == 1;
  }));
  // Intervals pass, which shows in the lines of the other file.
  for (int i = 2; i <= 5; ++i) {
    Append("b.txt", "ERROR b\n");
    ASSERT_TRUE(
        Eventually([&] { return Count(process->Stdout(), "match") == i; }));
  }
  ASSERT_EQ(chmod((dir_ + "/a.txt").c_str(), 0600), 0);
  ASSERT_TRUE(
      Eventually([&] { return Count(process->Stdout(), "match") == 6; }));
  process->Signal(SIGTERM);
  EXPECT_EQ(process->Wait(), 0);
  EXPECT_THAT(Files(*process, "added"), ElementsAre("a.txt", "b.txt"));
  EXPECT_THAT(Files(*process, "error"), ElementsAre("a.txt"));
  EXPECT_THAT(process->Stderr(), HasSubstr("] Cannot read a.txt: open " + dir_ +
                                           "/a.txt: Permission denied\n"));
  EXPECT_EQ(Matches(*process).back(), "a.txt:1 ERROR a");
}

TEST_F(RobustnessTest, ForbiddenDirectoryComplainsWithItsOwnWords) {
  Append("a.txt", "ERROR\n");
  auto process =
      Start({dir_, "ERROR", "--int", "0.02", "--json"}, ObeyPermissions);
  ASSERT_TRUE(
      Eventually([&] { return Count(process->Stdout(), "match") == 1; }));
  ASSERT_EQ(chmod(dir_.c_str(), 0), 0);
  ASSERT_TRUE(Eventually(
      [&] { return Count(process->Stdout(), "directory_missing") >= 2; }));
  ASSERT_EQ(chmod(dir_.c_str(), 0700), 0);
  ASSERT_TRUE(Eventually(
      [&] { return Count(process->Stdout(), "directory_found") == 2; }));
  Append("a.txt", "ERROR again\n");
  ASSERT_TRUE(
      Eventually([&] { return Count(process->Stdout(), "match") == 2; }));
  process->Signal(SIGTERM);
  EXPECT_EQ(process->Wait(), 0);
  EXPECT_THAT(process->Stderr(), HasSubstr("] Permission denied: " + dir_));
  EXPECT_THAT(process->Stderr(), Not(HasSubstr("Directory not found")));
  EXPECT_THAT(Files(*process, "removed"), ElementsAre());
  EXPECT_THAT(Matches(*process),
              ElementsAre("a.txt:1 ERROR", "a.txt:2 ERROR again"));
}

TEST_F(RobustnessTest, AClosedSubdirectoryDoesNotChangeTheInterval) {
  fs::create_directory(dir_ + "/sub");
  ASSERT_EQ(chmod((dir_ + "/sub").c_str(), 0), 0);
  auto process = Start({dir_, "ERROR", "--int", "0.02", "--retry", "3600",
                        "--watch", "poll", "--recursive", "--json"},
                       ObeyPermissions);
  ASSERT_TRUE(
      Eventually([&] { return Count(process->Stdout(), "error") == 1; }));
  Append("a.txt", "ERROR\n");
  ASSERT_TRUE(
      Eventually([&] { return Count(process->Stdout(), "match") == 1; }));
  process->Signal(SIGTERM);
  EXPECT_EQ(process->Wait(), 0);
}

TEST_F(RobustnessTest, FewDescriptorsSufficeForManyFiles) {
  constexpr int kFiles = 200;
  const auto append_to_all = [this](absl::string_view text) {
    for (int i = 0; i < kFiles; ++i) Append(absl::StrCat(i, ".txt"), text);
  };
  append_to_all("ERROR 1\n");
  auto process = Start({dir_, "ERROR", "--int", "0.05", "--json"}, [] {
    const rlimit few = {20, 20};
    setrlimit(RLIMIT_NOFILE, &few);
  });
  const auto matches = [&] { return Count(process->Stdout(), "match"); };
  ASSERT_TRUE(Eventually([&] { return matches() == kFiles; }));
  append_to_all("ERROR 2\n");
  ASSERT_TRUE(Eventually([&] { return matches() == 2 * kFiles; }));
  for (int i = 0; i < kFiles; ++i) {
    fs::remove(absl::StrCat(dir_, "/", i, ".txt"));
  }
  ASSERT_TRUE(Eventually(
      [&] { return Count(process->Stdout(), "removed") == kFiles; }));
  process->Signal(SIGTERM);
  EXPECT_EQ(process->Wait(), 0);
  const std::vector<std::string> told = Matches(*process);
  const std::set<std::string> distinct(told.begin(), told.end());
  EXPECT_EQ(distinct.size(), 2 * kFiles);
  EXPECT_EQ(Count(process->Stdout(), "error"), 0);
}

TEST_F(RobustnessTest, RecursiveNamesAreRelativeAndFollowMovesBetweenFolders) {
  fs::create_directories(dir_ + "/web/old");
  Append("web/a.txt", "ERROR 1\n");
  Append("top.txt", "ERROR top\n");
  auto process =
      Start({dir_, "ERROR", "--int", "0.02", "--recursive", "--json"});
  ASSERT_TRUE(
      Eventually([&] { return Count(process->Stdout(), "match") == 2; }));
  fs::rename(dir_ + "/web/a.txt", dir_ + "/web/old/a.txt");
  ASSERT_TRUE(
      Eventually([&] { return Count(process->Stdout(), "renamed") == 1; }));
  Append("web/old/a.txt", "ERROR 2\n");
  ASSERT_TRUE(
      Eventually([&] { return Count(process->Stdout(), "match") == 3; }));
  fs::remove_all(dir_ + "/web");
  ASSERT_TRUE(
      Eventually([&] { return Count(process->Stdout(), "removed") == 1; }));
  process->Signal(SIGTERM);
  EXPECT_EQ(process->Wait(), 0);
  EXPECT_THAT(Matches(*process),
              ElementsAre("top.txt:1 ERROR top", "web/a.txt:1 ERROR 1",
                          "web/old/a.txt:2 ERROR 2"));
  EXPECT_EQ(Told(*process, "renamed")[0]["from"], "web/a.txt");
}

TEST_F(RobustnessTest, FromEndCountsWhatItSkipsAndReadsLaterFilesWhole) {
  Append("a.txt", "ERROR old\nplain\n");
  auto process = Start({dir_, "ERROR", "--int", "0.02", "-n", "--json"});
  ASSERT_TRUE(
      Eventually([&] { return Count(process->Stdout(), "added") == 1; }));
  Append("a.txt", "ERROR new\n");
  ASSERT_TRUE(
      Eventually([&] { return Count(process->Stdout(), "match") == 1; }));
  Append("b.txt", "ERROR first\n");
  ASSERT_TRUE(
      Eventually([&] { return Count(process->Stdout(), "match") == 2; }));
  process->Signal(SIGTERM);
  EXPECT_EQ(process->Wait(), 0);
  EXPECT_THAT(Matches(*process),
              ElementsAre("a.txt:3 ERROR new", "b.txt:1 ERROR first"));
}

TEST_F(RobustnessTest, CommandLineWinsOverEnvironmentOverConfigFile) {
  const std::string config = work_dir_ + "/dirwatcher.toml";
  std::ofstream(config) << "dir = \"" << dir_ << "\"\n"
                        << "magic = [\"from file\"]\n"
                        << "ext = [\"log\"]\nint = 7\nonce = true\n"
                        << "json = true\n";
  auto process = Start({"--config", config, "--int", "9"}, [] {
    setenv("DIRWATCHER_INT", "8", 1);
    setenv("DIRWATCHER_EXT", "txt", 1);
  });
  EXPECT_EQ(process->Wait(), 0) << process->Stderr();
  const json started = Told(*process, "started")[0];
  EXPECT_EQ(started["interval"], 9);                 // command line
  EXPECT_EQ(started["ext"], json::array({".txt"}));  // environment
  EXPECT_EQ(started["magic"], json::array({"from file"}));
  EXPECT_EQ(started["dir"], dir_);
}

}  // namespace
}  // namespace dirwatcher
