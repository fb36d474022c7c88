#include "notify/attachment_content.h"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/types/optional.h"
#include "gtest/gtest.h"
#include "notify/testing/test_folder.h"

namespace dirwatcher {
namespace {

// Where temporary files go, until the end of its scope.
class ScopedTmpdir {
 public:
  explicit ScopedTmpdir(const std::string& path) {
    const char* const before = getenv("TMPDIR");
    if (before != nullptr) before_ = before;
    EXPECT_EQ(setenv("TMPDIR", path.c_str(), 1), 0);
  }
  ~ScopedTmpdir() {
    if (before_) {
      setenv("TMPDIR", before_->c_str(), 1);
    } else {
      unsetenv("TMPDIR");
    }
  }

  ScopedTmpdir(const ScopedTmpdir&) = delete;
  ScopedTmpdir& operator=(const ScopedTmpdir&) = delete;

 private:
  absl::optional<std::string> before_;
};

TEST(ReadAttachment, GivesAllBytesUpToItsLimit) {
  const TestFolder folder;
  const std::string bytes("\0\xFF\n", 3);
  const std::string path = folder.Write("a", bytes);
  EXPECT_EQ(*ReadAttachment(path, 3), bytes);
  EXPECT_TRUE(absl::IsResourceExhausted(ReadAttachment(path, 2).status()));
}

TEST(ReadAttachment, DoesNotWaitForAFifo) {
  const TestFolder folder;
  ASSERT_EQ(mkfifo((folder / "fifo").c_str(), 0600), 0);
  EXPECT_TRUE(absl::IsFailedPrecondition(
      ReadAttachment(folder / "fifo", 100).status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(
      ReadAttachment(folder.path(), 1 << 20).status()));
}

TEST(ReadAttachment, SaysWhatIsMissing) {
  const TestFolder folder;
  const absl::Status status = ReadAttachment(folder / "none", 1).status();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_TRUE(absl::StrContains(status.message(), folder / "none"));
}

TEST(ZipAttachment, LeavesNothingBehind) {
  const TestFolder folder;
  const std::string in = folder.Write("in", std::string(100000, 'x'));
  const TestFolder scratch;
  const ScopedTmpdir tmpdir(scratch.path());
  ArchiveLimits limits;
  limits.max_bytes = 10000;
  EXPECT_TRUE(ZipAttachment({"in", in}, limits).ok());
  limits.max_bytes = 10;
  EXPECT_TRUE(
      absl::IsResourceExhausted(ZipAttachment({"in", in}, limits).status()));
  EXPECT_EQ(scratch.Count(), 0u);
}

TEST(ZipAttachment, FailsWhereThereIsNoPlaceForIt) {
  const TestFolder folder;
  const std::string in = folder.Write("in", "x");
  const ScopedTmpdir tmpdir(folder / "none");
  EXPECT_TRUE(
      absl::IsNotFound(ZipAttachment({"in", in}, ArchiveLimits()).status()));
}

TEST(StemOf, IsTheNameWithoutItsLastExtension) {
  EXPECT_EQ(StemOf("job.log"), "job");
  EXPECT_EQ(StemOf("job.tar.gz"), "job.tar");
  EXPECT_EQ(StemOf(".profile"), ".profile");
  EXPECT_EQ(StemOf("job"), "job");
  EXPECT_EQ(StemOf(""), "");
}

}  // namespace
}  // namespace dirwatcher
