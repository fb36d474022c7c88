#include "supervise/retry_delay.h"

#include <signal.h>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

constexpr double kMiddle = 0.5;

JobEnd Failure(int tries) {
  JobEnd end;
  end.exit_code = 1;
  end.tries = tries;
  return end;
}

RetryOptions Options(int retries) {
  RetryOptions options;
  options.retries = retries;
  return options;
}

TEST(RetryDelay, DoublesUpToAnHour) {
  const RetryOptions options = Options(100);
  EXPECT_EQ(RetryDelay(options, Failure(1), kMiddle), absl::Seconds(1));
  EXPECT_EQ(RetryDelay(options, Failure(2), kMiddle), absl::Seconds(2));
  EXPECT_EQ(RetryDelay(options, Failure(12), kMiddle), absl::Seconds(2048));
  EXPECT_EQ(RetryDelay(options, Failure(13), kMiddle), absl::Hours(1));
  EXPECT_EQ(RetryDelay(options, Failure(100), kMiddle), absl::Hours(1));
}

TEST(RetryDelay, IsUpToAFifthLongerOrShorter) {
  RetryOptions options = Options(1);
  options.first_delay = absl::Seconds(10);
  EXPECT_EQ(RetryDelay(options, Failure(1), 0), absl::Seconds(8));
  EXPECT_EQ(RetryDelay(options, Failure(1), 1), absl::Seconds(12));
}

TEST(RetryDelay, EndsWithTheLastRetry) {
  EXPECT_TRUE(RetryDelay(Options(2), Failure(2), 0).has_value());
  EXPECT_FALSE(RetryDelay(Options(2), Failure(3), 0).has_value());
  EXPECT_FALSE(RetryDelay(Options(0), Failure(1), 0).has_value());
}

TEST(RetryDelay, IsThereForEveryFailureOfACommandThatRan) {
  JobEnd end = Failure(1);
  end.kind = JobEnd::Kind::kKilled;
  EXPECT_TRUE(RetryDelay(Options(2), end, 0).has_value());
  end.kind = JobEnd::Kind::kTimedOut;
  EXPECT_TRUE(RetryDelay(Options(2), end, 0).has_value());
}

TEST(RetryDelay, IsNotThereForSuccessNorForWhatCannotRun) {
  JobEnd end = Failure(1);
  for (const JobEnd::Kind kind :
       {JobEnd::Kind::kNotFound, JobEnd::Kind::kNotExecutable,
        JobEnd::Kind::kNotStarted}) {
    end.kind = kind;
    EXPECT_FALSE(RetryDelay(Options(2), end, 0).has_value());
  }
  end.kind = JobEnd::Kind::kExited;
  end.exit_code = 0;
  EXPECT_FALSE(RetryDelay(Options(2), end, 0).has_value());
}

TEST(RetryDelay, IsNotThereAfterARequestToStop) {
  JobEnd end = Failure(1);
  end.stop_signal = SIGTERM;
  EXPECT_FALSE(RetryDelay(Options(2), end, 0).has_value());
}

}  // namespace
}  // namespace dirwatcher
