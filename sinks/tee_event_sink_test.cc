#include "sinks/tee_event_sink.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/types/variant.h"
#include "dirwatch/event.h"
#include "dirwatch/event_sink.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;

// Writes down what it receives, in a list that several of them share.
class RecordingSink : public EventSink {
 public:
  RecordingSink(std::string name, std::vector<std::string>* calls)
      : name_(std::move(name)), calls_(calls) {}

  void OnEvent(const Event& event) override {
    calls_->push_back(name_ + std::string(absl::get<FileAdded>(event).file));
  }
  void Flush() override { calls_->push_back(name_ + "flush"); }

 private:
  const std::string name_;
  std::vector<std::string>* const calls_;
};

TEST(TeeEventSink, HandsEachEventAndFlushToEverySinkInOrder) {
  std::vector<std::string> calls;
  RecordingSink first("1:", &calls);
  RecordingSink second("2:", &calls);
  TeeEventSink tee({&first, &second});
  tee.OnEvent(FileAdded{"a"});
  tee.OnEvent(FileAdded{"b"});
  tee.Flush();
  EXPECT_THAT(calls,
              ElementsAre("1:a", "2:a", "1:b", "2:b", "1:flush", "2:flush"));
}

TEST(TeeEventSink, MayHaveNoSinks) {
  TeeEventSink tee({});
  tee.OnEvent(FileAdded{"a"});
  tee.Flush();
}

}  // namespace
}  // namespace dirwatcher
