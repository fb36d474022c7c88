// Real commands, run by JobRunner.

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "supervise/testing/job_test.h"

namespace dirwatcher {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class RunJobTest : public JobTest {
 protected:
  int Shell(const std::string& script) { return Run({}, {"sh", "-c", script}); }

  void Script(const std::string& name, const std::string& text, mode_t mode) {
    std::ofstream(dir_ + "/" + name) << text;
    chmod((dir_ + "/" + name).c_str(), mode);
  }

  // Of a line "NAME: NUMBER" in the report.
  double Figure(const std::string& name) const {
    const std::string report = Report();
    double value = -1;
    const size_t at = report.find(name + ": ");
    const size_t start = at + name.size() + 2;
    EXPECT_TRUE(absl::SimpleAtod(
        report.substr(start, report.find('\n', at) - start), &value))
        << report;
    return value;
  }
};

TEST_F(RunJobTest, TellsTheExitCode) {
  for (const int code : {0, 1, 77, 255}) {
    EXPECT_EQ(Shell(absl::StrCat("exit ", code)), code);
    EXPECT_THAT(Report(), HasSubstr(absl::StrCat("end: exit code ", code)));
  }
}

TEST_F(RunJobTest, TellsTheSignalThatKilledIt) {
  const auto no_core = [] {
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
  };
  EXPECT_EQ(Run({}, {"sh", "-c", "kill -9 $$"}), 137);
  EXPECT_THAT(Report(), HasSubstr("killed by signal 9 (SIGKILL)\n"));
  EXPECT_EQ(Run({}, {"sh", "-c", "kill -SEGV $$"}, no_core), 139);
  EXPECT_THAT(Report(), HasSubstr("killed by signal 11 (SIGSEGV)\n"));
}

TEST_F(RunJobTest, TellsWhatIsMissingFromWhatMayNotBeRun) {
  Script("text", "no program", 0644);
  Script("no-interpreter", "#!/no/such/interpreter\n", 0755);
  EXPECT_EQ(Run({}, {"./missing"}), 127);
  EXPECT_EQ(Run({}, {"missing-along-the-path"}), 127);
  EXPECT_EQ(Run({}, {""}), 127);
  EXPECT_EQ(Run({}, {"./no-interpreter"}), 127);
  EXPECT_EQ(Run({}, {"./text"}), 126);
  EXPECT_EQ(Run({}, {"./text/below"}), 126);
  EXPECT_EQ(Run({}, {dir_}), 126);
  EXPECT_THAT(Report(),
              HasSubstr("end: cannot be executed: Permission denied"));
}

TEST_F(RunJobTest, AScriptWithoutAnInterpreterIsForTheShell) {
  Script("script", "echo \"$0\" \"$1\"", 0755);
  EXPECT_EQ(Run({}, {"./script", "a b"}), 0);
  EXPECT_EQ(process_->Stdout(), "./script a b\n");
  const std::string dir = dir_;
  EXPECT_EQ(Run({}, {"script", "x"},
                [dir] { setenv("PATH", (dir + ":/usr/bin:/bin").c_str(), 1); }),
            0);
  EXPECT_EQ(process_->Stdout(), dir_ + "/script x\n");
}

TEST_F(RunJobTest, FiftyMegabytesOnBothStreamsPassUnchanged) {
  ASSERT_EQ(Run({}, {"python3", "-c", R"(
import os, random, threading
random.seed(7)
def copy(fd, name):
    data = random.randbytes(50_000_000)
    open(name, "wb").write(data)
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view[:1_000_003]):]
threads = [threading.Thread(target=copy, args=a) for a in [(1, "o"), (2, "e")]]
for t in threads: t.start()
for t in threads: t.join()
)"}),
            0);
  const std::string output = process_->Stdout();
  EXPECT_EQ(output.size(), 50'000'000u);
  EXPECT_TRUE(output == Read("o"));
  EXPECT_TRUE(process_->Stderr() == Read("e"));
}

TEST_F(RunJobTest, StreamsThatLeadToOnePlaceKeepTheirOrder) {
  ASSERT_EQ(Run({},
                {"sh", "-c",
                 "i=0; while [ $i -lt 2000 ]; do echo o$i; echo e$i >&2; "
                 "i=$((i+1)); done"},
                [] { dup2(1, 2); }),
            0);
  std::string expected;
  for (int i = 0; i < 2000; ++i)
    absl::StrAppend(&expected, "o", i, "\ne", i, "\n");
  EXPECT_TRUE(process_->Stdout() == expected);
}

TEST_F(RunJobTest, ShowsTheLastLinesOfBothStreams) {
  ASSERT_EQ(Shell("seq 1000; printf unfinished; printf 'bad\n' >&2; exit 1"),
            1);
  EXPECT_THAT(Report(), HasSubstr("\n999\n1000\n"));
  EXPECT_THAT(Report(), HasSubstr("\nbad\n"));
  EXPECT_THAT(Report(), HasSubstr("\nunfinished\n"));
  EXPECT_THAT(Report(), Not(HasSubstr("\n900\n")));
}

TEST_F(RunJobTest, OneThatClosesItsStreamsRunsOn) {
  EXPECT_EQ(Shell("exec >&- 2>&-; sleep 0.1; echo ran > ran; exit 4"), 4);
  EXPECT_EQ(Read("ran"), "ran\n");
}

TEST_F(RunJobTest, AChildThatIsLeftBehindIsNotWaitedForAndLives) {
  EXPECT_EQ(Shell("sleep 1000 & echo $! > child; echo started"), 0);
  EXPECT_EQ(process_->Stdout(), "started\n");
  int child = 0;
  ASSERT_TRUE(absl::SimpleAtoi(Read("child"), &child));
  EXPECT_EQ(kill(child, SIGKILL), 0);
}

TEST_F(RunJobTest, HasTheStandardInputTheEnvironmentAndTheOtherDescriptors) {
  std::ofstream(dir_ + "/in") << "from input";
  std::ofstream(dir_ + "/other") << " from other";
  const std::string dir = dir_;
  EXPECT_EQ(Run({}, {"sh", "-c", "cat; cat <&9; echo \" $NOTIFY_SOCKET\""},
                [dir] {
                  dup2(open((dir + "/in").c_str(), O_RDONLY), 0);
                  dup2(open((dir + "/other").c_str(), O_RDONLY), 9);
                  setenv("NOTIFY_SOCKET", "kept", 1);
                }),
            0);
  EXPECT_EQ(process_->Stdout(), "from input from other kept\n");
}

TEST_F(RunJobTest, HasNoDescriptorsOfOurs) {
  EXPECT_EQ(Run({}, {"ls", "/proc/self/fd"}, [] { closefrom(3); }), 0);
  EXPECT_EQ(process_->Stdout(), "0\n1\n2\n3\n");  // 3: the folder itself
}

TEST_F(RunJobTest, AReaderThatHasGoneEndsTheCommandAsWithoutUs) {
  EXPECT_EQ(Run({}, {"yes"},
                [] {
                  int fds[2];
                  if (pipe(fds) != 0) _exit(99);
                  dup2(fds[1], 1);
                  close(fds[0]);
                  close(fds[1]);
                }),
            128 + SIGPIPE);
}

TEST_F(RunJobTest, AFullDiskEndsNothing) {
  EXPECT_EQ(Run({}, {"sh", "-c", "seq 100000; echo done >&2; exit 5"},
                [] { dup2(open("/dev/full", O_WRONLY), 1); }),
            5);
  EXPECT_EQ(process_->Stderr(), "done\n");
  EXPECT_THAT(Report(),
              HasSubstr("WARNING Output of the command is lost: write to "
                        "standard output: No space left on device\n"));
}

TEST_F(RunJobTest, OutputThatWasClosedIsKeptForTheTail) {
  EXPECT_EQ(Run({}, {"sh", "-c", "echo out; echo err >&2"},
                [] {
                  close(1);
                  close(2);
                }),
            0);
  EXPECT_THAT(Report(), HasSubstr("out\n"));
  EXPECT_THAT(Report(), HasSubstr("err\n"));
  EXPECT_THAT(Report(), Not(HasSubstr("WARNING")));
}

TEST_F(RunJobTest, ATimeoutEndsTheWholeGroup) {
  // The child ignores the request, its parent does not.
  EXPECT_EQ(Run({"--timeout", "0.5", "--grace", "1000"},
                {"sh", "-c",
                 "(trap '' TERM; while :; do sleep 0.01; done) & "
                 "echo $! > child; wait"}),
            124);
  EXPECT_THAT(Report(), HasSubstr("timed out after 0.5 s"));
  const std::string stat = absl::StrCat(
      "/proc/", absl::StripAsciiWhitespace(Read("child")), "/stat");
  // Whoever adopts it may let it lie for a while.
  EXPECT_TRUE(Eventually([&] {
    const std::string text = ReadFile(stat);
    return text.empty() || absl::StrContains(text, ") Z ");
  }));
}

TEST_F(RunJobTest, OneThatIgnoresTheRequestIsKilled) {
  EXPECT_EQ(Run({"--timeout", "0.1", "--grace", "0.1"},
                {"sh", "-c", "trap '' TERM; while :; do sleep 0.01; done"}),
            124);
  EXPECT_GE(Figure("seconds"), 0.2);
}

TEST_F(RunJobTest, OneThatEndsWellWhenAskedToHasTimedOutAllTheSame) {
  EXPECT_EQ(Run({"--timeout", "0.1", "--grace", "1000"},
                {"sh", "-c",
                 "trap 'echo asked; exit 0' TERM; while :; do sleep 0.01; "
                 "done"}),
            124);
  EXPECT_EQ(process_->Stdout(), "asked\n");
}

TEST_F(RunJobTest, OneThatIsStoppedTimesOut) {
  EXPECT_EQ(Run({"--timeout", "0.1", "--grace", "1000"},
                {"sh", "-c", "kill -STOP $$; sleep 1000"}),
            124);
}

TEST_F(RunJobTest, IsTriedAgainUntilItSucceeds) {
  EXPECT_EQ(Run({"--retries", "5", "--delay", "0.01"},
                {"sh", "-c",
                 "echo x >> n; echo try $(wc -l < n); "
                 "[ $(wc -l < n) = 3 ]"}),
            0);
  EXPECT_THAT(Report(), HasSubstr("tries: 3\n"));
  EXPECT_THAT(Report(), HasSubstr("tail:\ntry 3\n"));
  EXPECT_EQ(process_->Stdout(), "try 1\ntry 2\ntry 3\n");
}

TEST_F(RunJobTest, RetriesEndWithTheLastFailure) {
  EXPECT_EQ(Run({"--retries", "2", "--delay", "0.01", "--timeout", "0.1"},
                {"sh", "-c",
                 "echo x >> n; [ $(wc -l < n) = 3 ] && exit 9; "
                 "sleep 1000"}),
            9);
  EXPECT_THAT(Report(), HasSubstr("tries: 3\n"));
  EXPECT_EQ(Run({"--retries", "2"}, {"./missing"}), 127);
  EXPECT_THAT(Report(), HasSubstr("tries: 1\n"));
}

TEST_F(RunJobTest, TellsWhatItUsed) {
  EXPECT_EQ(Run({}, {"python3", "-c",
                     "import time\n"
                     "x = bytearray(b'x' * 100_000_000)\n"
                     "while time.process_time() < 0.3: pass"}),
            0);
  EXPECT_GT(Figure("memory"), 100e6);
  EXPECT_LT(Figure("memory"), 1000e6);
  EXPECT_GE(Figure("cpu"), 0.3);
  EXPECT_GE(Figure("seconds"), 0.29);
}

}  // namespace
}  // namespace dirwatcher
