#include "env/program.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "env/interrupt_flag.h"
#include "env/system_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::HasSubstr;

class ProgramTest : public testing::Test {
 protected:
  ProgramTest() : out_(absl::StrCat(testing::TempDir(), "/out.", getpid())) {
    unlink(out_.c_str());
  }
  ~ProgramTest() override { unlink(out_.c_str()); }

  // A shell that runs `script`, to which $OUT is a file.
  Program Shell(const std::string& script) const {
    Program program;
    program.command = {"sh", "-c", script};
    program.environment = {{"OUT", out_}};
    return program;
  }

  absl::StatusOr<ProgramEnd> Run(const Program& program) {
    return RunProgram(program, interrupt_, &groups_);
  }

  std::string Out() const {
    std::ifstream file(out_);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }

  // Waits until the program has written something.
  std::string AwaitOut() const {
    const InterruptFlag never = *InterruptFlag::Create();
    for (int i = 0; i < 6000 && Out().empty(); ++i) {
      never.WaitFor(absl::Milliseconds(10));
    }
    return Out();
  }

  // Runs the program in a thread, interrupts it when it has written something.
  absl::StatusOr<ProgramEnd> RunAndInterrupt(const Program& program) {
    absl::StatusOr<ProgramEnd> end = absl::UnknownError("");
    std::thread thread([&] { end = Run(program); });
    EXPECT_NE(AwaitOut(), "");
    interrupt_.Raise();
    thread.join();
    return end;
  }

  const std::string out_;
  InterruptFlag interrupt_ = *InterruptFlag::Create();
  ProgramGroups groups_;
};

TEST_F(ProgramTest, TellsTheExitCode) {
  for (const int code : {0, 1, 77, 255}) {
    const absl::StatusOr<ProgramEnd> end =
        Run(Shell(absl::StrCat("exit ", code)));
    ASSERT_TRUE(end.ok()) << end.status();
    EXPECT_EQ(end->exit_code, code);
    EXPECT_EQ(end->signal_number, 0);
    EXPECT_FALSE(end->interrupted);
  }
}

TEST_F(ProgramTest, TellsTheSignalThatEndedIt) {
  const absl::StatusOr<ProgramEnd> end = Run(Shell("kill -9 $$"));
  ASSERT_TRUE(end.ok());
  EXPECT_EQ(end->signal_number, SIGKILL);
  EXPECT_FALSE(end->interrupted);
}

TEST_F(ProgramTest, ArgumentsPassThroughNoShell) {
  Program program;
  program.command = {"sh", "-c",  "printf '%s|' \"$@\" > \"$OUT\"",
                     "sh", "a b", "$HOME",
                     "",   "*",   "'\"\n"};
  program.environment = {{"OUT", out_}};
  ASSERT_TRUE(Run(program).ok());
  EXPECT_EQ(Out(), "a b|$HOME||*|'\"\n|");
}

TEST_F(ProgramTest, TheEnvironmentIsThisOneAndWhatIsAdded) {
  setenv("PROGRAM_TEST_KEPT", "kept", 1);
  setenv("PROGRAM_TEST_OTHER", "old", 1);
  setenv("PROGRAM_TEST_OTHER_ONE", "stays", 1);
  Program program = Shell(
      "echo $PROGRAM_TEST_KEPT $PROGRAM_TEST_OTHER $PROGRAM_TEST_OTHER_ONE "
      "> \"$OUT\"");
  program.environment.emplace_back("PROGRAM_TEST_OTHER", "new=x");
  ASSERT_TRUE(Run(program).ok());
  EXPECT_EQ(Out(), "kept new=x stays\n");
}

TEST_F(ProgramTest, NamesAProgramThatIsNotThere) {
  Program program;
  program.command = {"/no/such/program"};
  const absl::Status status = Run(program).status();
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("/no/such/program"));
  program.command = {"no-such-program-in-path"};
  EXPECT_TRUE(absl::IsNotFound(Run(program).status()));
}

TEST_F(ProgramTest, NamesAFileThatIsNoProgram) {
  std::ofstream(out_) << "text";
  chmod(out_.c_str(), 0644);
  Program program;
  program.command = {out_};
  EXPECT_TRUE(absl::IsPermissionDenied(Run(program).status()));
}

TEST_F(ProgramTest, BeginsWithNoSignalBlockedOrIgnored) {
  signal(SIGPIPE, SIG_IGN);
  signal(SIGUSR2, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGUSR1);
  sigset_t old;
  pthread_sigmask(SIG_BLOCK, &set, &old);
  // Not through a shell, which clears the mask itself.
  Program program;
  program.command = {"cp", "/proc/self/status", out_};
  ASSERT_TRUE(Run(program).ok());
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
  signal(SIGPIPE, SIG_DFL);
  signal(SIGUSR2, SIG_DFL);
  EXPECT_THAT(Out(), HasSubstr("\nSigBlk:\t0000000000000000\n"));
  EXPECT_THAT(Out(), HasSubstr("\nSigIgn:\t0000000000000000\n"));
}

TEST_F(ProgramTest, IsInAGroupOfItsOwn) {
  ASSERT_TRUE(Run(Shell("cut -d' ' -f1,5 /proc/$$/stat > \"$OUT\"")).ok());
  int pid = 0;
  int group = 0;
  ASSERT_EQ(sscanf(Out().c_str(), "%d %d", &pid, &group), 2) << Out();
  EXPECT_EQ(pid, group);
}

TEST_F(ProgramTest, IsAskedToEndWhenItIsInterrupted) {
  const absl::StatusOr<ProgramEnd> end = RunAndInterrupt(Shell(
      "trap 'echo asked >> \"$OUT\"; exit 3' TERM; echo ready > \"$OUT\"; "
      "while :; do sleep 0.01; done"));
  ASSERT_TRUE(end.ok());
  EXPECT_TRUE(end->interrupted);
  EXPECT_EQ(end->exit_code, 3);
  EXPECT_EQ(Out(), "ready\nasked\n");
}

TEST_F(ProgramTest, IsKilledWhenItDoesNotEnd) {
  Program program = Shell(
      "trap '' TERM; echo ready > \"$OUT\"; while :; do sleep 0.01; done");
  program.grace = absl::Milliseconds(20);
  const absl::StatusOr<ProgramEnd> end = RunAndInterrupt(program);
  ASSERT_TRUE(end.ok());
  EXPECT_EQ(end->signal_number, SIGKILL);
}

TEST_F(ProgramTest, ItsChildrenEndWithIt) {
  // The child ignores the request, its parent does not.
  const absl::StatusOr<ProgramEnd> end =
      RunAndInterrupt(Shell("(trap '' TERM; while :; do sleep 0.01; done) & "
                            "echo $! > \"$OUT\"; wait"));
  ASSERT_TRUE(end.ok());
  int child = 0;
  ASSERT_TRUE(absl::SimpleAtoi(Out(), &child));
  const InterruptFlag never = *InterruptFlag::Create();
  // Whoever adopts it may let it lie for a while.
  const auto is_alive = [child] {
    std::ifstream stat(absl::StrCat("/proc/", child, "/stat"));
    std::string pid, name, state;
    return (stat >> pid >> name >> state) && state != "Z";
  };
  for (int i = 0; i < 6000 && is_alive(); ++i) {
    never.WaitFor(absl::Milliseconds(10));
  }
  EXPECT_FALSE(is_alive());
}

TEST_F(ProgramTest, OneThatIsInterruptedBeforeItStartsIsNotStarted) {
  interrupt_.Raise();
  const absl::StatusOr<ProgramEnd> end = Run(Shell("echo run > \"$OUT\""));
  ASSERT_TRUE(end.ok());
  EXPECT_TRUE(end->interrupted);
  EXPECT_EQ(Out(), "");
}

TEST_F(ProgramTest, ReadsNothingAndTellsNoManager) {
  setenv("NOTIFY_SOCKET", "/x", 1);
  setenv("WATCHDOG_USEC", "1", 1);
  setenv("WATCHDOG_PID", "1", 1);
  ASSERT_TRUE(Run(Shell("readlink /proc/$$/fd/0 > \"$OUT\"; "
                        "env | grep -E '^(NOTIFY|WATCHDOG)_' >> \"$OUT\""))
                  .ok());
  unsetenv("NOTIFY_SOCKET");
  unsetenv("WATCHDOG_USEC");
  unsetenv("WATCHDOG_PID");
  EXPECT_EQ(Out(), "/dev/null\n");
}

TEST_F(ProgramTest, OneThatIsStoppedEndsWhenItIsInterrupted) {
  Program program = Shell("echo ready > \"$OUT\"; kill -STOP $$; sleep 1000");
  program.grace = absl::InfiniteDuration();
  const absl::StatusOr<ProgramEnd> end = RunAndInterrupt(program);
  ASSERT_TRUE(end.ok());
  EXPECT_EQ(end->signal_number, SIGTERM);
}

TEST_F(ProgramTest, AllCanBeKilledAtOnce) {
  absl::StatusOr<ProgramEnd> end = absl::UnknownError("");
  std::thread thread([&] {
    end = Run(Shell("trap '' TERM; echo ready > \"$OUT\"; sleep 1000"));
  });
  EXPECT_NE(AwaitOut(), "");
  groups_.KillAll();
  thread.join();
  ASSERT_TRUE(end.ok());
  EXPECT_EQ(end->signal_number, SIGKILL);
  EXPECT_FALSE(end->interrupted);
  groups_.KillAll();  // nobody is left
  EXPECT_TRUE(absl::IsCancelled(Run(Shell("echo again > \"$OUT\"")).status()));
  EXPECT_EQ(Out(), "ready\n");
}

}  // namespace
}  // namespace dirwatcher
