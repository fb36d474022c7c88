#include "signals/job_queue.h"

#include <chrono>
#include <system_error>
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

bool ThreadJobQueue::Post(Job job, Lane lane) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (closed_) return false;
    if (lane == Lane::kNormal && normal_.size() >= capacity_) return false;
    const bool wants_thread = threads_.size() < max_threads_ &&
                              running_ + waiting() >= threads_.size();
    if (wants_thread) {
      try {
        threads_.emplace_back([this] { DoJobs(); });
      } catch (const std::system_error&) {
        // With fewer threads it takes longer.
        if (threads_.empty()) return false;
      }
    }
    (lane == Lane::kUrgent ? urgent_ : normal_).push_back(std::move(job));
  }
  changed_.notify_all();
  return true;
}

bool ThreadJobQueue::WaitIdle(absl::Duration timeout) {
  std::unique_lock<std::mutex> lock(mutex_);
  const auto is_idle = [this] { return waiting() == 0 && running_ == 0; };
  if (timeout == absl::InfiniteDuration()) {
    changed_.wait(lock, is_idle);
    return true;
  }
  return changed_.wait_for(lock, absl::ToChronoMilliseconds(timeout), is_idle);
}

bool ThreadJobQueue::WaitForRoom(absl::Duration timeout) {
  std::unique_lock<std::mutex> lock(mutex_);
  return changed_.wait_for(lock, absl::ToChronoMilliseconds(timeout),
                           [this] { return normal_.size() < capacity_; });
}

size_t ThreadJobQueue::Close() {
  size_t dropped = 0;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    dropped = waiting();
    urgent_.clear();
    normal_.clear();
  }
  changed_.notify_all();
  return dropped;
}

void ThreadJobQueue::DoJobs() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || waiting() > 0; });
    if (waiting() == 0) return;
    {
      std::deque<Job>& lane = urgent_.empty() ? normal_ : urgent_;
      const Job job = std::move(lane.front());
      lane.pop_front();
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
