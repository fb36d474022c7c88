// Real signals, passed on by JobRunner.

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "supervise/testing/job_test.h"

namespace dirwatcher {
namespace {

using ::testing::HasSubstr;

// Writes which signals it gets, ends after SIGTERM.
constexpr char kListener[] = R"(
import os, signal
log = os.open("got", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
numbers = [n for n in signal.valid_signals()
           if n not in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD)]
signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
open("ready", "w").write("x")
while True:
    n = signal.sigwaitinfo(numbers).si_signo
    os.write(log, b"%d\n" % n)
    if n == signal.SIGTERM:
        break
)";

class RunJobSignalsTest : public JobTest {
 protected:
  void StartListener() {
    Start({}, {"python3", "-c", kListener}, [] {
      // Who started the test may ignore what belongs to the C library (32), and
      // sigaction(3) cannot change that.
      const char defaults[32] = {};
      syscall(SYS_rt_sigaction, 32, defaults, nullptr, 8);
    });
    ASSERT_TRUE(Appears("ready"));
  }
};

TEST_F(RunJobSignalsTest, EverySignalIsPassedOnOnce) {
  StartListener();
  std::string expected;
  for (int number = 1; number <= SIGRTMAX; ++number) {
    const bool belongs_to_libc = number >= 32 && number < SIGRTMIN;
    if (number == SIGKILL || number == SIGSTOP || number == SIGCHLD ||
        number == SIGTERM || belongs_to_libc) {
      continue;
    }
    process_->Signal(number);
    absl::StrAppend(&expected, number, "\n");
    ASSERT_TRUE(Eventually([&] { return Read("got") == expected; }))
        << number << ": " << Read("got");
  }
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 0);
  EXPECT_EQ(Read("got"), expected + "15\n");
}

TEST_F(RunJobSignalsTest, TheLibrarysOwnSignalsDoNotEndUsBeforeTheCommand) {
  StartListener();
  for (int number = 32; number < SIGRTMIN; ++number) process_->Signal(number);
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 0);
  EXPECT_EQ(Read("got"), "15\n");
}

TEST_F(RunJobSignalsTest, AStormOfSignalsReachesTheCommand) {
  StartListener();
  for (int i = 0; i < 1000; ++i) process_->Signal(SIGRTMIN + 1 + i % 20);
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 0);
  const std::string got = Read("got");
  // SIGTERM, of a lower number, may overtake them.
  EXPECT_THAT(got, HasSubstr("15\n"));
}

TEST_F(RunJobSignalsTest, RealTimeSignalsAreCounted) {
  StartListener();
  for (int i = 0; i < 500; ++i) process_->Signal(SIGRTMIN + 1);
  std::string expected;
  for (int i = 0; i < 500; ++i) absl::StrAppend(&expected, SIGRTMIN + 1, "\n");
  EXPECT_TRUE(Eventually([&] { return Read("got") == expected; }));
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 0);
}

TEST_F(RunJobSignalsTest, TheWholeGroupIsTold) {
  Start({}, {"sh", "-c",
             // In this order, so that who is ready is not alone.
             "trap 'wait; echo outer >> got; exit 6' TERM; "
             "(trap 'echo inner >> got; exit' TERM; echo x > ready; "
             "while :; do sleep 0.01; done) & wait"});
  ASSERT_TRUE(Appears("ready"));
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 6);
  EXPECT_EQ(Read("got"), "inner\nouter\n");
}

TEST_F(RunJobSignalsTest, HasTheMaskAndDispositionsThatWeStartedWith) {
  EXPECT_EQ(Run({}, {"grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"},
                [] {
                  signal(SIGPIPE, SIG_DFL);
                  signal(SIGHUP, SIG_IGN);
                  signal(SIGUSR2, SIG_IGN);
                  sigset_t set;
                  sigemptyset(&set);
                  sigaddset(&set, SIGUSR1);
                  sigaddset(&set, SIGTERM);
                  sigprocmask(SIG_SETMASK, &set, nullptr);
                }),
            0);
  EXPECT_EQ(process_->Stdout(),
            "SigBlk:\t0000000000004200\nSigIgn:\t0000000000000801\n");
}

TEST_F(RunJobSignalsTest, AnIgnoredHangUpDoesNotEndTheRetries) {
  Start({"--retries", "1", "--delay", "0.01"},
        {"sh", "-c",
         "echo x >> n; [ $(wc -l < n) = 2 ] && exit 0; "
         "echo x > ready; sleep 0.2; exit 1"},
        [] { signal(SIGHUP, SIG_IGN); });
  ASSERT_TRUE(Appears("ready"));
  process_->Signal(SIGHUP);
  EXPECT_EQ(process_->Wait(), 0);
}

TEST_F(RunJobSignalsTest, ARequestToStopEndsTheRetries) {
  Start({"--retries", "5", "--delay", "0.01"},
        {"sh", "-c", "echo x >> n; sleep 1000"});
  ASSERT_TRUE(Appears("n"));
  process_->Signal(SIGINT);
  EXPECT_EQ(process_->Wait(), 128 + SIGINT);
  EXPECT_THAT(Report(), HasSubstr("tries: 1\nstop: 2\n"));
}

TEST_F(RunJobSignalsTest, ARequestToStopEndsTheWaitForTheNextTry) {
  Start({"--retries", "5", "--delay", "1000"}, {"sh", "-c", "exit 8"});
  ASSERT_TRUE(Eventually(
      [&] { return Report().find("trying again") != std::string::npos; }));
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 8);
  EXPECT_THAT(Report(), HasSubstr("stop: 15\n"));
}

TEST_F(RunJobSignalsTest, WhatComesBetweenTriesIsForTheNext) {
  Start({"--retries", "5", "--delay", "0.3"}, {"python3", "-c", R"(
import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
if not os.path.exists("ready"):
    open("ready", "w").write("x")
    sys.exit(1)
print(signal.sigtimedwait([signal.SIGUSR1], 60).si_signo)
)"},
        [] {
          // Or it would end the command before it is ready for it.
          sigset_t set;
          sigemptyset(&set);
          sigaddset(&set, SIGUSR1);
          sigprocmask(SIG_BLOCK, &set, nullptr);
        });
  ASSERT_TRUE(Eventually(
      [&] { return Report().find("trying again") != std::string::npos; }));
  process_->Signal(SIGUSR1);
  EXPECT_EQ(process_->Wait(), 0);
  EXPECT_EQ(process_->Stdout(), "10\n");
}

TEST_F(RunJobSignalsTest, ARequestThatWasThereBeforeKeepsItFromBeingStarted) {
  EXPECT_EQ(Run({}, {"sh", "-c", "echo run"},
                [] {
                  sigset_t set;
                  sigemptyset(&set);
                  sigaddset(&set, SIGTERM);
                  sigprocmask(SIG_BLOCK, &set, nullptr);
                  raise(SIGTERM);
                }),
            128 + SIGTERM);
  EXPECT_EQ(process_->Stdout(), "");
  EXPECT_THAT(Report(), HasSubstr("not started: SIGTERM came before"));
}

TEST_F(RunJobSignalsTest, ASecondRequestEndsTheWaitForAReader) {
  // As much as fits into the pipes and between.
  Start({"--grace", "1000"},
        {"sh", "-c", "seq 100000; echo x > ready; exec sleep 1000"}, [] {
          int fds[2];
          if (pipe(fds) != 0) _exit(99);
          dup2(fds[1], 1);
          close(fds[1]);  // fds[0] stays open, and nobody reads
        });
  ASSERT_TRUE(Appears("ready"));
  EXPECT_FALSE(process_->HasEnded());
  process_->Signal(SIGTERM);
  ASSERT_TRUE(Eventually([&] {
    process_->Signal(SIGTERM);
    return process_->HasEnded();
  }));
  EXPECT_EQ(process_->Wait(), 128 + SIGTERM);
  EXPECT_THAT(Report(), HasSubstr("lost: nobody reads it"));
}

TEST_F(RunJobSignalsTest,
       AReaderThatStandsStillIsWaitedForNoLongerAfterATimeout) {
  EXPECT_EQ(
      Run({"--timeout", "0.2", "--grace", "0.2"}, {"sh", "-c", "seq 10000000"},
          [] {
            int fds[2];
            if (pipe(fds) != 0) _exit(99);
            dup2(fds[1], 1);
            close(fds[1]);
          }),
      124);
}

}  // namespace
}  // namespace dirwatcher
