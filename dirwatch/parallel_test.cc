#include "dirwatch/parallel.h"

#include <atomic>
#include <cstddef>
#include <vector>

#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

TEST(ParallelFor, VisitsEachIndexOnce) {
  for (const size_t threads : {1, 2, 7}) {
    for (const size_t n : {0, 1, 511, 512, 513, 100'000}) {
      std::vector<std::atomic<int>> visits(n);
      ParallelFor(threads, n, [&](size_t begin, size_t end) {
        for (size_t i = begin; i < end; ++i) ++visits[i];
      });
      for (const std::atomic<int>& each : visits) ASSERT_EQ(each, 1);
    }
  }
}

TEST(ParallelFor, WhatItDidIsSeenAfterwards) {
  std::vector<size_t> squares(50'000);  // no atomics: it synchronises
  ParallelFor(3, squares.size(), [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) squares[i] = i * i;
  });
  for (size_t i = 0; i < squares.size(); ++i) ASSERT_EQ(squares[i], i * i);
}

}  // namespace
}  // namespace dirwatcher
