// Actions, signals and the service manager, with the real dirwatcher.

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cmd/program_harness.h"
#include "env/unique_fd.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Not;

class DirwatcherActionsTest : public DirwatcherTest {
 protected:
  std::vector<std::string> Out() const {
    return absl::StrSplit(process_->Stdout(), '\n', absl::SkipEmpty());
  }
  bool AwaitLog(const std::string& text) const {
    return Eventually(
        [&] { return absl::StrContains(process_->Stderr(), text); });
  }
  bool AwaitOut(size_t lines) const {
    return Eventually([&] { return Out().size() >= lines; });
  }
  // Lets one reader of a FIFO go on.
  static void LetGo(const std::string& fifo) {
    EXPECT_TRUE(Eventually([&] {
      return UniqueFd(open(fifo.c_str(), O_WRONLY | O_NONBLOCK)).get() >= 0;
    }));
  }
  // Ends it as it should.
  void End() {
    process_->Signal(SIGTERM);
    EXPECT_EQ(process_->Wait(), 0) << process_->Stderr();
  }

  std::unique_ptr<Process> process_;
};

TEST_F(DirwatcherActionsTest, OnceDoesAllThatFollowsFromOnePoll) {
  Append("a.txt", "one magic\nnone\ntwo magic\n");
  Append("b.txt", "magic $(touch x) `id` ;\n");
  process_ =
      Start({"--once", "--on-match", "print",
             "{event} {file}:{line} {magic}: {text} {other}", "--on-added",
             "exec", "sh", "-c", "echo \"$DIRWATCHER_EVENT $DIRWATCHER_FILE\"",
             "--", dir_, "magic"});
  EXPECT_EQ(process_->Wait(), 0);
  EXPECT_THAT(Out(), ElementsAre("init", "added a.txt", "added b.txt",
                                 "match a.txt:1 magic: one magic {other}",
                                 "match a.txt:3 magic: two magic {other}",
                                 "match b.txt:1 magic: magic $(touch x) `id` ; "
                                 "{other}",
                                 "cleanup"));
}

TEST_F(DirwatcherActionsTest, FilesThatVanishHaveTheirAction) {
  Append("a.txt", "text\n");
  process_ = Start({"--int", "0.05", "--on-removed", "print", "gone: {file}",
                    "--", dir_, "magic"});
  ASSERT_TRUE(AwaitLog("Added file: a.txt"));
  std::filesystem::remove(dir_ + "/a.txt");
  EXPECT_TRUE(AwaitOut(2));
  End();
  EXPECT_THAT(Out(), ElementsAre("init", "gone: a.txt", "cleanup"));
}

TEST_F(DirwatcherActionsTest, JsonAndWhatActionsPrintAreWholeLines) {
  std::string content;
  for (int i = 0; i < 500; ++i) absl::StrAppend(&content, "magic ", i, "\n");
  Append("a.txt", content);
  process_ = Start({"--once", "--json", "--action-queue", "1000", "--on-match",
                    "print", "{\"event\":\"mine\",\"line\":{line}}", "--", dir_,
                    "magic"});
  EXPECT_EQ(process_->Wait(), 0);
  std::string json;
  for (const std::string& line : Out()) {
    if (line != "init" && line != "cleanup") absl::StrAppend(&json, line, "\n");
  }
  EXPECT_EQ(Count(json, "match"), 500);
  EXPECT_EQ(Count(json, "mine"), 500);
}

TEST_F(DirwatcherActionsTest, WatchingDoesNotWaitForActionsAndDropsTooMany) {
  const std::string fifo = work_dir_ + "/fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  process_ =
      Start({"--int", "0.05", "--action-queue", "2", "--on-match", "exec", "sh",
             "-c", absl::StrCat("echo run; : < ", fifo), "--", dir_, "magic"});
  Append("a.txt", "magic 1\n");
  ASSERT_TRUE(AwaitOut(1));
  Append("a.txt", "magic 2\nmagic 3\nmagic 4\nmagic 5\n");
  EXPECT_TRUE(
      AwaitLog("No action for 2 events, as too many wait; the first: "
               "match in a.txt:4\n"));
  End();
  EXPECT_THAT(process_->Stderr(),
              HasSubstr("Actions that waited and are dropped: 2\n"));
  EXPECT_THAT(Out(), ElementsAre("run"));
}

TEST_F(DirwatcherActionsTest, SeveralActionsAreDoneAtATime) {
  Append("a.txt", "magic 1\nmagic 2\nmagic 3\n");
  // Each waits until three have begun.
  process_ =
      Start({"--once", "--action-jobs", "3", "--on-match", "exec", "sh", "-c",
             absl::StrCat("cd ", work_dir_,
                          "; touch begun.$DIRWATCHER_LINE; "
                          "until [ -e begun.1 ] && [ -e begun.2 ] && "
                          "[ -e begun.3 ]; do sleep 0.01; done; "
                          "echo done"),
             "--", dir_, "magic"});
  EXPECT_EQ(process_->Wait(), 0);
  EXPECT_THAT(Out(), ElementsAre("done", "done", "done"));
}

TEST_F(DirwatcherActionsTest, SignalsHaveActions) {
  process_ = Start({"--usr1", "exec", "sh", "-c", "echo $FLAGMAN_SIGNAL",
                    "--hup", "print", "hup", "--", dir_, "magic"});
  ASSERT_TRUE(AwaitOut(1));
  process_->Signal(SIGUSR1);
  ASSERT_TRUE(AwaitOut(2));
  process_->Signal(SIGHUP);
  ASSERT_TRUE(AwaitOut(3));
  process_->Signal(SIGUSR2);  // has none
  ASSERT_TRUE(AwaitLog("Received SIGUSR2"));
  End();
  EXPECT_THAT(Out(), ElementsAre("init", "SIGUSR1", "hup", "cleanup"));
  EXPECT_THAT(process_->Stderr(),
              AllOf(Not(HasSubstr("Status:")), Not(HasSubstr("Reloaded"))));
}

TEST_F(DirwatcherActionsTest, OnceDoesAllHoweverManyThereAre) {
  std::string content;
  for (int i = 0; i < 300; ++i) absl::StrAppend(&content, "magic\n");
  Append("a.txt", content);
  process_ = Start({"--once", "--action-queue", "3", "--action-jobs", "2",
                    "--on-match", "print", "{line}", "--", dir_, "magic"});
  EXPECT_EQ(process_->Wait(), 0);
  EXPECT_EQ(Out().size(), 302u);
  EXPECT_THAT(process_->Stderr(), Not(HasSubstr("No action")));
}

TEST_F(DirwatcherActionsTest, SignalsAreServedWhileOnceWaitsForActions) {
  const std::string fifo = work_dir_ + "/fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  Append("a.txt", "magic\n");
  process_ = Start({"--once", "--action-jobs", "2", "--on-match", "exec", "sh",
                    "-c", absl::StrCat("echo run; : < ", fifo), "--usr2",
                    "print", "served", "--", dir_, "magic"});
  ASSERT_TRUE(AwaitOut(2));
  process_->Signal(SIGUSR2);
  process_->Signal(SIGUSR1);
  EXPECT_TRUE(AwaitOut(3));
  EXPECT_TRUE(AwaitLog("Status: 1 file, "));
  LetGo(fifo);
  EXPECT_EQ(process_->Wait(), 0);
  EXPECT_THAT(Out(), ElementsAre("init", "run", "served", "cleanup"));
}

TEST_F(DirwatcherActionsTest, SignalsDoNotWaitBehindEvents) {
  const std::string fifo = work_dir_ + "/fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  Append("a.txt", "magic 1\n");
  process_ = Start({"--int", "0.05", "--action-queue", "1", "--on-match",
                    "exec", "sh", "-c", absl::StrCat("echo run; : < ", fifo),
                    "--usr1", "print", "served", "--", dir_, "magic"});
  ASSERT_TRUE(AwaitOut(2));
  Append("a.txt", "magic 2\nmagic 3\n");
  ASSERT_TRUE(AwaitLog("No action for 1 event"));
  process_->Signal(SIGUSR1);
  ASSERT_TRUE(AwaitLog("Received SIGUSR1"));
  LetGo(fifo);
  ASSERT_TRUE(AwaitOut(4));
  EXPECT_EQ(Out()[2], "served");
}

TEST_F(DirwatcherActionsTest, ASignalWhoseActionsAreGoneMeansWhatItDidBefore) {
  process_ = Start(
      {"--hup", "print_once", "1", "--usr1", "nonsense", "--", dir_, "magic"});
  ASSERT_TRUE(AwaitOut(1));
  process_->Signal(SIGHUP);
  ASSERT_TRUE(AwaitOut(3));
  ASSERT_TRUE(AwaitLog("removing action `PrintOnceAction`"));
  process_->Signal(SIGHUP);
  EXPECT_TRUE(AwaitLog("Reloaded the configuration"));
  process_->Signal(SIGUSR1);
  EXPECT_TRUE(AwaitLog("Status: "));
}

TEST_F(DirwatcherActionsTest, PrintsAndLogsOnOneOutputInWholeLines) {
  std::string content;
  for (int i = 0; i < 500; ++i) {
    absl::StrAppend(&content, "magic ", std::string(3000, 'x'), "\n");
  }
  Append("a.txt", content);
  const std::string fifo = work_dir_ + "/out";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  const UniqueFd read_end(open(fifo.c_str(), O_RDONLY | O_NONBLOCK));
  process_ = Start({"--once", "--stdout", "--on-match", "print", "P {text}",
                    "--", dir_, "magic"},
                   [&fifo] { dup2(open(fifo.c_str(), O_WRONLY), 1); });
  // Slowly, a piece at a time.
  std::string out;
  char buffer[4096];
  EXPECT_TRUE(Eventually([&] {
    ssize_t n;
    while ((n = read(read_end.get(), buffer, sizeof(buffer))) > 0) {
      out.append(buffer, static_cast<size_t>(n));
    }
    return n == 0 && !out.empty();
  }));
  EXPECT_EQ(process_->Wait(), 0);
  int printed = 0;
  for (const absl::string_view line :
       absl::StrSplit(out, '\n', absl::SkipEmpty())) {
    const bool is_print = line.substr(0, 2) == "P ";
    printed += is_print ? 1 : 0;
    const bool is_whole = is_print ? line.size() == 3008
                                   : absl::StrContains(line, "] ") ||
                                         line == "init" || line == "cleanup";
    EXPECT_TRUE(is_whole) << line.substr(0, 80);
  }
  EXPECT_EQ(printed, 500);
}

TEST_F(DirwatcherActionsTest, AnActionThatCannotBeSetUpStopsTheStart) {
  process_ = Start({"--usr1", "print", "1", "--usr2", "delay_print", "x",
                    "soon", "--", dir_, "magic"});
  EXPECT_EQ(process_->Wait(), 1);
  EXPECT_THAT(Out(), ElementsAre("init", "cleanup"));
  EXPECT_THAT(process_->Stderr(),
              HasSubstr("Cannot set up `delay_print` for SIGUSR2: \"soon\" is "
                        "not a number of seconds"));
}

TEST_F(DirwatcherActionsTest, ASecondSignalEndsItAndAProgramThatIsStuck) {
  Append("a.txt", "magic\nmagic\nmagic\n");
  process_ = Start({"--on-match", "exec", "sh", "-c",
                    "trap '' TERM; echo $$; while :; do sleep 1000; done", "--",
                    dir_, "magic"});
  ASSERT_TRUE(AwaitOut(1));
  process_->Signal(SIGTERM);
  ASSERT_TRUE(AwaitLog("Received SIGTERM"));
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 128 + SIGTERM);
  EXPECT_EQ(Out().size(), 1u);
  EXPECT_TRUE(Eventually([this] {
    const std::string stat =
        ReadFile(absl::StrCat("/proc/", Out()[0], "/stat"));
    return stat.empty() || absl::StrContains(stat, ") Z ");
  }));
}

TEST_F(DirwatcherActionsTest, Usr1LogsAStatusLine) {
  Append("a.txt", "magic\n");
  process_ = Start({dir_, "magic"});
  ASSERT_TRUE(AwaitLog("Found \"magic\""));
  process_->Signal(SIGUSR1);
  EXPECT_TRUE(
      AwaitLog("Status: 1 file, 1 line, 1 match, 6 bytes; polls: 1, "
               "median "));
  End();
}

TEST_F(DirwatcherActionsTest, HupReloadsWhatCanBeChanged) {
  const std::string config = work_dir_ + "/config";
  std::ofstream(config) << "int = 1000\n";
  process_ = Start({"--watch", "poll", "--config", config, dir_, "magic"});
  ASSERT_TRUE(AwaitLog("Started dirwatcher"));
  std::ofstream(config) << "int = 0.05\nlog-level = debug\next = log\n";
  Append("a.txt", "magic\n");
  process_->Signal(SIGHUP);
  EXPECT_TRUE(AwaitLog("Reloaded the configuration"));
  EXPECT_THAT(process_->Stderr(), HasSubstr("Only a new start changes: ext\n"));
  EXPECT_TRUE(AwaitLog("Found \"magic\" in a.txt:1"));
  process_->Signal(SIGUSR2);
  EXPECT_TRUE(AwaitLog("The signal was sent by PID"));

  std::ofstream(config) << "int = nonsense\n";
  process_->Signal(SIGHUP);
  EXPECT_TRUE(AwaitLog("Cannot reload the configuration: "));
  EXPECT_THAT(process_->Stderr(),
              HasSubstr(":1: int = \"nonsense\": is not a number of seconds; "
                        "going on as before\n"));
  End();
}

TEST_F(DirwatcherActionsTest, HupAlsoOpensALogThatWasMovedAway) {
  const std::string log = work_dir_ + "/log";
  process_ = Start({"--log-file", log, dir_, "magic"});
  ASSERT_TRUE(Eventually(
      [&] { return absl::StrContains(ReadFile(log), "Started dirwatcher"); }));
  std::filesystem::rename(log, log + ".old");
  process_->Signal(SIGHUP);
  EXPECT_TRUE(
      Eventually([&] { return absl::StrContains(ReadFile(log), "Reloaded"); }));
  End();
}

TEST_F(DirwatcherActionsTest, LogsToStandardOutputAsWell) {
  Append("a.txt", "magic\n");
  process_ = Start({"--once", "--stdout", dir_, "magic"});
  EXPECT_EQ(process_->Wait(), 0);
  EXPECT_EQ(Texts(process_->Stdout()), Texts(process_->Stderr()));
  EXPECT_THAT(Texts(process_->Stdout()).size(), Gt(8u));
}

TEST_F(DirwatcherActionsTest, SystemLogsThatAreAbsentAreOneWarningEach) {
  if (std::filesystem::exists("/dev/log") ||
      std::filesystem::exists("/run/systemd/journal/socket")) {
    GTEST_SKIP() << "this machine has a system log";
  }
  process_ = Start({"--once", "--syslog", "--journald", dir_, "magic"});
  EXPECT_EQ(process_->Wait(), 0);
  int warnings = 0;
  for (const std::string& text : Texts(process_->Stderr())) {
    warnings += absl::StartsWith(text, "Cannot log to ") ? 1 : 0;
  }
  EXPECT_EQ(warnings, 2) << process_->Stderr();
}

TEST_F(DirwatcherActionsTest, TellsTheServiceManager) {
  std::string dir = "/tmp/dirwatcher.XXXXXX";  // short enough for a socket
  ASSERT_NE(mkdtemp(&dir[0]), nullptr);
  const std::string path = dir + "/notify";
  const UniqueFd fd(
      socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  struct sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  memcpy(address.sun_path, path.data(), path.size());
  ASSERT_EQ(bind(fd.get(), reinterpret_cast<struct sockaddr*>(&address),
                 sizeof(address)),
            0);
  std::vector<std::string> received;
  const auto await = [&](const std::string& message) {
    return Eventually([&] {
      char buffer[4096];
      for (ssize_t n; (n = recv(fd.get(), buffer, sizeof(buffer), 0)) >= 0;) {
        const std::string text(buffer, static_cast<size_t>(n));
        if (text != "WATCHDOG=1") received.push_back(text);
      }
      return !received.empty() && absl::StartsWith(received.back(), message);
    });
  };
  process_ = Start({dir_, "magic"}, [&path] {
    setenv("NOTIFY_SOCKET", path.c_str(), 1);
    setenv("WATCHDOG_USEC", "1000000", 1);
  });
  EXPECT_TRUE(await("READY=1"));
  process_->Signal(SIGUSR1);
  EXPECT_TRUE(await("STATUS=0 files, 0 lines"));
  process_->Signal(SIGHUP);
  EXPECT_TRUE(await("READY=1"));
  ASSERT_GE(received.size(), 2u);
  EXPECT_THAT(received[received.size() - 2],
              testing::StartsWith("RELOADING=1\nMONOTONIC_USEC="));
  End();
  EXPECT_TRUE(await("STOPPING=1"));
  EXPECT_EQ(received.size(), 5u);
  std::filesystem::remove_all(dir);
}

}  // namespace
}  // namespace dirwatcher
