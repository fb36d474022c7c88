#include "magic_counter.h"

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "dirwatch/directory_watcher.h"
#include "dirwatch/line_matcher.h"
#include "env/fake_file_system.h"
#include "env/faulty_file_system.h"
#include "gtest/gtest.h"

namespace example {
namespace {

using Counts = std::map<std::string, int64_t>;

// Everything is in memory and happens when the test says so: no test here
// sleeps, and none touches the disk.
class MagicCounterTest : public ::testing::Test {
 protected:
  MagicCounterTest()
      : file_system_(&disk_),
        matcher_(*dirwatcher::LineMatcher::Create({"ERROR", "panic"}, {})),
        watcher_(Options(), &matcher_, &file_system_, &counter_) {
    disk_.CreateDirectory("/logs");
  }

  // Lets one interval pass.
  absl::Status Poll() {
    disk_.AdvanceTime(absl::Seconds(1));
    return watcher_.Poll();
  }

  dirwatcher::FakeFileSystem disk_;
  dirwatcher::FaultyFileSystem file_system_;
  MagicCounter counter_;

 private:
  static dirwatcher::DirectoryWatcherOptions Options() {
    dirwatcher::DirectoryWatcherOptions options;
    options.dir = "/logs";
    options.extensions = {".log"};
    return options;
  }

  const dirwatcher::LineMatcher matcher_;

 protected:
  dirwatcher::DirectoryWatcher watcher_;
};

TEST_F(MagicCounterTest, CountsWhatIsThereAndWhatIsAppended) {
  disk_.Write("/logs/a.log", "ERROR one\nfine\nERROR two\n");
  ASSERT_EQ(Poll(), absl::OkStatus());
  EXPECT_EQ(counter_.counts(), (Counts{{"ERROR", 2}}));

  disk_.Append("/logs/a.log", "panic\n");
  ASSERT_EQ(Poll(), absl::OkStatus());
  EXPECT_EQ(counter_.counts(), (Counts{{"ERROR", 2}, {"panic", 1}}));
}

TEST_F(MagicCounterTest, CountsALineOnceThatArrivesInPieces) {
  for (const char* piece : {"12:00 ER", "ROR disk ", "ERROR again", "\n"}) {
    disk_.Append("/logs/a.log", piece);
    ASSERT_EQ(Poll(), absl::OkStatus());
  }
  EXPECT_EQ(counter_.counts(), (Counts{{"ERROR", 1}}));
}

TEST_F(MagicCounterTest, MissesNothingWhenALogIsRotated) {
  disk_.Write("/logs/a.log", "ERROR 1\n");
  ASSERT_EQ(Poll(), absl::OkStatus());

  disk_.Append("/logs/a.log", "ERROR 2\n");
  disk_.Rename("/logs/a.log", "/logs/a.log.1");
  disk_.Append("/logs/a.log.1", "ERROR 3\n");
  disk_.Write("/logs/a.log", "ERROR 4\n");
  for (int i = 0; i < 4; ++i) ASSERT_EQ(Poll(), absl::OkStatus());
  EXPECT_EQ(counter_.counts(), (Counts{{"ERROR", 4}}));
  EXPECT_EQ(counter_.gaps(), 0);
}

TEST_F(MagicCounterTest, KnowsThatSomethingWasNotRead) {
  disk_.Write("/logs/a.log", "ERROR\n");
  file_system_.set_policy([](const dirwatcher::FileCall& call) {
    dirwatcher::Fault fault;
    if (call.kind == dirwatcher::FileCall::kOpenFile) {
      fault.error = absl::UnavailableError("input/output error");
    }
    return fault;
  });
  ASSERT_EQ(Poll(), absl::OkStatus());
  disk_.Remove("/logs/a.log");
  for (int i = 0; i < 4; ++i) ASSERT_EQ(Poll(), absl::OkStatus());
  EXPECT_EQ(counter_.counts(), Counts());
  EXPECT_EQ(counter_.gaps(), 1);
}

}  // namespace
}  // namespace example
