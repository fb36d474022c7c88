#include "logging/rotating_file.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.is_open()) << path;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

class RotatingFileTest : public testing::Test {
 protected:
  RotatingFileTest() {
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    std::string name = testing::TempDir() + "/rotating_XXXXXX";
    EXPECT_NE(mkdtemp(&name[0]), nullptr);
    dir_ = name;
    path_ = dir_ + "/x.log";
  }
  ~RotatingFileTest() override { fs::remove_all(dir_); }

  std::unique_ptr<RotatingFile> Open(int64_t max_bytes, int max_backups) {
    RotatingFileOptions options;
    options.path = path_;
    options.max_bytes = max_bytes;
    options.max_backups = max_backups;
    absl::StatusOr<std::unique_ptr<RotatingFile>> file =
        RotatingFile::Open(options);
    EXPECT_TRUE(file.ok()) << file.status();
    return *std::move(file);
  }

  std::string Old(int number) const { return absl::StrCat(path_, ".", number); }

  std::string dir_;
  std::string path_;
};

#define EXPECT_WRITES(file, line)                                 \
  do {                                                            \
    const WriteResult write_result = (file).Write(line);          \
    EXPECT_TRUE(write_result.status.ok()) << write_result.status; \
  } while (false)

TEST_F(RotatingFileTest, AppendsToWhatIsThere) {
  std::ofstream(path_) << "old\n";
  EXPECT_WRITES(*Open(1000, 2), "new\n");
  EXPECT_EQ(ReadFile(path_), "old\nnew\n");
}

TEST_F(RotatingFileTest, FillsTheFileToItsMaximumAndRollsBeforeTheNextByte) {
  auto file = Open(10, 2);
  EXPECT_WRITES(*file, "1234\n");
  EXPECT_WRITES(*file, "5678\n");  // exactly 10 bytes
  EXPECT_FALSE(fs::exists(Old(1)));
  EXPECT_WRITES(*file, "\n");
  EXPECT_EQ(ReadFile(Old(1)), "1234\n5678\n");
  EXPECT_EQ(ReadFile(path_), "\n");
}

TEST_F(RotatingFileTest, KeepsTheNewestOldFilesWithOneAsTheNewest) {
  auto file = Open(2, 2);
  for (const char* line : {"a\n", "b\n", "c\n", "d\n"}) {
    EXPECT_WRITES(*file, line);
  }
  EXPECT_EQ(ReadFile(path_), "d\n");
  EXPECT_EQ(ReadFile(Old(1)), "c\n");
  EXPECT_EQ(ReadFile(Old(2)), "b\n");
  EXPECT_FALSE(fs::exists(Old(3)));
}

TEST_F(RotatingFileTest, ALineLongerThanTheMaximumHasAFileOfItsOwn) {
  auto file = Open(4, 5);
  EXPECT_WRITES(*file, "a\n");
  EXPECT_WRITES(*file, "long line\n");
  EXPECT_WRITES(*file, "b\n");
  EXPECT_EQ(ReadFile(Old(2)), "a\n");
  EXPECT_EQ(ReadFile(Old(1)), "long line\n");
  EXPECT_EQ(ReadFile(path_), "b\n");
}

TEST_F(RotatingFileTest, MaximumOfZeroNeverRolls) {
  auto file = Open(0, 2);
  const std::string line(100'000, 'x');
  for (int i = 0; i < 20; ++i) EXPECT_WRITES(*file, line);
  EXPECT_EQ(fs::file_size(path_), 20 * line.size());
  EXPECT_FALSE(fs::exists(Old(1)));
}

TEST_F(RotatingFileTest, WithoutBackupsWhatIsRolledIsDeleted) {
  auto file = Open(2, 0);
  EXPECT_WRITES(*file, "a\n");
  EXPECT_WRITES(*file, "b\n");
  EXPECT_EQ(ReadFile(path_), "b\n");
  EXPECT_FALSE(fs::exists(Old(1)));
}

TEST_F(RotatingFileTest, FillsAGapInTheNumbersBeforeItGivesUpTheOldest) {
  std::ofstream(Old(1)) << "1\n";
  std::ofstream(Old(3)) << "3\n";
  auto file = Open(2, 3);
  EXPECT_WRITES(*file, "a\n");
  EXPECT_WRITES(*file, "b\n");
  EXPECT_EQ(ReadFile(Old(1)), "a\n");
  EXPECT_EQ(ReadFile(Old(2)), "1\n");
  EXPECT_EQ(ReadFile(Old(3)), "3\n");
}

TEST_F(RotatingFileTest, SizeOfAFileFoundAtStartCounts) {
  std::ofstream(path_) << "12345678\n";
  EXPECT_WRITES(*Open(10, 1), "ab\n");
  EXPECT_EQ(ReadFile(Old(1)), "12345678\n");
  EXPECT_EQ(ReadFile(path_), "ab\n");
}

TEST_F(RotatingFileTest, NewFileIsNotForEverybodyAndARolledOneKeepsItsMode) {
  const mode_t before = umask(022);
  auto file = Open(2, 1);
  EXPECT_WRITES(*file, "a\n");
  struct stat st;
  ASSERT_EQ(stat(path_.c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 0777, 0640);
  ASSERT_EQ(chmod(path_.c_str(), 0600), 0);
  EXPECT_WRITES(*file, "b\n");
  ASSERT_EQ(stat(path_.c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 0777, 0600);
  umask(before);
}

TEST_F(RotatingFileTest, GoesOnInANewFileWhenTheOldOneIsMovedAway) {
  auto file = Open(1000, 1);
  EXPECT_WRITES(*file, "a\n");
  fs::rename(path_, path_ + "-20230131");
  EXPECT_WRITES(*file, "b\n");
  fs::remove(path_);
  EXPECT_WRITES(*file, "c\n");
  EXPECT_EQ(ReadFile(path_ + "-20230131"), "a\n");
  EXPECT_EQ(ReadFile(path_), "c\n");
}

TEST_F(RotatingFileTest, GoesOnAtTheEndOfAFileThatSomebodyEmptied) {
  auto file = Open(1000, 1);
  EXPECT_WRITES(*file, "a\n");
  fs::resize_file(path_, 0);
  EXPECT_WRITES(*file, "b\n");
  EXPECT_EQ(ReadFile(path_), "b\n");
}

TEST_F(RotatingFileTest, VanishedDirectoryCostsLinesUntilItIsBack) {
  path_ = dir_ + "/sub/x.log";
  fs::create_directory(dir_ + "/sub");
  auto file = Open(1000, 1);
  fs::remove_all(dir_ + "/sub");
  const WriteResult lost = file->Write("lost\n");
  EXPECT_EQ(lost.written_bytes, 0);
  EXPECT_TRUE(absl::IsNotFound(lost.status)) << lost.status;
  EXPECT_THAT(lost.status.ToString(), HasSubstr(path_));
  fs::create_directory(dir_ + "/sub");
  EXPECT_WRITES(*file, "back\n");
  EXPECT_EQ(ReadFile(path_), "back\n");
}

TEST_F(RotatingFileTest, LinkStaysAndItsTargetIsRolled) {
  fs::create_directory(dir_ + "/real");
  fs::create_symlink("real/target.log", path_);
  auto file = Open(2, 1);
  EXPECT_WRITES(*file, "a\n");
  EXPECT_WRITES(*file, "b\n");
  EXPECT_TRUE(fs::is_symlink(path_));
  EXPECT_EQ(ReadFile(dir_ + "/real/target.log"), "b\n");
  EXPECT_EQ(ReadFile(dir_ + "/real/target.log.1"), "a\n");
}

TEST_F(RotatingFileTest, DeviceIsWrittenToAndNeverRolled) {
  path_ = "/dev/null";
  auto file = Open(1, 1);
  for (int i = 0; i < 10; ++i) EXPECT_WRITES(*file, "more than one byte\n");
  EXPECT_FALSE(fs::exists("/dev/null.1"));
}

TEST_F(RotatingFileTest, FullDeviceIsAnErrorEachTime) {
  path_ = "/dev/full";
  auto file = Open(1, 1);
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(absl::IsResourceExhausted(file->Write("x\n").status));
  }
}

TEST_F(RotatingFileTest, FifoIsNeverRolledAndItsReaderNeverWaitedForAtStart) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  RotatingFileOptions options;
  options.path = path_;
  options.max_bytes = 1;
  EXPECT_FALSE(RotatingFile::Open(options).ok());  // nobody reads: ENXIO

  const int reader = open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  auto file = Open(1, 1);
  EXPECT_WRITES(*file, "one\n");
  EXPECT_WRITES(*file, "two\n");
  char buffer[16];
  EXPECT_EQ(read(reader, buffer, sizeof(buffer)), 8);
  EXPECT_FALSE(fs::exists(Old(1)));

  close(reader);
  EXPECT_FALSE(file->Write("lost\n").status.ok());  // EPIPE, not death
}

TEST_F(RotatingFileTest, WriteThatTheDiskCutsShortIsTakenBack) {
  // A limit on the size of files stands in for a disk that fills up in the
  // middle of a line: write(2) is cut short, then fails.
  auto file = Open(0, 1);
  EXPECT_WRITES(*file, "0123456\n");
  struct rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  struct rlimit full = before;
  full.rlim_cur = 10;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &full), 0);
  const WriteResult result = file->Write("abcdefg\n");
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_FALSE(result.status.ok());
  EXPECT_EQ(result.written_bytes, 0);
  EXPECT_EQ(ReadFile(path_), "0123456\n");
  EXPECT_WRITES(*file, "again\n");
  EXPECT_EQ(ReadFile(path_), "0123456\nagain\n");
}

TEST_F(RotatingFileTest, RollThatFailsLetsTheFileGrowAndSaysWhy) {
  auto file = Open(2, 1);
  fs::create_directories(Old(1) + "/in the way");
  EXPECT_WRITES(*file, "a\n");
  EXPECT_TRUE(file->roll_status().ok());
  EXPECT_WRITES(*file, "b\n");
  EXPECT_FALSE(file->roll_status().ok());
  EXPECT_EQ(ReadFile(path_), "a\nb\n");

  fs::remove_all(Old(1));
  EXPECT_WRITES(*file, "c\n");
  EXPECT_TRUE(file->roll_status().ok());
  EXPECT_EQ(ReadFile(Old(1)), "a\nb\n");
}

TEST_F(RotatingFileTest, LockThatSomebodyKeepsDelaysOneWriteAndNoOther) {
  auto file = Open(2, 1);
  EXPECT_WRITES(*file, "a\n");
  const int other = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(flock(other, LOCK_EX), 0);
  const absl::Time start = absl::Now();
  for (int i = 0; i < 200; ++i) EXPECT_WRITES(*file, "b\n");
  EXPECT_LT(absl::Now() - start, absl::Seconds(20));  // not 200 times a second
  EXPECT_EQ(fs::file_size(path_), 402);  // nothing is rolled without the lock

  ASSERT_EQ(flock(other, LOCK_UN), 0);
  EXPECT_WRITES(*file, "c\n");
  EXPECT_EQ(ReadFile(path_), "c\n");
  EXPECT_EQ(fs::file_size(Old(1)), 402);
  close(other);
}

TEST_F(RotatingFileTest, CannotBeOpenedWithANegativeLimit) {
  RotatingFileOptions options;
  options.path = path_;
  options.max_bytes = -1;
  EXPECT_TRUE(absl::IsInvalidArgument(RotatingFile::Open(options).status()));
}

TEST_F(RotatingFileTest, CannotBeOpenedInAMissingDirectoryAndNamesThePath) {
  RotatingFileOptions options;
  options.path = dir_ + "/missing/x.log";
  const absl::Status status = RotatingFile::Open(options).status();
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_THAT(status.ToString(), HasSubstr(options.path));
}

// Line `i` of writer `writer`; of many lengths, each ending in a mark.
std::string NumberedLine(int writer, int i) {
  return absl::StrFormat("%d %06d %s end\n", writer, i,
                         std::string(static_cast<size_t>(i * 37 % 180), 'x'));
}

TEST_F(RotatingFileTest, ProcessesThatShareAFileLoseNoLineAndSplitNone) {
  constexpr int kWriters = 2;
  constexpr int kLines = 20'000;  // together more than 3 MiB
  constexpr int64_t kMaxBytes = 100'000;
  constexpr int kBackups = 100;
  std::vector<pid_t> children;
  for (int writer = 0; writer < kWriters; ++writer) {
    const pid_t pid = fork();
    ASSERT_GE(pid, 0);
    if (pid == 0) {
      auto file = Open(kMaxBytes, kBackups);
      bool ok = true;
      for (int i = 0; i < kLines; ++i) {
        ok = ok && file->Write(NumberedLine(writer, i)).status.ok();
      }
      _exit(ok ? 0 : 1);
    }
    children.push_back(pid);
  }
  for (const pid_t pid : children) {
    int status = 0;
    ASSERT_EQ(waitpid(pid, &status, 0), pid);
    EXPECT_EQ(status, 0);
  }

  // From the oldest file to the newest, each writer's lines stand in order.
  std::vector<std::string> paths = {path_};
  for (int i = 1; fs::exists(Old(i)); ++i) paths.push_back(Old(i));
  std::reverse(paths.begin(), paths.end());
  ASSERT_LT(paths.size(), kBackups);  // or lines would have been dropped
  size_t total = 0;
  std::map<int, int> next;
  for (const std::string& path : paths) {
    const std::string text = ReadFile(path);
    total += text.size();
    EXPECT_LE(text.size(), kMaxBytes) << path;
    if (path != path_) {
      EXPECT_GT(text.size(), kMaxBytes - 200) << path;
    }
    ASSERT_TRUE(!text.empty() && text.back() == '\n') << path;
    std::vector<std::string> lines = absl::StrSplit(text, '\n');
    lines.pop_back();
    for (const std::string& line : lines) {
      const int writer = line.front() - '0';
      ASSERT_TRUE(writer >= 0 && writer < kWriters) << line;
      ASSERT_EQ(line + "\n", NumberedLine(writer, next[writer])) << path;
      ++next[writer];
    }
  }
  EXPECT_GT(total, size_t{3} << 20);
  for (int writer = 0; writer < kWriters; ++writer) {
    EXPECT_EQ(next[writer], kLines);
  }
}

}  // namespace
}  // namespace dirwatcher
