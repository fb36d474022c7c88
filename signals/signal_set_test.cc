#include "signals/signal_set.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;

TEST(SignalName, IsTheKernelsName) {
  EXPECT_EQ(SignalName(SIGTERM), "SIGTERM");
  EXPECT_EQ(SignalName(SIGINT), "SIGINT");
  EXPECT_EQ(SignalName(SIGHUP), "SIGHUP");
  EXPECT_EQ(SignalName(SIGUSR1), "SIGUSR1");
  EXPECT_EQ(SignalName(SIGRTMIN), "SIGRTMIN");
  EXPECT_EQ(SignalName(SIGRTMIN + 3), "SIGRTMIN+3");
}

TEST(SignalName, SaysTheNumberWhereThereIsNoName) {
  EXPECT_EQ(SignalName(0), "signal 0");
  EXPECT_EQ(SignalName(-1), "signal -1");
  EXPECT_EQ(SignalName(1000), "signal 1000");
}

TEST(ParseSignal, TakesNamesAndNumbersInEitherCase) {
  for (const char* text : {"SIGTERM", "TERM", "sigterm", "Term", "15"}) {
    EXPECT_EQ(*ParseSignal(text), SIGTERM) << text;
  }
  EXPECT_EQ(*ParseSignal("SIGRTMIN"), SIGRTMIN);
  EXPECT_EQ(*ParseSignal("rtmin+2"), SIGRTMIN + 2);
  EXPECT_EQ(*ParseSignal("SIGRTMAX-1"), SIGRTMAX - 1);
  EXPECT_EQ(*ParseSignal("RTMAX"), SIGRTMAX);
}

TEST(ParseSignal, RefusesWhatIsNoSignalAndNamesIt) {
  for (const char* text :
       {"", "SIG", "SIGNOTHING", "0", "-1", "+15", "32", "33", "65", "15x",
        "SIGRTMIN-1", "SIGRTMIN+", "SIGRTMIN++1", "SIGRTMIN+99", "SIGRTMAX+1",
        "RTMIN3", "99999999999999", " TERM", "SIGSIGTERM"}) {
    const auto signal = ParseSignal(text);
    EXPECT_EQ(signal.status().code(), absl::StatusCode::kInvalidArgument)
        << text;
    EXPECT_THAT(std::string(signal.status().message()),
                ::testing::HasSubstr(text));
  }
}

RC_GTEST_PROP(ParseSignal, ReadsWhatSignalNameWrites, ()) {
  const int number = *rc::gen::inRange(1, SIGRTMAX + 1);
  if (number >= 32 && number < SIGRTMIN) {
    RC_ASSERT(!ParseSignal(SignalName(number)).ok());
  } else {
    RC_ASSERT(*ParseSignal(SignalName(number)) == number);
  }
}

TEST(SignalSet, IsAValue) {
  SignalSet set = {SIGTERM, SIGINT};
  EXPECT_THAT(set.numbers(), ElementsAre(SIGINT, SIGTERM));
  EXPECT_EQ(set.ToString(), "SIGINT SIGTERM");
  EXPECT_EQ(set, (SignalSet{SIGINT, SIGTERM}));
  set.Remove(SIGINT);
  set.Add(SIGHUP);
  EXPECT_FALSE(set.Contains(SIGINT));
  EXPECT_TRUE(set.Contains(SIGHUP));
  EXPECT_NE(set, (SignalSet{SIGINT, SIGTERM}));
  EXPECT_TRUE(SignalSet().empty());
  const sigset_t system = set.ToSigset();
  EXPECT_EQ(sigismember(&system, SIGHUP), 1);
  EXPECT_EQ(sigismember(&system, SIGINT), 0);
}

TEST(BlockSignals, KeepsThemPendingEvenIfTheyWereIgnored) {
  signal(SIGUSR1, SIG_IGN);
  ASSERT_TRUE(BlockSignals({SIGUSR1, SIGUSR2}).ok());
  kill(getpid(), SIGUSR1);
  kill(getpid(), SIGUSR2);
  sigset_t pending;
  ASSERT_EQ(sigpending(&pending), 0);
  EXPECT_EQ(sigismember(&pending, SIGUSR1), 1);
  EXPECT_EQ(sigismember(&pending, SIGUSR2), 1);
  // Read them, so that they do not end the test when it unblocks them.
  const sigset_t both = SignalSet{SIGUSR1, SIGUSR2}.ToSigset();
  int number = 0;
  ASSERT_EQ(sigwait(&both, &number), 0);
  ASSERT_EQ(sigwait(&both, &number), 0);
  signal(SIGUSR1, SIG_DFL);
}

TEST(BlockSignals, RefusesWhatCannotBeBlocked) {
  sigset_t before;
  sigset_t after;
  pthread_sigmask(SIG_BLOCK, nullptr, &before);
  for (const int number : {SIGKILL, SIGSTOP}) {
    const absl::Status status = BlockSignals({SIGWINCH, number});
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()),
                ::testing::HasSubstr(SignalName(number)));
  }
  pthread_sigmask(SIG_BLOCK, nullptr, &after);
  EXPECT_EQ(sigismember(&before, SIGWINCH), sigismember(&after, SIGWINCH));
}

TEST(IgnoreWriteSignals, MakesWritingToNobodyAnError) {
  IgnoreWriteSignals();
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  EXPECT_EQ(write(ends[1], "x", 1), -1);
  EXPECT_EQ(errno, EPIPE);
  close(ends[1]);
}

}  // namespace
}  // namespace dirwatcher
