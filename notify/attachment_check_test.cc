#include "notify/attachment_check.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "gtest/gtest.h"
#include "notify/testing/test_folder.h"

namespace dirwatcher {
namespace {

namespace fs = std::filesystem;

TEST(AttachmentCheck, KnowsTheSizeOfAFile) {
  const TestFolder folder;
  const AttachmentCheck check = CheckAttachment(folder.Write("a", "12345"));
  EXPECT_TRUE(check.is_file());
  EXPECT_EQ(check.size_bytes, 5);
}

TEST(AttachmentCheck, FollowsLinks) {
  const TestFolder folder;
  fs::create_symlink(folder.Write("a", "12345"), folder / "link");
  EXPECT_EQ(CheckAttachment(folder / "link").size_bytes, 5);
  fs::create_symlink(folder / "none", folder / "dangling");
  EXPECT_EQ(CheckAttachment(folder / "dangling").kind,
            AttachmentKind::kMissing);
}

TEST(AttachmentCheck, TellsWhatCannotBeSent) {
  const TestFolder folder;
  EXPECT_EQ(CheckAttachment(folder.Write("a", "")).kind,
            AttachmentKind::kEmpty);
  EXPECT_EQ(CheckAttachment(folder / "a/b").kind, AttachmentKind::kMissing);
  EXPECT_EQ(CheckAttachment("").kind, AttachmentKind::kMissing);
  EXPECT_EQ(CheckAttachment(folder.path()).kind, AttachmentKind::kDirectory);
  fs::create_symlink("loop", folder / "loop");
  EXPECT_EQ(CheckAttachment(folder / "loop").kind, AttachmentKind::kUnreadable);
}

TEST(AttachmentCheck, DoesNotWaitForAFifo) {
  const TestFolder folder;
  ASSERT_EQ(mkfifo((folder / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(CheckAttachment(folder / "fifo").kind, AttachmentKind::kIrregular);
  EXPECT_EQ(CheckAttachment("/dev/null").kind, AttachmentKind::kIrregular);
}

TEST(AttachmentCheck, SeesThatAFileMayNotBeRead) {
  const TestFolder folder;
  const std::string path = folder.Write("a", "x");
  ASSERT_EQ(chmod(path.c_str(), 0), 0);
  if (access(path.c_str(), R_OK) == 0) {
    GTEST_SKIP() << "no file is closed to this user";
  }
  EXPECT_EQ(CheckAttachment(path).kind, AttachmentKind::kUnreadable);
}

TEST(AttachmentCheck, HasWordsForEachKind) {
  EXPECT_EQ(DescribeAttachment(AttachmentKind::kEmpty), "is empty");
  EXPECT_EQ(DescribeAttachment(AttachmentKind::kMissing), "does not exist");
  EXPECT_EQ(DescribeAttachment(AttachmentKind::kDirectory), "is a directory");
  EXPECT_EQ(DescribeAttachment(AttachmentKind::kIrregular),
            "is not a regular file");
  EXPECT_EQ(DescribeAttachment(AttachmentKind::kUnreadable), "cannot be read");
}

}  // namespace
}  // namespace dirwatcher
