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

  // Which jobs wait for which.
  enum class Lane {
    kUrgent,  // those before all others; there is always room
    kNormal,
  };

  // Puts a job behind the others of its lane. It must not throw. False: there
  // is no room, or no more jobs are taken.
  virtual bool Post(Job job, Lane lane) = 0;
};

// Does jobs in threads of its own: those of a lane begin in the order in which
// they were posted, and at most so many are under way at a time as there are
// threads.
class ThreadJobQueue : public JobQueue {
 public:
  // At most `capacity` normal jobs wait. Threads are started when there are
  // jobs for them. REQUIRES: both are at least 1.
  ThreadJobQueue(size_t threads, size_t capacity);
  // Stops, and waits for as long as it takes.
  ~ThreadJobQueue() override;

  ThreadJobQueue(const ThreadJobQueue&) = delete;
  ThreadJobQueue& operator=(const ThreadJobQueue&) = delete;

  // False also if not a single thread can be started.
  bool Post(Job job, Lane lane) override;

  // Waits until there is no job left, or for `timeout`; false: there is.
  bool WaitIdle(absl::Duration timeout);

  // Waits until there is room for a normal job, or for `timeout`; false: there
  // is none.
  bool WaitForRoom(absl::Duration timeout);

  // Drops the jobs that wait and takes no more. Returns how many there were.
  size_t Close();

 private:
  void DoJobs();
  // REQUIRES: mutex_ is held.
  size_t waiting() const { return urgent_.size() + normal_.size(); }

  const size_t max_threads_;
  const size_t capacity_;
  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::deque<Job> urgent_;  // that wait
  std::deque<Job> normal_;  // that wait
  size_t running_ = 0;
  bool closed_ = false;  // no more are taken
  bool ending_ = false;  // the threads end
  std::vector<std::thread> threads_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SIGNALS_JOB_QUEUE_H_
