// A log on a disk that is really full: a tmpfs of 1 MiB, in a mount namespace
// of its own.

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "logging/logging.h"

namespace dirwatcher {
namespace {

// Exit codes of the child.
constexpr int kNoNamespace = 77;

bool WriteTo(const std::string& path, const std::string& text) {
  return static_cast<bool>(std::ofstream(path) << text << std::flush);
}

// Mounts a tmpfs of 1 MiB at `dir`, which only this process sees.
bool MountSmallDisk(const std::string& dir) {
  const std::string user = absl::StrCat("0 ", getuid(), " 1");
  const std::string group = absl::StrCat("0 ", getgid(), " 1");
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
  WriteTo("/proc/self/setgroups", "deny");
  WriteTo("/proc/self/uid_map", user);
  WriteTo("/proc/self/gid_map", group);
  return mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         mount("tmpfs", dir.c_str(), "tmpfs", 0, "size=1m") == 0;
}

std::string Line(int64_t i) {
  return absl::StrCat("line ", i, " ",
                      std::string(static_cast<size_t>(i * 31 % 300), 'x'),
                      " end");
}

// Says on standard output what is wrong, and how it ended.
int Check(const std::string& dir) {
  if (!MountSmallDisk(dir)) return kNoNamespace;
  signal(SIGXFSZ, SIG_IGN);
  const std::string filler = dir + "/filler";
  if (!WriteTo(filler, std::string(700'000, 'f'))) return 1;
  LoggingOptions options;
  options.file_path = dir + "/x.log";
  options.max_file_bytes = 0;
  options.style = LogStyle::kPattern;
  options.pattern = "%(message)s";
  auto logging = Logging::Start(options);
  if (!logging.ok()) return 2;
  Logger* const logger = (*logging)->logger();
  int64_t count = 0;
  while ((*logging)->lost_records() == 0 && count < 100'000) {
    logger->Log(LogLevel::kInfo, Line(count++));
  }
  for (int i = 0; i < 10; ++i) logger->Log(LogLevel::kInfo, Line(count++));
  const int64_t lost = (*logging)->lost_records();
  unlink(filler.c_str());
  for (int i = 0; i < 10; ++i) logger->Log(LogLevel::kInfo, Line(count++));
  if ((*logging)->lost_records() != lost) return 3;

  // Whole lines, in order; the lost ones are counted where they are missing.
  std::ifstream file(options.file_path);
  int64_t next = 0;
  int64_t told = 0;
  int notices = 0;
  for (std::string line; std::getline(file, line);) {
    if (line == Line(next)) {
      ++next;
      continue;
    }
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    int64_t number;
    if (!absl::SimpleAtoi(words[0], &number)) {
      std::printf("not expected: %s\n", line.c_str());
      return 4;
    }
    ++notices;
    told += number;
    next += number;
  }
  std::printf("%d notice, lost %d of %d\n", notices, static_cast<int>(lost),
              static_cast<int>(count));
  return notices == 1 && told == lost && lost > 1 && next == count ? 0 : 5;
}

TEST(SmallDisk, AFullDiskCostsRecordsAndSplitsNoLine) {
  std::string dir = testing::TempDir() + "/disk_XXXXXX";
  ASSERT_NE(mkdtemp(&dir[0]), nullptr);
  const pid_t pid = fork();
  ASSERT_GE(pid, 0);
  if (pid == 0) {
    const int code = Check(dir);
    std::fflush(stdout);
    _exit(code);
  }
  int status = 0;
  ASSERT_EQ(waitpid(pid, &status, 0), pid);
  rmdir(dir.c_str());
  ASSERT_TRUE(WIFEXITED(status)) << status;
  if (WEXITSTATUS(status) == kNoNamespace) {
    GTEST_SKIP() << "this system lets nobody mount a tmpfs";
  }
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace dirwatcher
