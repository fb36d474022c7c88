#include "supervise/exit_code.h"

#include <signal.h>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

TEST(ExitCode, IsTheCommandsOwn) {
  JobEnd end;
  EXPECT_EQ(ExitCode(end), 0);
  EXPECT_TRUE(Succeeded(end));
  end.exit_code = 3;
  EXPECT_EQ(ExitCode(end), 3);
  EXPECT_FALSE(Succeeded(end));
  EXPECT_EQ(HowItEnded(end), "exit code 3");
}

TEST(ExitCode, OfOneThatWasKilledIsMoreThan128) {
  JobEnd end;
  end.kind = JobEnd::Kind::kKilled;
  end.signal_number = SIGKILL;
  EXPECT_EQ(ExitCode(end), 137);
  EXPECT_FALSE(Succeeded(end));
  EXPECT_EQ(HowItEnded(end), "killed by signal 9 (SIGKILL)");
  end.signal_number = SIGSEGV;
  end.core_dumped = true;
  EXPECT_EQ(HowItEnded(end), "killed by signal 11 (SIGSEGV), core dumped");
}

TEST(ExitCode, OfATimeoutIs124HoweverItEnded) {
  JobEnd end;
  end.kind = JobEnd::Kind::kTimedOut;
  end.timeout = absl::Seconds(5);
  EXPECT_EQ(ExitCode(end), 124);
  EXPECT_FALSE(Succeeded(end));
  EXPECT_EQ(HowItEnded(end), "timed out after 5 s");
  end.timeout = absl::Milliseconds(250);
  end.signal_number = SIGKILL;
  EXPECT_EQ(ExitCode(end), 124);
  EXPECT_EQ(HowItEnded(end), "timed out after 0.25 s");
}

TEST(ExitCode, TellsWhatIsMissingFromWhatMayNotBeRun) {
  JobEnd end;
  end.kind = JobEnd::Kind::kNotFound;
  EXPECT_EQ(ExitCode(end), 127);
  EXPECT_EQ(HowItEnded(end), "command not found");
  end.kind = JobEnd::Kind::kNotExecutable;
  end.start_error = "Permission denied";
  EXPECT_EQ(ExitCode(end), 126);
  EXPECT_FALSE(Succeeded(end));
  EXPECT_EQ(HowItEnded(end), "cannot be executed: Permission denied");
}

TEST(ExitCode, OfOneThatWasNotStartedIsThatOfTheSignal) {
  JobEnd end;
  end.kind = JobEnd::Kind::kNotStarted;
  end.stop_signal = SIGTERM;
  EXPECT_EQ(ExitCode(end), 143);
  EXPECT_FALSE(Succeeded(end));
  EXPECT_EQ(HowItEnded(end), "not started: SIGTERM came before");
}

}  // namespace
}  // namespace dirwatcher
