// A DirectoryWatcher over a fake file system, for its tests. Testonly.

#ifndef DIRWATCHER_DIRWATCH_DIRECTORY_WATCHER_FIXTURE_H_
#define DIRWATCHER_DIRWATCH_DIRECTORY_WATCHER_FIXTURE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "dirwatch/directory_watcher.h"
#include "dirwatch/event_recorder.h"
#include "dirwatch/line_matcher.h"
#include "env/change_notifier.h"
#include "env/fake_file_system.h"
#include "env/faulty_file_system.h"
#include "gtest/gtest.h"

namespace dirwatcher {

// A notifier that observes what it is asked to, or says why not.
class ScriptedNotifier : public ChangeNotifier {
 public:
  absl::Status Watch(absl::string_view path, absl::string_view) override {
    watched.push_back(std::string(path));
    return answer;
  }
  void Unwatch(absl::string_view) override { ++unwatched; }

  absl::Status answer;
  std::vector<std::string> watched;
  int unwatched = 0;
};

class DirectoryWatcherTest : public ::testing::Test {
 protected:
  DirectoryWatcherTest() {
    options_.dir = "/d";
    options_.extensions = {"log"};
    fs_.CreateDirectory("/d");
    fs_.CreateDirectory("/out");
  }

  void Start(std::vector<std::string> magics = {"MAGIC"},
             const LineMatcherOptions& matching = {}) {
    matcher_ = std::make_unique<LineMatcher>(
        *LineMatcher::Create(std::move(magics), matching));
    watcher_ = std::make_unique<DirectoryWatcher>(
        options_, matcher_.get(), &faulty_, &events_, notifier_);
  }

  // One interval.
  std::vector<std::string> Poll() {
    fs_.AdvanceTime(absl::Seconds(1));
    if (watcher_ == nullptr) Start();
    status_ = watcher_->Poll();
    return events_.Take();
  }
  std::vector<std::string> PollChanged(std::vector<std::string> names) {
    ChangeHints hints;
    hints.names = std::move(names);
    status_ = watcher_->PollChanged(hints);
    return events_.Take();
  }
  std::vector<std::string> Finish() {
    watcher_->Finish();
    return events_.Take();
  }

  // Every call of this kind on this path fails.
  void Fail(FileCall::Kind kind, const std::string& path,
            const absl::Status& status) {
    faulty_.set_policy([=](const FileCall& call) {
      Fault fault;
      if (call.kind == kind && call.path == path) fault.error = status;
      return fault;
    });
  }
  void FailNothing() { faulty_.set_policy({}); }

  FakeFileSystem fs_;
  FaultyFileSystem faulty_{&fs_};
  DirectoryWatcherOptions options_;
  ChangeNotifier* notifier_ = nullptr;
  ScriptedNotifier scripted_;
  EventRecorder events_;
  std::unique_ptr<LineMatcher> matcher_;
  std::unique_ptr<DirectoryWatcher> watcher_;
  absl::Status status_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_DIRECTORY_WATCHER_FIXTURE_H_
