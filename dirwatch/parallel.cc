#include "dirwatch/parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace dirwatcher {
namespace {

// The first exception of several threads. Thread-safe.
class FirstError {
 public:
  // Calls `action`; false: it threw.
  template <typename Action>
  bool Catch(const Action& action) {
    try {
      action();
      return true;
    } catch (...) {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (error_ == nullptr) error_ = std::current_exception();
      return false;
    }
  }

  // REQUIRES: no thread is in Catch any more.
  void Rethrow() const {
    if (error_ != nullptr) std::rethrow_exception(error_);
  }

 private:
  std::mutex mutex_;
  std::exception_ptr error_;
};

// As many as can be had of the threads 1, 2, ... `threads - 1`; fewer do it as
// well. The destructor waits for them.
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
    ready_.wait(lock, [this] { return FirstIsReady() || is_stopped_; });
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
    ready_.notify_all();
  }

  bool is_stopped() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return is_stopped_;
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
  FirstError error;
  const auto run = [&](size_t thread) {
    for (size_t begin; (begin = next.fetch_add(piece)) < n;) {
      const size_t end = std::min(begin + piece, n);
      if (!error.Catch([&] { work(thread, begin, end); })) next = n;
    }
  };
  {
    const OtherThreads others(std::min(threads, n / piece), run);
    run(0);
  }
  error.Rethrow();
}

void ParallelInOrder(size_t threads, size_t n, size_t depth,
                     absl::FunctionRef<void(size_t thread, size_t i)> work,
                     absl::FunctionRef<bool(size_t i)> done) {
  Pipeline pipeline(n, depth);
  FirstError error;
  const auto work_at = [&](size_t thread, size_t i) {
    if (error.Catch([&] { work(thread, i); })) {
      pipeline.Finish(i);
    } else {
      pipeline.Stop();
    }
  };
  const auto run = [&](size_t thread) {
    for (size_t i; (i = pipeline.Claim()) < n;) work_at(thread, i);
  };
  {
    const OtherThreads others(std::min(threads, n), run);
    error.Catch([&] {
      for (size_t first = 0; first < n;) {
        const size_t i = pipeline.ClaimUnlessReady();
        if (pipeline.is_stopped()) return;
        if (i < n) {
          work_at(0, i);
        } else {
          if (!done(first)) return;
          pipeline.PassFirst();
          ++first;
        }
      }
    });
    pipeline.Stop();
  }
  error.Rethrow();
}

}  // namespace dirwatcher
