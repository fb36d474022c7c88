#include "signals/job_queue.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;

// A door that jobs wait at until it is opened.
class Gate {
 public:
  void Wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void AwaitWaiting(int count) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= count; });
  }
  void Open() {
    const std::lock_guard<std::mutex> lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

bool Post(ThreadJobQueue* queue, JobQueue::Job job) {
  return queue->Post(std::move(job), JobQueue::Lane::kNormal);
}

TEST(ThreadJobQueue, DoesJobsInOrder) {
  std::vector<int> done;
  ThreadJobQueue queue(1, 1000);
  std::vector<int> expected;
  for (int i = 0; i < 1000; ++i) {
    expected.push_back(i);
    EXPECT_TRUE(Post(&queue, [&done, i] { done.push_back(i); }));
  }
  EXPECT_TRUE(queue.WaitIdle(absl::InfiniteDuration()));
  EXPECT_EQ(done, expected);
}

TEST(ThreadJobQueue, DoesAsManyAtATimeAsItHasThreads) {
  Gate gate;
  ThreadJobQueue queue(3, 10);
  std::atomic<int> done{0};
  for (int i = 0; i < 4; ++i) {
    Post(&queue, [&] {
      gate.Wait();
      ++done;
    });
  }
  gate.AwaitWaiting(3);
  EXPECT_FALSE(queue.WaitIdle(absl::ZeroDuration()));
  EXPECT_EQ(done, 0);
  gate.Open();
  EXPECT_TRUE(queue.WaitIdle(absl::InfiniteDuration()));
  EXPECT_EQ(done, 4);
}

TEST(ThreadJobQueue, RefusesWhatItHasNoRoomFor) {
  Gate gate;
  ThreadJobQueue queue(1, 2);
  std::vector<int> done;
  Post(&queue, [&] { gate.Wait(); });
  gate.AwaitWaiting(1);
  EXPECT_TRUE(Post(&queue, [&] { done.push_back(1); }));
  EXPECT_TRUE(Post(&queue, [&] { done.push_back(2); }));
  EXPECT_FALSE(Post(&queue, [&] { done.push_back(3); }));
  gate.Open();
  EXPECT_TRUE(queue.WaitIdle(absl::InfiniteDuration()));
  EXPECT_THAT(done, ElementsAre(1, 2));
  EXPECT_TRUE(Post(&queue, [&] { done.push_back(4); }));
  EXPECT_TRUE(queue.WaitIdle(absl::InfiniteDuration()));
  EXPECT_THAT(done, ElementsAre(1, 2, 4));
}

TEST(ThreadJobQueue, ClosedDropsWhatWaitsAndEndsWhatRuns) {
  Gate gate;
  int done = 0;
  ThreadJobQueue queue(1, 10);
  Post(&queue, [&] {
    gate.Wait();
    ++done;
  });
  gate.AwaitWaiting(1);
  Post(&queue, [&] { done += 10; });
  Post(&queue, [&] { done += 10; });
  EXPECT_EQ(queue.Close(), 2u);
  EXPECT_FALSE(Post(&queue, [&] { done += 100; }));
  gate.Open();
  EXPECT_TRUE(queue.WaitIdle(absl::InfiniteDuration()));
  EXPECT_EQ(done, 1);
}

TEST(ThreadJobQueue, UrgentJobsComeFirstAndAlwaysHaveRoom) {
  Gate gate;
  ThreadJobQueue queue(1, 1);
  std::vector<int> done;
  Post(&queue, [&] { gate.Wait(); });
  gate.AwaitWaiting(1);
  Post(&queue, [&] { done.push_back(1); });
  EXPECT_FALSE(queue.WaitForRoom(absl::ZeroDuration()));
  EXPECT_FALSE(Post(&queue, [&] { done.push_back(2); }));
  for (const int n : {3, 4}) {
    EXPECT_TRUE(
        queue.Post([&done, n] { done.push_back(n); }, JobQueue::Lane::kUrgent));
  }
  gate.Open();
  EXPECT_TRUE(queue.WaitIdle(absl::InfiniteDuration()));
  EXPECT_THAT(done, ElementsAre(3, 4, 1));
  EXPECT_TRUE(queue.WaitForRoom(absl::ZeroDuration()));
}

TEST(ThreadJobQueue, AJobMayPostAnother) {
  ThreadJobQueue queue(1, 1);
  int done = 0;
  Post(&queue, [&] { Post(&queue, [&] { ++done; }); });
  EXPECT_TRUE(queue.WaitIdle(absl::InfiniteDuration()));
  EXPECT_EQ(done, 1);
}

}  // namespace
}  // namespace dirwatcher
