#include "dirwatch/parallel.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

TEST(ParallelFor, VisitsEachIndexOnce) {
  for (const size_t threads : {1, 2, 7}) {
    for (const size_t n : {0, 1, 9, 10, 11, 100'000}) {
      std::vector<std::atomic<int>> visits(n);
      ParallelFor(threads, n, 10, [&](size_t thread, size_t begin, size_t end) {
        EXPECT_LT(thread, threads);
        EXPECT_LE(end - begin, 10u);
        for (size_t i = begin; i < end; ++i) ++visits[i];
      });
      for (const std::atomic<int>& each : visits) ASSERT_EQ(each, 1);
    }
  }
}

TEST(ParallelFor, NoTwoThreadsHaveTheSameNumber) {
  std::vector<std::atomic<int>> inside(4);
  ParallelFor(4, 10'000, 1, [&](size_t thread, size_t, size_t) {
    EXPECT_EQ(++inside[thread], 1);
    --inside[thread];
  });
}

TEST(ParallelFor, WhatItDidIsSeenAfterwards) {
  std::vector<size_t> squares(50'000);  // no atomics: it synchronises
  ParallelFor(3, squares.size(), 7, [&](size_t, size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) squares[i] = i * i;
  });
  for (size_t i = 0; i < squares.size(); ++i) ASSERT_EQ(squares[i], i * i);
}

TEST(ParallelInOrder, TellsInOrderWhatWasWorkedAtOnAnyThread) {
  for (const size_t threads : {1, 2, 5}) {
    for (const size_t depth : {1, 2, 8}) {
      for (const size_t n : {0, 1, 2, 7, 8, 9, 2'000}) {
        std::vector<size_t> places(depth);  // no atomics: it synchronises
        std::vector<size_t> told;
        ParallelInOrder(
            threads, n, depth,
            [&](size_t thread, size_t i) {
              EXPECT_LT(thread, threads);
              places[i % depth] = i * i;
            },
            [&](size_t i) {
              EXPECT_EQ(places[i % depth], i * i);
              told.push_back(i);
              return true;
            });
        ASSERT_EQ(told.size(), n);
        for (size_t i = 0; i < n; ++i) ASSERT_EQ(told[i], i);
      }
    }
  }
}

TEST(ParallelInOrder, WithOneThreadTellsRightAfterTheWork) {
  std::vector<int> steps;
  ParallelInOrder(
      1, 3, 8, [&](size_t, size_t i) { steps.push_back(static_cast<int>(i)); },
      [&](size_t i) {
        steps.push_back(-static_cast<int>(i));
        return true;
      });
  EXPECT_EQ(steps, (std::vector<int>{0, 0, 1, -1, 2, -2}));
}

TEST(ParallelInOrder, WorksAheadButNoFurtherThanThereIsRoom) {
  std::atomic<size_t> passed{0};
  ParallelInOrder(
      3, 5'000, 4, [&](size_t, size_t i) { EXPECT_LT(i, passed + 4); },
      [&](size_t) {
        ++passed;
        return true;
      });
}

TEST(ParallelInOrder, StopsWhenItIsToldTo) {
  for (const size_t threads : {1, 3}) {
    std::atomic<size_t> begun{0};
    size_t told = 0;
    ParallelInOrder(
        threads, 1'000, 4, [&](size_t, size_t) { ++begun; },
        [&](size_t i) {
          ++told;
          return i < 10;
        });
    EXPECT_EQ(told, 11u);
    EXPECT_LE(begun, 10u + 4u + 1u);
  }
}

TEST(ParallelFor, ThrowsOnWhatIsThrownInAnyThread) {
  for (const size_t threads : {1, 3}) {
    for (const size_t culprit : {0, 5'000, 9'999}) {
      EXPECT_THROW(ParallelFor(threads, 10'000, 1,
                               [&](size_t, size_t begin, size_t) {
                                 if (begin == culprit) {
                                   throw std::runtime_error("no");
                                 }
                               }),
                   std::runtime_error);
    }
  }
}

TEST(ParallelInOrder, ThrowsOnWhatTheWorkThrowsInAnyThread) {
  for (const size_t threads : {1, 3}) {
    for (const size_t culprit : {0, 1, 500, 999}) {
      size_t told = 0;
      EXPECT_THROW(ParallelInOrder(
                       threads, 1'000, 4,
                       [&](size_t, size_t i) {
                         if (i == culprit) throw std::runtime_error("no");
                       },
                       [&](size_t) {
                         ++told;
                         return true;
                       }),
                   std::runtime_error);
      EXPECT_LE(told, culprit);
    }
  }
}

TEST(ParallelInOrder, PassesOnWhatIsThrown) {
  EXPECT_THROW(ParallelInOrder(
                   3, 1'000, 4, [&](size_t, size_t) {},
                   [&](size_t i) {
                     if (i == 100) throw std::runtime_error("no");
                     return true;
                   }),
               std::runtime_error);
}

TEST(ParallelInOrder, WaitsForWhatWasBegunWhenItIsToldToStop) {
  for (int round = 0; round < 50; ++round) {
    std::atomic<int> begun{0};
    std::atomic<int> finished{0};
    ParallelInOrder(
        4, 1'000, 8,
        [&](size_t, size_t) {
          ++begun;
          std::this_thread::yield();
          ++finished;
        },
        [&](size_t i) { return i < 5; });
    EXPECT_EQ(begun, finished);
  }
}

TEST(ParallelInOrder, NoTwoThreadsHaveTheSameNumber) {
  std::vector<std::atomic<int>> inside(4);
  ParallelInOrder(
      4, 5'000, 6,
      [&](size_t thread, size_t) {
        EXPECT_EQ(++inside[thread], 1);
        --inside[thread];
      },
      [](size_t) { return true; });
}

TEST(ParallelInOrder, TellsInTheCallersThread) {
  const std::thread::id caller = std::this_thread::get_id();
  ParallelInOrder(
      3, 500, 4,
      [&](size_t thread, size_t) {
        EXPECT_EQ(thread == 0, std::this_thread::get_id() == caller);
      },
      [&](size_t) {
        EXPECT_EQ(std::this_thread::get_id(), caller);
        return true;
      });
}

// What several threads wait for.
class Gate {
 public:
  void Open() {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_open_ = true;
    opened_.notify_all();
  }
  // False: it does not open within a minute.
  bool Pass() {
    std::unique_lock<std::mutex> lock(mutex_);
    return opened_.wait_for(lock, std::chrono::minutes(1),
                            [this] { return is_open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool is_open_ = false;
};

TEST(ParallelInOrder, WorksOnAsManyAtOnceAsThereAreThreads) {
  std::vector<Gate> begun(3);
  ParallelInOrder(
      3, 3, 3,
      [&](size_t, size_t i) {
        begun[i].Open();
        for (Gate& gate : begun) EXPECT_TRUE(gate.Pass());
      },
      [](size_t) { return true; });
}

TEST(ParallelInOrder, WorksOnBehindWhatIsBeingTold) {
  std::vector<Gate> done(8);
  ParallelInOrder(
      2, 8, 4, [&](size_t, size_t i) { done[i].Open(); },
      [&](size_t i) {
        EXPECT_TRUE(done[std::min<size_t>(i + 3, 7)].Pass());
        return true;
      });
}

}  // namespace
}  // namespace dirwatcher
