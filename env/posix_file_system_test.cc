// What holds for this machine's file system only; file_system_contract_test.cc
// has the rest.

#include "env/posix_file_system.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "env/unique_fd.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

// Sets the soft limit of descriptors for as long as it lives.
class ScopedFileLimit {
 public:
  explicit ScopedFileLimit(rlim_t soft) {
    EXPECT_EQ(getrlimit(RLIMIT_NOFILE, &old_), 0);
    rlimit limit = old_;
    limit.rlim_cur = soft;
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  }
  ~ScopedFileLimit() { EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &old_), 0); }

 private:
  rlimit old_;
};

TEST(PosixFileSystem, DefaultMaxOpenFilesIsAQuarterOfTheLimit) {
  const ScopedFileLimit limit(200);
  EXPECT_EQ(DefaultMaxOpenFiles(), 50);
}

TEST(PosixFileSystem, DefaultMaxOpenFilesIsAtLeastOneAndAtMost1024) {
  {
    const ScopedFileLimit limit(3);
    EXPECT_EQ(DefaultMaxOpenFiles(), 1);
  }
  rlimit most;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &most), 0);
  const rlim_t raised = std::min<rlim_t>(most.rlim_max, 5000);
  const ScopedFileLimit limit(raised);
  EXPECT_EQ(DefaultMaxOpenFiles(), std::min<int>(raised / 4, 1024));
}

// The size of the process's table, as the kernel tells it.
int TableSize() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("FDSize:", 0) == 0) return std::stoi(line.substr(7));
  }
  return -1;
}

TEST(PosixFileSystem, ReservedDescriptorsHaveRoom) {
  const int next = dup(0);
  close(next);
  const ScopedFileLimit limit(700);
  ASSERT_LT(TableSize(), 600);
  ReserveDescriptors(600);
  EXPECT_GE(TableSize(), 600);
  ReserveDescriptors(5000);  // beyond the limit
  EXPECT_GE(TableSize(), 700);
  EXPECT_LT(TableSize(), 5000);
  EXPECT_EQ(dup(0), next) << "none is left open";
  close(next);
}

TEST(PosixFileSystem, OutOfDescriptorsIsResourceExhausted) {
  PosixFileSystem fs;
  auto dir = *fs.OpenDirectory("/proc/self");
  const int next = dup(0);
  close(next);
  const ScopedFileLimit limit(next);
  for (const absl::Status& status :
       {fs.OpenDirectory("/").status(), dir->OpenFile("stat").status(),
        dir->OpenDirectory("task").status(),
        dir->ForEachEntry([](const DirEntry&) {})}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  }
  EXPECT_TRUE(dir->Stat("stat").ok()) << "needs no descriptor";
}

TEST(PosixFileSystem, LeavesNoDescriptorBehind) {
  PosixFileSystem fs;
  const auto count = [&fs] {
    int n = 0;
    EXPECT_TRUE((*fs.OpenDirectory("/proc/self/fd"))
                    ->ForEachEntry([&](const DirEntry&) { ++n; })
                    .ok());
    return n;
  };
  const int before = count();
  {
    auto dir = *fs.OpenDirectory("/proc/self");
    auto file = *dir->OpenFile("stat");
    auto sub = *dir->OpenDirectory("task");
    EXPECT_FALSE(dir->OpenFile("task").ok());
    EXPECT_FALSE(dir->OpenDirectory("stat").ok());
    EXPECT_EQ(count(), before + 3);
  }
  EXPECT_EQ(count(), before);
}

TEST(PosixFileSystem, ChildrenInheritNoDescriptor) {
  PosixFileSystem fs;
  auto dir = *fs.OpenDirectory("/proc/self");
  auto file = *dir->OpenFile("stat");
  auto fds = *fs.OpenDirectory("/proc/self/fd");
  std::vector<int> numbers;
  EXPECT_TRUE(fds->ForEachEntry([&](const DirEntry& entry) {
                   numbers.push_back(std::stoi(std::string(entry.name)));
                 })
                  .ok());
  int ours = 0;
  for (const int fd : numbers) {
    if (fd <= 2 || fcntl(fd, F_GETFD) < 0) continue;
    ++ours;
    EXPECT_EQ(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC) << fd;
  }
  EXPECT_GE(ours, 3);
}

TEST(PosixFileSystem, ADeviceIsNoFileToRead) {
  PosixFileSystem fs;
  auto dev = *fs.OpenDirectory("/dev");
  EXPECT_EQ(dev->OpenFile("null").status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(dev->Stat("null")->type, FileType::kOther);
}

TEST(PosixFileSystem, AgreesWithFstatOnDeviceAndInode) {
  PosixFileSystem fs;
  struct stat expected;
  ASSERT_EQ(stat(::testing::TempDir().c_str(), &expected), 0);
  const FileStat actual = *(*fs.OpenDirectory(::testing::TempDir()))->Stat(".");
  EXPECT_EQ(actual.id.device, expected.st_dev);
  EXPECT_EQ(actual.id.inode, expected.st_ino);
  EXPECT_EQ(actual.mtime, absl::TimeFromTimespec(expected.st_mtim));
  EXPECT_EQ(actual.ctime, absl::TimeFromTimespec(expected.st_ctim));
}

TEST(PosixFileSystem, TellsTheTimeOfBirthWhereItIsRecorded) {
  struct statx expected;
  ASSERT_EQ(
      statx(AT_FDCWD, ::testing::TempDir().c_str(), 0, STATX_BTIME, &expected),
      0);
  const bool recorded = (expected.stx_mask & STATX_BTIME) != 0;
  const FileStat actual =
      *(*PosixFileSystem().OpenDirectory(::testing::TempDir()))->Stat(".");
  EXPECT_EQ(actual.id.birth_ns,
            recorded ? expected.stx_btime.tv_sec * int64_t{1000000000} +
                           expected.stx_btime.tv_nsec
                     : 0);
}

// Runs `check` in a child process; whether it returned true there.
bool InChild(const std::function<bool()>& check) {
  const pid_t child = fork();
  if (child == 0) _exit(check() ? 0 : 1);
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(PosixFileSystem, ATerminalDoesNotBecomeTheControllingOne) {
  const UniqueFd master(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_GE(master.get(), 0);
  ASSERT_EQ(unlockpt(master.get()), 0);
  const std::string path = ptsname(master.get());
  EXPECT_TRUE(InChild([&path] {
    setsid();  // a leader without a terminal gets the first that it opens
    auto dir = *PosixFileSystem().OpenDirectory("/");
    if (dir->OpenFile(path.substr(1)).ok()) return false;
    return open("/dev/tty", O_RDWR | O_CLOEXEC) < 0;
  }));
}

// From now on getdents64(2) fails with EIO in this process.
bool BreakListings() {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getdents64, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EIO),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  sock_fprog program;
  program.len = sizeof(code) / sizeof(code[0]);
  program.filter = code;
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

TEST(PosixFileSystem, AListingThatFailsIsNotTakenForComplete) {
  EXPECT_TRUE(InChild([] {
    auto dir = *PosixFileSystem().OpenDirectory("/");
    if (!BreakListings()) return false;
    const absl::Status listed = dir->ForEachEntry([](const DirEntry&) {});
    return !listed.ok() && !absl::IsNotFound(listed);
  }));
}

TEST(PosixFileSystem, RelativePathsStartAtTheWorkingDirectory) {
  PosixFileSystem fs;
  const UniqueFd before(open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(chdir("/proc"), 0);
  EXPECT_TRUE((*fs.OpenDirectory("self"))->Stat("stat").ok());
  ASSERT_EQ(fchdir(before.get()), 0);
}

TEST(PosixFileSystem, TrustsTheTimesOfDirectoriesOnLocalDisksOnly) {
  PosixFileSystem fs;
  EXPECT_TRUE((*fs.OpenDirectory(testing::TempDir()))->StampTellsOfEntries());
  EXPECT_FALSE((*fs.OpenDirectory("/proc"))->StampTellsOfEntries());
}

}  // namespace
}  // namespace dirwatcher
