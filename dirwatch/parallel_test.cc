#include "dirwatch/parallel.h"

#include <atomic>
#include <cstddef>
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

}  // namespace
}  // namespace dirwatcher
