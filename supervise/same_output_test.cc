#include "supervise/same_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "env/unique_fd.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

UniqueFd Open(const std::string& path, int flags) {
  return UniqueFd(open(path.c_str(), O_CREAT | O_CLOEXEC | flags, 0600));
}

class IsSameOutputTest : public testing::Test {
 protected:
  IsSameOutputTest()
      : path_(absl::StrCat(testing::TempDir(), "/same.", getpid())) {}
  ~IsSameOutputTest() override { unlink(path_.c_str()); }

  const std::string path_;
};

TEST_F(IsSameOutputTest, AnOpenFileAndItsDuplicateAre) {
  const UniqueFd a = Open(path_, O_WRONLY);
  const UniqueFd b(dup(a.get()));
  EXPECT_TRUE(IsSameOutput(a.get(), b.get()));
}

TEST_F(IsSameOutputTest, AFileThatIsOpenTwiceIsOnlyIfBothAppend) {
  const UniqueFd a = Open(path_, O_WRONLY);
  const UniqueFd b = Open(path_, O_WRONLY);
  const UniqueFd c = Open(path_, O_WRONLY | O_APPEND);
  const UniqueFd d = Open(path_, O_WRONLY | O_APPEND);
  EXPECT_FALSE(IsSameOutput(a.get(), b.get()));
  EXPECT_FALSE(IsSameOutput(a.get(), c.get()));
  EXPECT_TRUE(IsSameOutput(c.get(), d.get()));
}

TEST_F(IsSameOutputTest, APipeIsAndAnotherIsNot) {
  int one[2];
  int other[2];
  ASSERT_EQ(pipe2(one, O_CLOEXEC), 0);
  ASSERT_EQ(pipe2(other, O_CLOEXEC), 0);
  const UniqueFd fds[] = {UniqueFd(one[0]), UniqueFd(one[1]),
                          UniqueFd(other[0]), UniqueFd(other[1]),
                          UniqueFd(dup(one[1]))};
  EXPECT_TRUE(IsSameOutput(one[1], fds[4].get()));
  EXPECT_FALSE(IsSameOutput(one[1], other[1]));
}

TEST_F(IsSameOutputTest, OneThatCannotBeWrittenToIsNot) {
  const UniqueFd a = Open("/dev/null", O_WRONLY);
  const UniqueFd b = Open("/dev/null", O_RDONLY);
  EXPECT_FALSE(IsSameOutput(a.get(), b.get()));
  EXPECT_FALSE(IsSameOutput(a.get(), -1));
}

}  // namespace
}  // namespace dirwatcher
