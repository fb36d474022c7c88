#include "signals/action_runner.h"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "logging/fake_logger.h"
#include "logging/log_level.h"
#include "signals/action.h"
#include "signals/action_registry.h"
#include "signals/fake_action_host.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// Prints what is called, and does what its script says.
class ScriptedAction : public Action {
 public:
  struct Script {
    std::function<absl::Status()> set_up;
    std::function<absl::Status(Action*)> run;
    std::function<void()> tear_down;
    bool concurrent = false;
  };

  explicit ScriptedAction(const Script* script) : script_(*script) {}

  absl::Status SetUp(ActionHost* host,
                     absl::Span<const std::string> arguments) override {
    host_ = host;
    name_ = arguments.empty() ? "" : arguments[0];
    host_->Print("+" + name_);
    return script_.set_up ? script_.set_up() : absl::OkStatus();
  }
  absl::Status Run(const ActionCause&) override {
    host_->Print(name_);
    return script_.run ? script_.run(this) : absl::OkStatus();
  }
  void TearDown() override {
    host_->Print("-" + name_);
    if (script_.tear_down) script_.tear_down();
  }
  bool RunsConcurrently() const override { return script_.concurrent; }

 private:
  const Script& script_;
  ActionHost* host_ = nullptr;
  std::string name_;
};

class ActionRunnerTest : public testing::Test {
 protected:
  ActionRunnerTest() {
    for (const std::string name : {"good", "bad"}) {
      ActionSpec spec;
      spec.name = name;
      spec.class_name = name + "Action";
      spec.description = "do it";
      spec.parameters = {{"what", "string"}};
      const ScriptedAction::Script* const script =
          name == "good" ? &good_ : &bad_;
      spec.make = [script] { return std::make_unique<ScriptedAction>(script); };
      EXPECT_TRUE(registry_.Add(std::move(spec)).ok());
    }
  }

  absl::Status SetUpAll(const std::vector<ActionRequest>& requests) {
    return runner_.SetUp(requests);
  }
  void Run(absl::string_view trigger) { runner_.Run(trigger, ActionCause()); }

  // The texts of what was logged from a level on, since the last call.
  std::vector<std::string> Logged(LogLevel min) {
    std::vector<std::string> texts;
    for (const auto& [level, text] : logger_.TakeRecords()) {
      if (level >= min) texts.push_back(text);
    }
    return texts;
  }

  ScriptedAction::Script good_;
  ScriptedAction::Script bad_;
  ActionRegistry registry_;
  FakeActionHost host_;
  FakeLogger logger_;
  ActionRunner runner_{&registry_, &host_, &logger_};
};

TEST_F(ActionRunnerTest, RunsTheActionsOfATriggerInOrder) {
  ASSERT_TRUE(
      SetUpAll(
          {{"A", "good", {"1"}}, {"B", "good", {"2"}}, {"A", "good", {"3"}}})
          .ok());
  Run("A");
  Run("B");
  Run("C");
  runner_.TearDown();
  EXPECT_THAT(host_.TakeLines(),
              ElementsAre("+1", "+2", "+3", "1", "3", "2", "-3", "-2", "-1"));
}

TEST_F(ActionRunnerTest, SaysWhatItSetsUpAndTearsDown) {
  ASSERT_TRUE(SetUpAll({{"A", "good", {"1"}}, {"B", "good", {"2"}}}).ok());
  runner_.TearDown();
  runner_.TearDown();
  EXPECT_THAT(logger_.TakeRecords(),
              ElementsAre(Pair(LogLevel::kDebug, "Set up `good` for A"),
                          Pair(LogLevel::kDebug, "Set up `good` for B"),
                          Pair(LogLevel::kDebug, "Tore down `good` for B"),
                          Pair(LogLevel::kDebug, "Tore down `good` for A")));
}

TEST_F(ActionRunnerTest, AnUnknownActionIsSkipped) {
  ASSERT_TRUE(SetUpAll({{"A", "x\ny", {}}, {"A", "good", {"1"}}}).ok());
  EXPECT_THAT(Logged(LogLevel::kInfo),
              ElementsAre("Unknown action `x\\ny`; skipping"));
  EXPECT_EQ(runner_.active_count(), 1u);
}

TEST_F(ActionRunnerTest, AFailedSetUpTearsDownThoseBeforeItInReverse) {
  bad_.set_up = [] { return absl::InvalidArgumentError("no"); };
  const absl::Status status = SetUpAll({{"A", "good", {"1"}},
                                        {"B", "good", {"2"}},
                                        {"B", "bad", {"3"}},
                                        {"B", "good", {"4"}}});
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_EQ(status.message(),
            "Cannot set up `bad` for B: no; `bad`: do it (what: string)");
  EXPECT_THAT(host_.TakeLines(), ElementsAre("+1", "+2", "+3", "-2", "-1"));
  EXPECT_EQ(runner_.active_count(), 0u);
}

TEST_F(ActionRunnerTest, OneThatFailsIsLoggedAndRunAgain) {
  bad_.run = [](Action*) { return absl::UnknownError("broken\n"); };
  ASSERT_TRUE(SetUpAll({{"A", "bad", {"1"}}, {"A", "good", {"2"}}}).ok());
  for (int i = 0; i < 2; ++i) {
    Run("A");
    EXPECT_THAT(Logged(LogLevel::kError),
                ElementsAre("Action `bad` for A failed: broken\\n"));
  }
  EXPECT_THAT(host_.TakeLines(), ElementsAre("+1", "+2", "1", "2", "1", "2"));
}

TEST_F(ActionRunnerTest, OneThatThrowsHasFailed) {
  bad_.run = [](Action*) -> absl::Status { throw std::runtime_error("oh"); };
  bad_.tear_down = [] { throw 5; };
  ASSERT_TRUE(SetUpAll({{"A", "bad", {"1"}}, {"A", "good", {"2"}}}).ok());
  Run("A");
  runner_.TearDown();
  EXPECT_THAT(
      Logged(LogLevel::kError),
      ElementsAre("Action `bad` for A failed: oh",
                  "Tearing down `bad` for A failed: an exception of unknown "
                  "type"));
  EXPECT_THAT(host_.TakeLines(), ElementsAre("+1", "+2", "1", "2", "-2", "-1"));
}

TEST_F(ActionRunnerTest, ASetUpThatThrowsHasFailed) {
  bad_.set_up = []() -> absl::Status { throw std::runtime_error("oh"); };
  EXPECT_TRUE(absl::IsInternal(SetUpAll({{"A", "bad", {"1"}}})));
}

TEST_F(ActionRunnerTest, OneThatSaysThatItIsClosedIsRemovedAtOnce) {
  bad_.run = [](Action*) { return ActionClosed("enough"); };
  ASSERT_TRUE(SetUpAll({{"A", "bad", {"1"}}, {"A", "good", {"2"}}}).ok());
  EXPECT_EQ(runner_.active_count(), 2u);
  Run("A");
  EXPECT_THAT(
      Logged(LogLevel::kInfo),
      ElementsAre("Received `ActionClosed`; removing action `badAction`: "
                  "enough"));
  EXPECT_EQ(runner_.active_count(), 1u);
  Run("A");
  runner_.TearDown();
  EXPECT_THAT(host_.TakeLines(),
              ElementsAre("+1", "+2", "1", "-1", "2", "2", "-2"));
}

TEST_F(ActionRunnerTest, OneThatClosesSilentlyIsRemovedTheNextTime) {
  bad_.run = [](Action* action) {
    action->Close();
    return absl::OkStatus();
  };
  ASSERT_TRUE(SetUpAll({{"A", "bad", {"1"}}}).ok());
  Run("A");
  EXPECT_THAT(Logged(LogLevel::kInfo), IsEmpty());
  EXPECT_TRUE(runner_.HasActive("A"));
  Run("A");
  EXPECT_THAT(Logged(LogLevel::kInfo),
              ElementsAre("Action `badAction` has closed; removing it"));
  EXPECT_FALSE(runner_.HasActive("A"));
  Run("A");
  runner_.TearDown();
  EXPECT_THAT(host_.TakeLines(), ElementsAre("+1", "1", "-1"));
}

TEST_F(ActionRunnerTest, OneThatClosesAndSaysSoIsTornDownOnce) {
  bad_.run = [](Action* action) {
    action->Close();
    return ActionClosed("enough");
  };
  ASSERT_TRUE(SetUpAll({{"A", "bad", {"1"}}}).ok());
  Run("A");
  runner_.TearDown();
  EXPECT_THAT(host_.TakeLines(), ElementsAre("+1", "1", "-1"));
}

// Lets threads meet: Arrive returns when so many have come.
class Meeting {
 public:
  explicit Meeting(int wanted) : wanted_(wanted) {}
  bool Arrive() {
    std::unique_lock<std::mutex> lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    return changed_.wait_for(lock, std::chrono::seconds(60),
                             [this] { return arrived_ >= wanted_; });
  }

 private:
  const int wanted_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int arrived_ = 0;
};

TEST_F(ActionRunnerTest, WhatRunsConcurrentlyDoes) {
  Meeting meeting(2);
  bad_.concurrent = true;
  std::mutex mutex;
  bad_.run = [&](Action*) {
    return meeting.Arrive() ? absl::OkStatus() : absl::UnknownError("alone");
  };
  ASSERT_TRUE(SetUpAll({{"A", "bad", {"1"}}}).ok());
  // The fake host is for one thread, so that two of them would be a race there.
  struct SilentHost : FakeActionHost {
    void Print(absl::string_view) override {}
  } silent;
  ActionRunner runner(&registry_, &silent, &logger_);
  ASSERT_TRUE(runner.SetUp({{"A", "bad", {"1"}}}).ok());
  std::thread other([&] { runner.Run("A", ActionCause()); });
  runner.Run("A", ActionCause());
  other.join();
  EXPECT_THAT(Logged(LogLevel::kError), IsEmpty());
}

TEST_F(ActionRunnerTest, OneThatSaysThatItIsClosedRunsInNoOtherThread) {
  bad_.run = [](Action*) {
    std::this_thread::yield();
    return ActionClosed("enough");
  };
  ASSERT_TRUE(SetUpAll({{"A", "bad", {"1"}}}).ok());
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back([this] { Run("A"); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(host_.TakeLines(), ElementsAre("+1", "1", "-1"));
}

TEST_F(ActionRunnerTest, NoneBeginsWhenTheProgramEnds) {
  bad_.run = [this](Action*) {
    host_.Interrupt();
    return absl::OkStatus();
  };
  ASSERT_TRUE(SetUpAll({{"A", "bad", {"1"}}, {"A", "good", {"2"}}}).ok());
  Run("A");
  Run("A");
  runner_.TearDown();
  EXPECT_THAT(host_.TakeLines(), ElementsAre("+1", "+2", "1", "-2", "-1"));
}

TEST_F(ActionRunnerTest, OtherActionsRunInOneThreadAtATime) {
  int running = 0;  // not atomic: that is the point
  int most = 0;
  good_.run = [&](Action*) {
    most = std::max(most, ++running);
    std::this_thread::yield();
    --running;
    return absl::OkStatus();
  };
  ASSERT_TRUE(SetUpAll({{"A", "good", {"1"}}}).ok());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (int n = 0; n < 500; ++n) Run("A");
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(most, 1);
  EXPECT_EQ(host_.TakeLines().size(), 2001u);
}

}  // namespace
}  // namespace dirwatcher
