#include "sinks/message_event_sink.h"

#include <algorithm>
#include <utility>

#include "absl/types/variant.h"

namespace dirwatcher {

MessageEventSink::MessageEventSink(DigestOptions options, Sender sender,
                                   Clock* clock)
    : sender_(std::move(sender)),
      clock_(clock),
      digest_(std::move(options)),
      thread_([this] { SendMessages(); }) {}

MessageEventSink::~MessageEventSink() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void MessageEventSink::OnEvent(const Event& event) {
  const auto* const match = absl::get_if<LineMatched>(&event);
  if (match == nullptr) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  digest_.Add(*match, clock_->Uptime());
  has_new_ = true;
}

void MessageEventSink::Flush() {
  if (std::exchange(has_new_, false)) changed_.notify_one();
}

void MessageEventSink::SendMessages() {
  absl::Duration look_again =
      clock_->Uptime();  // first what an earlier run left
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    const absl::Duration now = clock_->Uptime();
    const bool is_due = digest_.due() <= now;
    const bool is_last = ending_ && digest_.due() < absl::InfiniteDuration();
    if (is_due || is_last) {
      const MessageDetails details = digest_.Take(now);
      lock.unlock();
      sender_.send(details);
      lock.lock();
    } else if (ending_) {
      return;
    } else if (look_again <= now) {
      lock.unlock();
      sender_.send_due();
      lock.lock();
      look_again = clock_->Uptime() + kLookAgain;
    } else {
      changed_.wait_for(lock, absl::ToChronoNanoseconds(
                                  std::min(digest_.due(), look_again) - now));
    }
  }
}

}  // namespace dirwatcher
