#include "dirwatch/tree_observer.h"

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/variant.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Answers as it is told to and writes down what it is asked.
class FakeNotifier : public ChangeNotifier {
 public:
  absl::Status Watch(absl::string_view path,
                     absl::string_view prefix) override {
    calls.push_back(absl::StrCat("watch ", path, " as \"", prefix, "\""));
    return answers[std::string(path)];
  }
  void Unwatch(absl::string_view prefix) override {
    calls.push_back(absl::StrCat("unwatch \"", prefix, "\""));
  }

  std::map<std::string, absl::Status> answers;  // by path; else OK
  std::vector<std::string> calls;
};

class Listener : public EventSink {
 public:
  void OnEvent(const Event& event) override {
    const auto& degraded = absl::get<WatchDegraded>(event);
    told.push_back(absl::StrCat(degraded.dir, ": ", degraded.message));
  }

  std::vector<std::string> told;
};

class TreeObserverTest : public ::testing::Test {
 protected:
  FakeNotifier notifier_;
  Listener listener_;
  TreeObserver observer_{"/logs", &notifier_, &listener_};
};

TEST_F(TreeObserverTest, ObservesTheRootAndDirectoriesBelowByTheirPaths) {
  observer_.Observe("");
  observer_.Observe("sub/");
  observer_.Observe("sub/deeper/");
  EXPECT_THAT(notifier_.calls,
              ElementsAre("watch /logs as \"\"", "watch /logs/sub as \"sub/\"",
                          "watch /logs/sub/deeper as \"sub/deeper/\""));
  EXPECT_TRUE(observer_.complete());
  EXPECT_THAT(listener_.told, IsEmpty());
}

TEST_F(TreeObserverTest, ObservesEachDirectoryOnce) {
  observer_.Observe("");
  observer_.Observe("");
  EXPECT_THAT(notifier_.calls, ElementsAre("watch /logs as \"\""));
}

TEST_F(TreeObserverTest, IsNotCompleteBeforeAnythingIsObserved) {
  EXPECT_FALSE(observer_.complete());
}

TEST_F(TreeObserverTest, TellsOnceWhatDoesNotWorkAndTriesAgain) {
  notifier_.answers["/logs/sub"] = absl::ResourceExhaustedError("no watches");
  observer_.Observe("");
  observer_.Observe("sub/");
  observer_.Observe("sub/");
  EXPECT_THAT(listener_.told,
              ElementsAre("/logs/sub: it is polled, as it cannot be observed: "
                          "no watches"));
  EXPECT_EQ(notifier_.calls.size(), 3u);
  EXPECT_FALSE(observer_.complete());
}

TEST_F(TreeObserverTest, TellsAgainWhenTheReasonChanges) {
  notifier_.answers["/logs"] = absl::ResourceExhaustedError("no watches");
  observer_.Observe("");
  notifier_.answers["/logs"] = absl::UnimplementedError("NFS");
  observer_.Observe("");
  EXPECT_EQ(listener_.told.size(), 2u);
}

TEST_F(TreeObserverTest, IsCompleteWhenItWorksInTheEndAndTellsALaterFailure) {
  notifier_.answers["/logs"] = absl::ResourceExhaustedError("no watches");
  observer_.Observe("");
  notifier_.answers["/logs"] = absl::OkStatus();
  observer_.Observe("");
  EXPECT_TRUE(observer_.complete());
  observer_.Clear();
  notifier_.answers["/logs"] = absl::ResourceExhaustedError("no watches");
  observer_.Observe("");
  EXPECT_EQ(listener_.told.size(), 2u);
}

TEST_F(TreeObserverTest, SaysNothingOfADirectoryThatIsGone) {
  observer_.Observe("");
  notifier_.answers["/logs/sub"] = absl::NotFoundError("gone");
  observer_.Observe("sub/");
  EXPECT_THAT(listener_.told, IsEmpty());
  EXPECT_TRUE(observer_.complete()) << "there is nothing to observe";
}

TEST_F(TreeObserverTest, ClearObservesNothingAnyMore) {
  observer_.Observe("");
  observer_.Observe("sub/");
  observer_.Clear();
  EXPECT_FALSE(observer_.complete());
  observer_.Observe("");
  EXPECT_THAT(notifier_.calls,
              ElementsAre("watch /logs as \"\"", "watch /logs/sub as \"sub/\"",
                          "unwatch \"\"", "watch /logs as \"\""));
}

TEST_F(TreeObserverTest, ClearDoesNotTellAgainWhatDoesNotWork) {
  notifier_.answers["/logs"] = absl::ResourceExhaustedError("no watches");
  notifier_.answers["/logs/sub"] = absl::ResourceExhaustedError("no watches");
  for (int i = 0; i < 3; ++i) {
    observer_.Observe("");
    observer_.Observe("sub/");
    EXPECT_FALSE(observer_.complete());
    observer_.Clear();
  }
  EXPECT_EQ(listener_.told.size(), 2u);
}

TEST_F(TreeObserverTest, ClearOfNothingAsksNothing) {
  observer_.Clear();
  EXPECT_THAT(notifier_.calls, IsEmpty());
}

TEST_F(TreeObserverTest, WithoutANotifierObservesNothingAndSaysNothing) {
  TreeObserver observer("/logs", nullptr, &listener_);
  observer.Observe("");
  observer.Clear();
  EXPECT_FALSE(observer.complete());
  EXPECT_THAT(listener_.told, IsEmpty());
}

}  // namespace
}  // namespace dirwatcher
