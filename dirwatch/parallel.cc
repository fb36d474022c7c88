#include "dirwatch/parallel.h"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

namespace dirwatcher {
void ParallelFor(
    size_t threads, size_t n, size_t piece,
    absl::FunctionRef<void(size_t thread, size_t begin, size_t end)> work) {
  std::atomic<size_t> next{0};
  const auto run = [&](size_t thread) {
    for (;;) {
      const size_t begin = next.fetch_add(piece);
      if (begin >= n) return;
      work(thread, begin, std::min(begin + piece, n));
    }
  };
  std::vector<std::thread> others;
  const size_t useful = std::min(threads, n / piece);
  for (size_t thread = 1; thread < useful; ++thread) {
    try {
      others.emplace_back(run, thread);
    } catch (const std::system_error&) {
      break;  // fewer do it as well
    }
  }
  run(0);
  for (std::thread& other : others) other.join();
}

}  // namespace dirwatcher
