// JobQueue: does one thing after the other, away from whoever asks for it.

#ifndef DIRWATCHER_SIGNALS_JOB_QUEUE_H_
#define DIRWATCHER_SIGNALS_JOB_QUEUE_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/time/time.h"

namespace dirwatcher {

// Thread-safe.
class JobQueue {
 public:
  using Job = std::function<void()>;

  virtual ~JobQueue() = default;

  // Puts a job behind the others. It must not throw. False: there is no room,
  // or no more jobs are taken.
  virtual bool Post(Job job) = 0;
};

// Does jobs in threads of its own: they begin in the order in which they were
// posted, and at most so many are under way at a time as there are threads.
class ThreadJobQueue : public JobQueue {
 public:
  // At most `capacity` jobs wait. Threads are started when there are jobs for
  // them. REQUIRES: both are at least 1.
  ThreadJobQueue(size_t threads, size_t capacity);
  // Stops, and waits for as long as it takes.
  ~ThreadJobQueue() override;

  ThreadJobQueue(const ThreadJobQueue&) = delete;
  ThreadJobQueue& operator=(const ThreadJobQueue&) = delete;

  bool Post(Job job) override;

  // Waits until there is no job left, or for `timeout`; false: there is.
  bool WaitIdle(absl::Duration timeout);

  // Drops the jobs that wait and takes no more. Returns how many there were.
  size_t Close();

 private:
  void DoJobs();

  const size_t max_threads_;
  const size_t capacity_;
  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::deque<Job> jobs_;  // that wait
  size_t running_ = 0;
  bool closed_ = false;  // no more are taken
  bool ending_ = false;  // the threads end
  std::vector<std::thread> threads_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SIGNALS_JOB_QUEUE_H_
