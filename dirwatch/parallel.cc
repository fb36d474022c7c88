#include "dirwatch/parallel.h"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

namespace dirwatcher {
namespace {

// A piece takes about a millisecond if an index is a system call, so that a
// thread that starts late, or is slow, holds up nobody for long.
constexpr size_t kPiece = 512;

}  // namespace

void ParallelFor(size_t threads, size_t n,
                 absl::FunctionRef<void(size_t begin, size_t end)> work) {
  std::atomic<size_t> next{0};
  const auto run = [&] {
    for (;;) {
      const size_t begin = next.fetch_add(kPiece);
      if (begin >= n) return;
      work(begin, std::min(begin + kPiece, n));
    }
  };
  std::vector<std::thread> others;
  const size_t useful = std::min(threads, n / kPiece);
  for (size_t i = 1; i < useful; ++i) {
    try {
      others.emplace_back(run);
    } catch (const std::system_error&) {
      break;  // fewer do it as well
    }
  }
  run();
  for (std::thread& other : others) other.join();
}

}  // namespace dirwatcher
