// MessageEventSink: tells people of the lines that are found, by messages.
//
// The watcher does not wait for messages: a thread of the sink's own sends
// them, and tries again what could not be sent.

#ifndef DIRWATCHER_SINKS_MESSAGE_EVENT_SINK_H_
#define DIRWATCHER_SINKS_MESSAGE_EVENT_SINK_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "absl/time/time.h"
#include "dirwatch/event.h"
#include "dirwatch/event_sink.h"
#include "env/clock.h"
#include "notify/message.h"
#include "sinks/match_digest.h"

namespace dirwatcher {

// Thread-compatible.
class MessageEventSink : public EventSink {
 public:
  struct Sender {
    // Sends a message; takes as long as it takes.
    std::function<void(const MessageDetails&)> send;
    // Tries again what could not be sent.
    std::function<void()> send_due;
  };

  // How often `send_due` is called.
  static constexpr absl::Duration kLookAgain = absl::Seconds(30);

  // `clock`, and what the sender refers to, must outlive it. The sender is
  // called in the thread of the sink.
  MessageEventSink(DigestOptions options, Sender sender, Clock* clock);
  // Sends what was found and not told yet, and waits until that is done.
  ~MessageEventSink() override;

  MessageEventSink(const MessageEventSink&) = delete;
  MessageEventSink& operator=(const MessageEventSink&) = delete;

  void OnEvent(const Event& event) override;
  // Has the thread look when the next message is due.
  void Flush() override;

 private:
  void SendMessages();

  const Sender sender_;
  Clock* const clock_;  // not owned
  std::mutex mutex_;    // guards what follows, up to ending_
  std::condition_variable changed_;
  MatchDigest digest_;
  bool ending_ = false;
  bool has_new_ = false;  // of the thread of OnEvent: since the last Flush
  std::thread thread_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SINKS_MESSAGE_EVENT_SINK_H_
