#include "sinks/latency_sink.h"

#include "absl/time/time.h"
#include "dirwatch/event.h"
#include "env/fake_clock.h"
#include "gtest/gtest.h"
#include "stats/duration_histogram.h"

namespace dirwatcher {
namespace {

class LatencySinkTest : public ::testing::Test {
 protected:
  void Match(absl::Time written) {
    LineMatched match;
    match.written = written;
    sink_.OnEvent(match);
  }

  FakeClock clock_;
  const absl::Time start_ = clock_.Now();
  DurationHistogram latency_;
  LatencySink sink_{&clock_, start_, &latency_};
};

TEST_F(LatencySinkTest, CountsFromWritingToTheFlush) {
  clock_.Advance(absl::Milliseconds(100));
  Match(start_ + absl::Milliseconds(99));
  clock_.Advance(absl::Milliseconds(4));
  EXPECT_EQ(latency_.count(), 0) << "not out yet";
  sink_.Flush();
  EXPECT_EQ(latency_.count(), 1);
  EXPECT_EQ(latency_.Summary().longest, absl::Milliseconds(5));
  sink_.Flush();
  EXPECT_EQ(latency_.count(), 1) << "counted once";
}

TEST_F(LatencySinkTest, CountsEachLine) {
  Match(start_);
  Match(start_);
  clock_.Advance(absl::Seconds(2));
  Match(start_ + absl::Seconds(1));
  sink_.Flush();
  EXPECT_EQ(latency_.count(), 3);
  EXPECT_LT(latency_.Quantile(1.0 / 3), absl::Seconds(1.1));
  EXPECT_GE(latency_.Quantile(0.5), absl::Seconds(2));
  EXPECT_EQ(latency_.Summary().longest, absl::Seconds(2));
}

TEST_F(LatencySinkTest, LeavesOutWhatWaitedForTheStart) {
  Match(start_ - absl::Hours(5));
  Match(absl::InfinitePast());
  sink_.OnEvent(FileAdded{"a"});
  sink_.Flush();
  EXPECT_EQ(latency_.count(), 0);
}

TEST_F(LatencySinkTest, CountsLinesOfSeveralFilesEachFromItsWriting) {
  for (const int ms : {30, 10, 30}) Match(start_ + absl::Milliseconds(ms));
  clock_.Advance(absl::Milliseconds(40));
  sink_.Flush();
  EXPECT_EQ(latency_.count(), 3);
  EXPECT_LT(latency_.Quantile(2.0 / 3), absl::Milliseconds(11));
  EXPECT_EQ(latency_.Summary().longest, absl::Milliseconds(30));
}

TEST_F(LatencySinkTest, CountsWhereItIsTold) {
  DurationHistogram other;
  Match(start_);
  sink_.Flush();
  sink_.CountIn(&other);
  Match(start_);
  sink_.Flush();
  EXPECT_EQ(latency_.count(), 1);
  EXPECT_EQ(other.count(), 1);
}

}  // namespace
}  // namespace dirwatcher
