#include "dirwatch/parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "absl/cleanup/cleanup.h"

namespace dirwatcher {
namespace {

// As many as can be had of the threads 1, 2, ... `threads - 1`; fewer do it as
// well. They are waited for, also if the caller's work throws.
class OtherThreads {
 public:
  template <typename Run>
  OtherThreads(size_t threads, const Run& run) {
    for (size_t thread = 1; thread < threads; ++thread) {
      try {
        threads_.emplace_back(run, thread);
      } catch (const std::system_error&) {
        break;
      }
    }
  }
  ~OtherThreads() {
    for (std::thread& thread : threads_) thread.join();
  }

  OtherThreads(const OtherThreads&) = delete;
  OtherThreads& operator=(const OtherThreads&) = delete;

 private:
  std::vector<std::thread> threads_;
};

// What stands between the threads of a ParallelInOrder. Thread-safe; the mutex
// is std's, which ThreadSanitizer knows.
class Pipeline {
 public:
  Pipeline(size_t n, size_t depth)
      : n_(n), depth_(depth), is_ready_(std::min(n, depth)) {}

  // The next to be worked at, or n if there will be none. Waits for room.
  size_t Claim() {
    std::unique_lock<std::mutex> lock(mutex_);
    room_.wait(lock, [this] { return !HasMore() || HasRoom(); });
    return HasMore() ? next_++ : n_;
  }

  // The work for `i` is done.
  void Finish(size_t i) {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_ready_[i % depth_] = true;
    if (i == first_) ready_.notify_one();
  }

  // For the thread that calls `done`: waits until it may be called for the
  // first that it was not called for, and returns n; or returns what to work at
  // instead of waiting.
  size_t ClaimUnlessReady() {
    std::unique_lock<std::mutex> lock(mutex_);
    if (!FirstIsReady() && HasMore() && HasRoom()) return next_++;
    ready_.wait(lock, [this] { return FirstIsReady(); });
    return n_;
  }

  // `done` was called for the first.
  void PassFirst() {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_ready_[first_ % depth_] = false;
    ++first_;
    room_.notify_one();
  }

  void Stop() {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_stopped_ = true;
    room_.notify_all();
  }

 private:
  bool HasMore() const { return next_ < n_ && !is_stopped_; }
  bool HasRoom() const { return next_ < first_ + depth_; }
  bool FirstIsReady() const { return is_ready_[first_ % depth_]; }

  const size_t n_;
  const size_t depth_;
  std::mutex mutex_;
  std::condition_variable room_;   // HasRoom() or !HasMore() became true
  std::condition_variable ready_;  // FirstIsReady() became true
  size_t first_ = 0;               // that `done` was not called for
  size_t next_ = 0;                // to be worked at
  bool is_stopped_ = false;
  std::vector<bool> is_ready_;  // by place
};

}  // namespace

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
  const OtherThreads others(std::min(threads, n / piece), run);
  run(0);
}

void ParallelInOrder(size_t threads, size_t n, size_t depth,
                     absl::FunctionRef<void(size_t thread, size_t i)> work,
                     absl::FunctionRef<bool(size_t i)> done) {
  Pipeline pipeline(n, depth);
  const auto run = [&](size_t thread) {
    for (size_t i; (i = pipeline.Claim()) < n;) {
      work(thread, i);
      pipeline.Finish(i);
    }
  };
  const OtherThreads others(std::min(threads, n), run);
  const absl::Cleanup stop = [&pipeline] { pipeline.Stop(); };
  for (size_t first = 0; first < n;) {
    const size_t i = pipeline.ClaimUnlessReady();
    if (i < n) {
      work(0, i);
      pipeline.Finish(i);
      continue;
    }
    if (!done(first)) break;
    pipeline.PassFirst();
    ++first;
  }
}

}  // namespace dirwatcher
