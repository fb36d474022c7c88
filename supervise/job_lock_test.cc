#include "supervise/job_lock.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

class JobLockTest : public testing::Test {
 protected:
  JobLockTest() {
    std::string name = testing::TempDir() + "/lock_XXXXXX";
    EXPECT_NE(mkdtemp(&name[0]), nullptr);
    dir_ = name;
    path_ = dir_ + "/lock";
  }
  ~JobLockTest() override { std::filesystem::remove_all(dir_); }

  // Whether flock(1) could take it.
  bool IsFree() const {
    return system(absl::StrCat("flock -n ", path_, " true").c_str()) == 0;
  }

  std::string dir_;
  std::string path_;
};

TEST_F(JobLockTest, IsMadeForItsOwnerAlone) {
  const auto lock = JobLock::Take(path_);
  ASSERT_TRUE(lock.ok()) << lock.status();
  ASSERT_TRUE(lock->has_value());
  struct stat st;
  ASSERT_EQ(stat(path_.c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 0777, 0600u);
}

TEST_F(JobLockTest, IsTakenByOneAtATime) {
  {
    const auto first = JobLock::Take(path_);
    ASSERT_TRUE(first.ok() && first->has_value());
    EXPECT_FALSE(IsFree());
    const auto second = JobLock::Take(path_);
    ASSERT_TRUE(second.ok()) << second.status();
    EXPECT_FALSE(second->has_value());
  }
  EXPECT_TRUE(IsFree());
  const auto third = JobLock::Take(path_);
  EXPECT_TRUE(third.ok() && third->has_value());
}

TEST_F(JobLockTest, LeavesTheFileAsItIs) {
  std::ofstream(path_) << "content";
  { EXPECT_TRUE(JobLock::Take(path_).ok()); }
  std::ifstream file(path_);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "content");
}

TEST_F(JobLockTest, IsNotInheritedByPrograms) {
  const auto lock = JobLock::Take(path_);
  ASSERT_TRUE(lock.ok() && lock->has_value());
  // Links in /proc lead to the canonical path.
  const std::string lists_it =
      absl::StrCat("ls -l /proc/self/fd | grep -q ",
                   std::filesystem::canonical(path_).string());
  EXPECT_NE(system(lists_it.c_str()), 0);
}

TEST_F(JobLockTest, WhatCannotBeOpenedIsAnError) {
  const auto missing = JobLock::Take(dir_ + "/no/lock");
  EXPECT_TRUE(absl::IsNotFound(missing.status())) << missing.status();
  EXPECT_FALSE(JobLock::Take(dir_).ok());
}

}  // namespace
}  // namespace dirwatcher
