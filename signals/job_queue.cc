#include "signals/job_queue.h"

#include <chrono>
#include <utility>

namespace dirwatcher {

ThreadJobQueue::ThreadJobQueue(size_t threads, size_t capacity)
    : max_threads_(threads), capacity_(capacity) {}

ThreadJobQueue::~ThreadJobQueue() {
  Close();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool ThreadJobQueue::Post(Job job) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (closed_ || jobs_.size() >= capacity_) return false;
    jobs_.push_back(std::move(job));
    if (threads_.size() < max_threads_ &&
        running_ + jobs_.size() > threads_.size()) {
      threads_.emplace_back([this] { DoJobs(); });
    }
  }
  changed_.notify_all();
  return true;
}

bool ThreadJobQueue::WaitIdle(absl::Duration timeout) {
  std::unique_lock<std::mutex> lock(mutex_);
  const auto is_idle = [this] { return jobs_.empty() && running_ == 0; };
  if (timeout == absl::InfiniteDuration()) {
    changed_.wait(lock, is_idle);
    return true;
  }
  return changed_.wait_for(lock, absl::ToChronoMilliseconds(timeout), is_idle);
}

size_t ThreadJobQueue::Close() {
  size_t dropped = 0;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    dropped = jobs_.size();
    jobs_.clear();
  }
  changed_.notify_all();
  return dropped;
}

void ThreadJobQueue::DoJobs() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    {
      const Job job = std::move(jobs_.front());
      jobs_.pop_front();
      ++running_;
      lock.unlock();
      job();
    }
    lock.lock();
    --running_;
    changed_.notify_all();
  }
}

}  // namespace dirwatcher
