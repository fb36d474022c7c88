#include "sinks/action_event_sink.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "dirwatch/event.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "logging/fake_logger.h"
#include "logging/log_level.h"
#include "signals/action.h"
#include "signals/action_registry.h"
#include "signals/action_runner.h"
#include "signals/fake_action_host.h"
#include "signals/job_queue.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// Writes down what it is run for.
class Witness : public Action {
 public:
  explicit Witness(std::vector<ActionCause>* causes) : causes_(*causes) {}
  absl::Status SetUp(ActionHost*, absl::Span<const std::string>) override {
    return absl::OkStatus();
  }
  absl::Status Run(const ActionCause& cause) override {
    causes_.push_back(cause);
    return absl::OkStatus();
  }

 private:
  std::vector<ActionCause>& causes_;
};

class FakeJobQueue : public JobQueue {
 public:
  bool Post(Job job, Lane) override {
    if (jobs_.size() >= capacity) return false;
    jobs_.push_back(std::move(job));
    return true;
  }
  void DoAll() {
    for (const Job& job : std::exchange(jobs_, {})) job();
  }
  size_t size() const { return jobs_.size(); }

  size_t capacity = 100;

 private:
  std::vector<Job> jobs_;
};

class ActionEventSinkTest : public testing::Test {
 protected:
  ActionEventSinkTest() {
    ActionSpec spec;
    spec.name = "witness";
    spec.make = [this] { return std::make_unique<Witness>(&causes_); };
    EXPECT_TRUE(registry_.Add(spec).ok());
  }

  void SetUpFor(const std::vector<std::string>& triggers) {
    std::vector<ActionRequest> requests;
    for (const std::string& trigger : triggers) {
      requests.push_back({trigger, "witness", {}});
    }
    EXPECT_TRUE(runner_.SetUp(requests).ok());
    logger_.TakeRecords();
  }

  void Match(absl::string_view file, int64_t line, absl::string_view text) {
    LineMatched event;
    event.file = file;
    event.line = line;
    event.text = text;
    event.magic = "magic";
    sink_.OnEvent(event);
  }

  ActionRegistry registry_;
  FakeActionHost host_;
  FakeLogger logger_;
  ActionRunner runner_{&registry_, &host_, &logger_};
  FakeJobQueue queue_;
  ActionEventSink sink_{&runner_, &queue_, &logger_};
  std::vector<ActionCause> causes_;
};

TEST_F(ActionEventSinkTest, AMatchIsToldInFull) {
  SetUpFor({"match"});
  Match("a.log", 7, "text with magic");
  queue_.DoAll();
  ASSERT_EQ(causes_.size(), 1u);
  EXPECT_THAT(causes_[0].values,
              ElementsAre(Pair("event", "match"), Pair("file", "a.log"),
                          Pair("line", "7"), Pair("text", "text with magic"),
                          Pair("magic", "magic")));
  EXPECT_THAT(causes_[0].environment,
              ElementsAre(Pair("DIRWATCHER_EVENT", "match"),
                          Pair("DIRWATCHER_FILE", "a.log"),
                          Pair("DIRWATCHER_LINE", "7"),
                          Pair("DIRWATCHER_TEXT", "text with magic"),
                          Pair("DIRWATCHER_MAGIC", "magic")));
}

TEST_F(ActionEventSinkTest, WhatAnEventHasNotIsEmpty) {
  SetUpFor({"added", "removed"});
  sink_.OnEvent(FileAdded{"a.log"});
  sink_.OnEvent(FileRemoved{"b.log"});
  queue_.DoAll();
  ASSERT_EQ(causes_.size(), 2u);
  EXPECT_THAT(
      causes_[0].values,
      ElementsAre(Pair("event", "added"), Pair("file", "a.log"),
                  Pair("line", ""), Pair("text", ""), Pair("magic", "")));
  EXPECT_EQ(causes_[1].values[0].second, "removed");
  EXPECT_EQ(causes_[1].values[1].second, "b.log");
}

TEST_F(ActionEventSinkTest, EventsWithoutActionsAreNotQueued) {
  SetUpFor({"added"});
  Match("a.log", 7, "text");
  sink_.OnEvent(FileRemoved{"a.log"});
  sink_.OnEvent(FileRenamed{"b.log", "a.log"});
  sink_.OnEvent(FileTruncated{"b.log"});
  EXPECT_EQ(queue_.size(), 0u);
}

TEST_F(ActionEventSinkTest, TheTextNeedNotOutliveTheEvent) {
  SetUpFor({"match"});
  {
    std::string text =
        "a text that is too long to be kept in the string itself";
    Match("a.log", 7, text);
    text.assign(text.size(), 'x');
  }
  queue_.DoAll();
  EXPECT_THAT(causes_[0].values[3].second, testing::StartsWith("a text that"));
}

TEST_F(ActionEventSinkTest, NulsAreReplaced) {
  SetUpFor({"match"});
  Match("a.log", 7, absl::string_view("a\0b\0", 4));
  queue_.DoAll();
  EXPECT_EQ(causes_[0].values[3].second, "a\uFFFDb\uFFFD");
}

TEST_F(ActionEventSinkTest, MayWaitForRoom) {
  SetUpFor({"match"});
  queue_.capacity = 1;
  int waits = 0;
  ActionEventSink patient(&runner_, &queue_, &logger_, [&] {
    if (++waits == 3) queue_.DoAll();
    return waits < 5;
  });
  LineMatched event;
  event.file = "a.log";
  event.line = 1;
  for (int i = 0; i < 3; ++i) patient.OnEvent(event);
  EXPECT_EQ(waits, 5);
  EXPECT_EQ(patient.dropped_count(), 1);
  queue_.DoAll();
  EXPECT_EQ(causes_.size(), 2u);
}

TEST_F(ActionEventSinkTest, SaysOncePerPollWhatItDropped) {
  SetUpFor({"match"});
  queue_.capacity = 2;
  for (int line = 1; line <= 5; ++line) Match("a\n.log", line, "text");
  EXPECT_THAT(logger_.TakeRecords(), IsEmpty());
  sink_.Flush();
  EXPECT_THAT(logger_.TakeRecords(),
              ElementsAre(Pair(LogLevel::kWarning,
                               "No action for 3 events, as too many wait; the "
                               "first: match in a\\n.log:3")));
  sink_.Flush();
  EXPECT_THAT(logger_.TakeRecords(), IsEmpty());
  Match("a.log", 6, "text");
  sink_.Flush();
  EXPECT_THAT(logger_.TakeRecords(),
              ElementsAre(Pair(LogLevel::kWarning,
                               "No action for 1 event, as too many wait; the "
                               "first: match in a.log:6")));
  EXPECT_EQ(sink_.dropped_count(), 4);
  queue_.DoAll();
  EXPECT_EQ(causes_.size(), 2u);
}

}  // namespace
}  // namespace dirwatcher
