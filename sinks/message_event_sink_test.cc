#include "sinks/message_event_sink.h"

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "env/system_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

// Takes messages, and lets a test wait for them.
class Recorder {
 public:
  MessageEventSink::Sender Sender() {
    MessageEventSink::Sender sender;
    sender.send = [this](const MessageDetails& details) {
      const std::lock_guard<std::mutex> lock(mutex_);
      subjects_.push_back(details.subject);
      changed_.notify_all();
    };
    sender.send_due = [this] {
      const std::lock_guard<std::mutex> lock(mutex_);
      ++looks_;
      changed_.notify_all();
    };
    return sender;
  }

  std::vector<std::string> WaitForSubjects(size_t count) {
    std::unique_lock<std::mutex> lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::minutes(1),
                                  [&] { return subjects_.size() >= count; }));
    return subjects_;
  }

  void WaitForLook() {
    std::unique_lock<std::mutex> lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::minutes(1),
                                  [&] { return looks_ > 0; }));
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> subjects_;
  int looks_ = 0;
};

LineMatched Match(int64_t line) {
  LineMatched match;
  match.file = "a.log";
  match.magic = "magic";
  match.line = line;
  return match;
}

TEST(MessageEventSink, SendsWhatIsDueWithoutTheWatchersWaiting) {
  Recorder recorder;
  SystemClock clock;
  DigestOptions options;
  options.wait = absl::ZeroDuration();
  options.interval = absl::ZeroDuration();
  MessageEventSink sink(options, recorder.Sender(), &clock);
  sink.OnEvent(Event(FileAdded{"a.log"}));
  sink.OnEvent(Event(Match(1)));
  sink.Flush();
  EXPECT_THAT(recorder.WaitForSubjects(1),
              ElementsAre("Found \"magic\" in a.log:1"));
  sink.OnEvent(Event(Match(2)));
  sink.Flush();
  EXPECT_THAT(recorder.WaitForSubjects(2), SizeIs(2));
}

TEST(MessageEventSink, SendsTheRestWhenItEnds) {
  Recorder recorder;
  SystemClock clock;
  DigestOptions options;
  options.dir = "logs";
  options.wait = absl::Hours(1);
  {
    MessageEventSink sink(options, recorder.Sender(), &clock);
    sink.OnEvent(Event(Match(1)));
    sink.OnEvent(Event(Match(2)));
    sink.Flush();
  }
  EXPECT_THAT(recorder.WaitForSubjects(1),
              ElementsAre("Found 2 lines in logs"));
}

TEST(MessageEventSink, TriesAtItsStartWhatAnEarlierRunLeft) {
  Recorder recorder;
  SystemClock clock;
  MessageEventSink sink(DigestOptions(), recorder.Sender(), &clock);
  recorder.WaitForLook();
}

}  // namespace
}  // namespace dirwatcher
