#include "cmd/own_output.h"

#include <unistd.h>

#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

namespace fs = std::filesystem;

class OwnOutputTest : public ::testing::Test {
 protected:
  OwnOutputTest() {
    fs::create_directories(root_ / "dir" / "sub");
    options_.dir = (root_ / "dir").string();
  }
  ~OwnOutputTest() override { fs::remove_all(root_); }

  absl::Status WithLogFile(const fs::path& path) {
    options_.log_file = path.string();
    return CheckOwnOutput(options_);
  }

  const fs::path root_ = fs::path(::testing::TempDir()) /
                         ("own_output_test." + std::to_string(getpid()));
  DirwatcherOptions options_;
};

TEST_F(OwnOutputTest, ALogFileAmongTheWatchedFilesIsRefusedByName) {
  const absl::Status status = WithLogFile(root_ / "dir" / "x.txt");
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(std::string(status.message()),
              ::testing::AllOf(::testing::HasSubstr("--log-file"),
                               ::testing::HasSubstr("dir/x.txt")));
}

TEST_F(OwnOutputTest, ALogFileElsewhereOrWithAnotherEndingIsFine) {
  EXPECT_TRUE(WithLogFile(root_ / "x.txt").ok());
  EXPECT_TRUE(WithLogFile(root_ / "dir" / "x.log").ok());
  EXPECT_TRUE(WithLogFile(root_ / "dirx" / "x.txt").ok());
}

TEST_F(OwnOutputTest, BelowTheDirectoryItCountsOnlyIfThatIsWatched) {
  EXPECT_TRUE(WithLogFile(root_ / "dir" / "sub" / "x.txt").ok());
  options_.recursive = true;
  EXPECT_FALSE(WithLogFile(root_ / "dir" / "sub" / "x.txt").ok());
}

TEST_F(OwnOutputTest, SymbolicLinksHideNothing) {
  fs::create_directory_symlink(root_ / "dir", root_ / "link");
  EXPECT_FALSE(WithLogFile(root_ / "link" / "x.txt").ok());
  options_.dir = (root_ / "link").string();
  EXPECT_FALSE(WithLogFile(root_ / "dir" / "x.txt").ok());
}

TEST_F(OwnOutputTest, ADirectoryThatIsNotThereYetIsResolvedToo) {
  options_.dir = (root_ / "later").string();
  EXPECT_FALSE(WithLogFile(root_ / "sub" / ".." / "later" / "x.txt").ok());
}

TEST_F(OwnOutputTest, AWorkingDirectoryThatIsGoneIsNoReasonToFail) {
  const fs::path before = fs::current_path();
  fs::create_directory(root_ / "gone");
  fs::current_path(root_ / "gone");
  fs::remove(root_ / "gone");
  options_.dir = "dir";
  EXPECT_TRUE(WithLogFile("x.txt").ok());
  fs::current_path(before);
}

}  // namespace
}  // namespace dirwatcher
