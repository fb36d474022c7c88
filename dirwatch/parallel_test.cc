#include "dirwatch/parallel.h"

#include <atomic>
#include <cstddef>
#include <stdexcept>
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

TEST(ParallelInOrder, PassesOnWhatIsThrown) {
  EXPECT_THROW(ParallelInOrder(
                   3, 1'000, 4, [&](size_t, size_t) {},
                   [&](size_t i) {
                     if (i == 100) throw std::runtime_error("no");
                     return true;
                   }),
               std::runtime_error);
}

}  // namespace
}  // namespace dirwatcher
