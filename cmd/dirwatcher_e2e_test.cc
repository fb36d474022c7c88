// Runs the real program as a user or a service manager would, and looks at what
// it writes and how it ends.

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "cmd/program_harness.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace dirwatcher {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

TEST_F(DirwatcherTest, OncePollsAndTellsEverythingAndEndsWithZero) {
  Append("app.log", "fine\nan ERROR here\n");
  Append("app.txt", "ERROR\n");
  auto process = Start({dir_, "ERROR", "--once", "--ext", "log"});
  EXPECT_EQ(process->Wait(), 0);
  EXPECT_EQ(process->Stdout(), "");
  const std::string rule(60, '-');
  EXPECT_THAT(
      Texts(process->Stderr()),
      ElementsAre(rule, StartsWith("Started dirwatcher "), "Directory: " + dir_,
                  "Extensions: .log", "Magic: \"ERROR\"", "Interval: 1s", rule,
                  "Watching " + dir_, "Added file: app.log",
                  "Found \"ERROR\" in app.log:2: an ERROR here", rule,
                  "Stopped dirwatcher", StartsWith("Uptime was 0:0"),
                  "Files: 1, lines: 2, matches: 1, bytes: 19",
                  StartsWith("Polls: 1, median "), rule));
}

TEST_F(DirwatcherTest, TellsOfPollsAndOfLatencyByWhatNoticedTheLines) {
  Append("a.txt", "ERROR: was there before\n");
  // Before the program starts.
  fs::last_write_time(dir_ + "/a.txt", fs::last_write_time(dir_ + "/a.txt") -
                                           std::chrono::hours(1));
  // What is written under a name elsewhere is noticed by a poll only.
  const std::string elsewhere = work_dir_ + "/elsewhere";
  std::ofstream(elsewhere) << "nothing yet\n";
  fs::create_hard_link(elsewhere, dir_ + "/c.txt");
  const auto latencies = [&](const std::vector<std::string>& how) {
    std::vector<std::string> arguments = {dir_, "ERROR", "--json"};
    arguments.insert(arguments.end(), how.begin(), how.end());
    auto process = Start(arguments);
    const auto wait_for = [&process](int matches) {
      EXPECT_TRUE(Eventually(
          [&] { return Count(process->Stdout(), "match") >= matches; }));
    };
    wait_for(1);
    // The clock that stamps files may be behind the one of the program.
    const auto seen = fs::file_time_type::clock::now();
    const std::string stamp = work_dir_ + "/stamp";
    EXPECT_TRUE(Eventually([&] {
      std::ofstream(stamp) << "now";
      return fs::last_write_time(stamp) > seen;
    }));
    Append("b.txt", "ERROR 1\nERROR 2\n");
    wait_for(3);
    std::ofstream(elsewhere, std::ios::app) << "ERROR 3\n";
    process->Signal(SIGTERM);
    EXPECT_EQ(process->Wait(), 0);
    EXPECT_EQ(Count(process->Stdout(), "match"), 4);
    fs::remove(dir_ + "/b.txt");
    std::ofstream(elsewhere) << "nothing again\n";
    const std::vector<std::string> texts = Texts(process->Stderr());
    EXPECT_THAT(texts, Contains(MatchesRegex(
                           "Polls: [0-9]+, median .*s, 99 % .*s, longest "
                           ".*s")));
    std::vector<std::string> found;
    for (const std::string& text : texts) {
      if (!absl::StartsWith(text, "Latency by ")) continue;
      EXPECT_THAT(text, HasSubstr(", median "));
      found.push_back(text.substr(0, text.find(',')));
    }
    return found;
  };
  EXPECT_THAT(latencies({"--int", "3600", "--watch", "inotify"}),
              ElementsAre("Latency by notification: 2", "Latency by poll: 1"));
  EXPECT_THAT(latencies({"--int", "0.01", "--watch", "poll"}),
              ElementsAre("Latency by poll: 3"));
}

TEST_F(DirwatcherTest, JsonGoesToStandardOutput) {
  Append("a.txt", "ERROR\n");
  auto process = Start({dir_, "ERROR", "--once", "--json"});
  EXPECT_EQ(process->Wait(), 0);
  EXPECT_THAT(
      Kinds(process->Stdout()),
      ElementsAre("started", "directory_found", "added", "match", "stopped"));
  EXPECT_THAT(process->Stdout(), HasSubstr("\"signal\":null"));
}

TEST_F(DirwatcherTest, AnExpressionJudgesTheUnfinishedLineAtTheEnd) {
  Append("a.txt", "an ERROR");
  auto process = Start({dir_, "ERROR$", "--regex", "--once", "--json"});
  EXPECT_EQ(process->Wait(), 0);
  EXPECT_THAT(
      Kinds(process->Stdout()),
      ElementsAre("started", "directory_found", "added", "match", "stopped"));
}

TEST_F(DirwatcherTest, EndsWithZeroOnASignalAndNamesIt) {
  for (const int number : {SIGINT, SIGTERM}) {
    const std::string name = number == SIGINT ? "SIGINT" : "SIGTERM";
    auto process = Start({dir_, "ERROR", "--int", "3600", "--json"});
    ASSERT_TRUE(Eventually([&] {
      return absl::StrContains(process->Stdout(), "directory_found");
    }));
    process->Signal(number);
    EXPECT_EQ(process->Wait(), 0);  // long before the interval is over
    EXPECT_THAT(process->Stderr(), HasSubstr("] Received " + name + "\n"));
    EXPECT_THAT(process->Stderr(), HasSubstr("] Started dirwatcher "));
    EXPECT_THAT(process->Stderr(), HasSubstr("] Stopped dirwatcher\n"));
    EXPECT_THAT(process->Stderr(), HasSubstr("] Uptime was 0:00:"));
    EXPECT_THAT(process->Stdout(),
                HasSubstr(absl::StrCat("\"signal\":\"", name, "\"")));
  }
}

TEST_F(DirwatcherTest, TellsWhatWasWrittenBeforeTheSignal) {
  auto process =
      Start({dir_, "ERROR", "--int", "3600", "--watch", "poll", "--json"});
  ASSERT_TRUE(Eventually(
      [&] { return absl::StrContains(process->Stdout(), "directory_found"); }));
  Append("a.txt", "ERROR\n");
  process->Signal(SIGTERM);
  EXPECT_EQ(process->Wait(), 0);
  EXPECT_THAT(
      Kinds(process->Stdout()),
      ElementsAre("started", "directory_found", "added", "match", "stopped"));
}

TEST_F(DirwatcherTest, ComplainsAtEveryIntervalUntilTheDirectoryIsThere) {
  fs::remove(dir_);
  auto process = Start({dir_, "ERROR", "--int", "3600", "--retry", "0.01"});
  ASSERT_TRUE(Eventually([&] {
    const std::vector<std::string> texts = Texts(process->Stderr());
    return std::count(texts.begin(), texts.end(),
                      "Directory not found: " + dir_) >= 3;
  }));
  fs::create_directory(dir_);
  ASSERT_TRUE(Eventually([&] {
    return absl::StrContains(process->Stderr(), "Watching " + dir_);
  }));
  process->Signal(SIGTERM);
  EXPECT_EQ(process->Wait(), 0);
}

TEST_F(DirwatcherTest, WrongUsageIsOneLineAndStatusTwo) {
  auto process = Start({dir_, "ERROR", "--int", "0"});
  EXPECT_EQ(process->Wait(), 2);
  EXPECT_EQ(process->Stderr(),
            "dirwatcher: --int \"0\": must be more than 0 seconds\n");
  EXPECT_EQ(process->Stdout(), "");
}

TEST_F(DirwatcherTest, LogFileThatCannotBeOpenedIsOneLineAndStatusOne) {
  auto process = Start({dir_, "ERROR", "--log-file", dir_ + "/no/x.log"});
  EXPECT_EQ(process->Wait(), 1);
  EXPECT_EQ(process->Stderr(),
            absl::StrCat("dirwatcher: --log-file \"", dir_,
                         "/no/x.log\": open log file ", dir_,
                         "/no/x.log: No such file or directory\n"));
}

TEST_F(DirwatcherTest, WatchInotifyDoesNotStartWhereThatCannotWork) {
  auto process = Start({"/proc/self", "ERROR", "--watch", "inotify", "--once"});
  EXPECT_EQ(process->Wait(), 1);
  EXPECT_EQ(process->Stderr(),
            "dirwatcher: --watch \"inotify\": observe /proc/self: this kind of "
            "file system does not tell of every change\n");
  process = Start({dir_, "ERROR", "--watch", "inotify", "--once"});
  EXPECT_EQ(process->Wait(), 0);
}

TEST_F(DirwatcherTest, WithALogFileStandardErrorIsSilent) {
  const std::string log = work_dir_ + "/x.log";
  auto process = Start({dir_, "ERROR", "--once", "--log-file", log});
  EXPECT_EQ(process->Wait(), 0);
  EXPECT_EQ(process->Stderr(), "");
  EXPECT_THAT(ReadFile(log), HasSubstr("] Stopped dirwatcher\n"));
}

TEST_F(DirwatcherTest, LogLevelHidesWhatIsBelowIt) {
  Append("a.txt", "ERROR\n");
  auto process = Start({dir_, "ERROR", "--once", "--log-level", "warning"});
  EXPECT_EQ(process->Wait(), 0);
  EXPECT_EQ(process->Stderr(), "");
}

TEST_F(DirwatcherTest, SurvivesStandardOutputThatIsClosedOrFull) {
  Append("a.txt", "ERROR\n");
  const std::vector<std::pair<std::function<void()>, std::string>> cases = {
      {[] { close(1); }, "Bad file descriptor"},
      {[] { dup2(open("/dev/full", O_WRONLY), 1); }, "No space left on device"},
      {[] {
         int fds[2];
         if (pipe(fds) != 0) _exit(126);
         dup2(fds[1], 1);
         close(fds[0]);
         close(fds[1]);
       },
       "Broken pipe"}};
  for (const auto& [prepare, reason] : cases) {
    auto process = Start({dir_, "ERROR", "--once", "--json"}, prepare);
    EXPECT_EQ(process->Wait(), 0);
    EXPECT_THAT(
        process->Stderr(),
        HasSubstr("Cannot write events: write to standard output: " + reason));
    EXPECT_THAT(process->Stderr(), HasSubstr("] Stopped dirwatcher\n"));
    EXPECT_THAT(process->Stderr(), HasSubstr("] 5 events were dropped\n"));
  }
}

TEST_F(DirwatcherTest, SurvivesStandardErrorThatIsClosedOrFull) {
  Append("a.txt", "ERROR\n");
  const std::vector<std::function<void()>> cases = {
      [] { close(2); },
      [] {
        close(0);
        close(2);
      },
      [] { dup2(open("/dev/full", O_WRONLY), 2); }};
  for (const auto& prepare : cases) {
    auto process = Start({dir_, "ERROR", "--once", "--json"}, prepare);
    EXPECT_EQ(process->Wait(), 0);
    EXPECT_THAT(
        Kinds(process->Stdout()),
        ElementsAre("started", "directory_found", "added", "match", "stopped"));
  }
  EXPECT_EQ(ReadFile(dir_ + "/a.txt"), "ERROR\n");
}

TEST_F(DirwatcherTest, ReaderThatStandsStillCannotKeepItFromEnding) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) absl::StrAppend(&text, "ERROR ", i, "\n");
  Append("a.txt", text);  // far more events than a pipe holds
  const std::string fifo = work_dir_ + "/fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  const int reader = open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  auto process = Start({dir_, "ERROR", "--json"},
                       [&fifo] { dup2(open(fifo.c_str(), O_WRONLY), 1); });
  // It has something to write and waits for the reader.
  ASSERT_TRUE(Eventually([&] {
    int bytes = 0;
    return ioctl(reader, FIONREAD, &bytes) == 0 && bytes >= 60'000;
  }));
  process->Signal(SIGTERM);
  EXPECT_EQ(process->Wait(), 0);
  EXPECT_THAT(process->Stderr(),
              HasSubstr("Cannot write events: write to standard output: "
                        "nobody reads, and the program is to end"));
  EXPECT_THAT(process->Stderr(), HasSubstr("] Stopped dirwatcher\n"));
  close(reader);
}

// How often a process has waited for something.
int64_t WaitsOf(pid_t pid) {
  std::ifstream status(absl::StrCat("/proc/", pid, "/status"));
  const std::string key = "voluntary_ctxt_switches:";
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(key, 0) == 0) return std::stoll(line.substr(key.size()));
  }
  return 0;
}

TEST_F(DirwatcherTest, OnceWaitsForAReaderThatIsSlow) {
  constexpr int kLines = 20'000;
  std::string text;
  for (int i = 0; i < kLines; ++i) absl::StrAppend(&text, "ERROR ", i, "\n");
  Append("a.txt", text);  // far more events than a pipe holds
  const std::string fifo = work_dir_ + "/fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  const int reader = open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  auto process = Start({dir_, "ERROR", "--json", "--once"},
                       [&fifo] { dup2(open(fifo.c_str(), O_WRONLY), 1); });
  ASSERT_TRUE(Eventually([&] {
    int bytes = 0;
    return ioctl(reader, FIONREAD, &bytes) == 0 && bytes >= 60'000;
  }));
  // It looks for signals 20 times a second while it waits, and would give up
  // after half a second if it were ending.
  const int64_t waits = WaitsOf(process->pid());
  ASSERT_TRUE(Eventually([&] {
    return process->HasEnded() || WaitsOf(process->pid()) >= waits + 20;
  }));
  ASSERT_EQ(fcntl(reader, F_SETFL, 0), 0);
  std::string told;
  char buffer[65536];
  for (ssize_t n; (n = read(reader, buffer, sizeof(buffer))) > 0;) {
    told.append(buffer, static_cast<size_t>(n));
  }
  EXPECT_EQ(process->Wait(), 0);
  int64_t matches = 0;
  for (const absl::string_view line : absl::StrSplit(told, '\n')) {
    matches += absl::StrContains(line, "\"event\":\"match\"");
  }
  EXPECT_EQ(matches, kLines);
  close(reader);
}

TEST_F(DirwatcherTest, ReaderThatStandsStillFromTheStartCannotEither) {
  const std::string fifo = work_dir_ + "/fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  const int reader = open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  const int filler = open(fifo.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  ASSERT_GE(filler, 0);
  auto process = Start({dir_, "ERROR", "--json", "--int", "3600"},
                       [&fifo] { dup2(open(fifo.c_str(), O_WRONLY), 1); });
  int bytes = 0;
  ASSERT_TRUE(Eventually(
      [&] { return ioctl(reader, FIONREAD, &bytes) == 0 && bytes > 100; }));
  while (write(filler, "x", 1) == 1) {
  }
  process->Signal(SIGTERM);
  EXPECT_EQ(process->Wait(), 0);
  EXPECT_THAT(process->Stderr(), HasSubstr("] Stopped dirwatcher\n"));
  close(filler);
  close(reader);
}

TEST_F(DirwatcherTest, TerminalThatNobodyReadsHoldsUpNothing) {
  std::string text;
  for (int i = 0; i < 3000; ++i) absl::StrAppend(&text, "ERROR ", i, "\n");
  const int reader = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  ASSERT_EQ(grantpt(reader), 0);
  ASSERT_EQ(unlockpt(reader), 0);
  const std::string terminal = ptsname(reader);
  auto process = Start({dir_, "ERROR", "--json"}, [&terminal] {
    dup2(open(terminal.c_str(), O_WRONLY | O_NOCTTY), 2);
  });
  Append("a.txt", text);
  ASSERT_TRUE(
      Eventually([&] { return Count(process->Stdout(), "match") == 3000; }));
  process->Signal(SIGTERM);
  EXPECT_EQ(process->Wait(), 0);
  close(reader);
}

TEST_F(DirwatcherTest, SecondSignalEndsAShutdownThatTakesLong) {
  // A hole of a size that takes hours to read.
  Append("a.txt", "ERROR\n");
  fs::resize_file(dir_ + "/a.txt", uintmax_t{1} << 40);
  auto process = Start({dir_, "ERROR", "--json"});
  ASSERT_TRUE(
      Eventually([&] { return Count(process->Stdout(), "match") == 1; }));
  ASSERT_TRUE(Eventually([&] {
    process->Signal(SIGTERM);
    return process->HasEnded();
  }));
  EXPECT_EQ(process->Wait(), 128 + SIGTERM);
}

TEST_F(DirwatcherTest, HelpThatCannotBeShownIsAFailure) {
  auto process =
      Start({"--help"}, [] { dup2(open("/dev/full", O_WRONLY), 1); });
  EXPECT_EQ(process->Wait(), 1);
  process = Start({"--help"});
  EXPECT_EQ(process->Wait(), 0);
  EXPECT_THAT(process->Stdout(), StartsWith("Usage: dirwatcher "));
}

TEST_F(DirwatcherTest, RelativePathsStartWhereBazelRunWasCalled) {
  auto process = Start({"watched", "ERROR", "--once"}, [this] {
    setenv("BUILD_WORKING_DIRECTORY", work_dir_.c_str(), 1);
  });
  EXPECT_EQ(process->Wait(), 0);
  EXPECT_THAT(process->Stderr(), HasSubstr("] Watching watched\n"));
}

}  // namespace
}  // namespace dirwatcher
