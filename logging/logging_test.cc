#include "logging/logging.h"

#include <fcntl.h>
#include <glog/logging.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "logging/log_level.h"
#include "logging/logger.h"

namespace dirwatcher {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.is_open()) << path;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

class LoggingTest : public testing::Test {
 protected:
  LoggingTest() {
    signal(SIGPIPE, SIG_IGN);
    std::string name = testing::TempDir() + "/logging_XXXXXX";
    EXPECT_NE(mkdtemp(&name[0]), nullptr);
    dir_ = name;
    stderr_path_ = dir_ + "/stderr";
    saved_stderr_ = dup(STDERR_FILENO);
    PutAtStderr(open(stderr_path_.c_str(),
                     O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  }
  ~LoggingTest() override {
    PutAtStderr(saved_stderr_);
    fs::remove_all(dir_);
  }

  // Makes descriptor 2 what `fd` is, and closes `fd`.
  static void PutAtStderr(int fd) {
    EXPECT_GE(fd, 0);
    EXPECT_EQ(dup2(fd, STDERR_FILENO), STDERR_FILENO);
    close(fd);
  }

  static std::unique_ptr<Logging> Start(const LoggingOptions& options) {
    absl::StatusOr<std::unique_ptr<Logging>> logging = Logging::Start(options);
    EXPECT_TRUE(logging.ok()) << logging.status();
    return *std::move(logging);
  }

  LoggingOptions ToFile() const {
    LoggingOptions options;
    options.file_path = dir_ + "/x.log";
    return options;
  }

  std::string Stderr() const { return ReadFile(stderr_path_); }

  std::string dir_;

 private:
  std::string stderr_path_;
  int saved_stderr_;
};

// What stands after glog's prefixes.
std::vector<std::string> Texts(const std::string& log) {
  std::vector<std::string> texts;
  for (absl::string_view line : absl::StrSplit(log, '\n', absl::SkipEmpty())) {
    texts.emplace_back(line.substr(line.find("] ") + 2));
  }
  return texts;
}

TEST_F(LoggingTest, LogsToStandardErrorWithGlogsPrefixAndThePlaceOfTheCall) {
  auto logging = Start({});
  logging->logger()->Log(LogLevel::kWarning, "Received SIGTERM");
  EXPECT_THAT(Stderr(), MatchesRegex("W[0-9]{8} [0-9]{2}:[0-9]{2}:[0-9]{2}\\."
                                     "[0-9]{6} +[0-9]+ logging_test\\.cc:[0-9]+"
                                     "\\] Received SIGTERM\n"));
}

TEST_F(LoggingTest, EachLevelHasItsLetterAndDebugHasThatOfInfo) {
  LoggingOptions options;
  options.min_level = LogLevel::kDebug;
  auto logging = Start(options);
  std::string letters;
  for (const LogLevel level : {LogLevel::kDebug, LogLevel::kInfo,
                               LogLevel::kWarning, LogLevel::kError}) {
    logging->logger()->Log(level, "x");
  }
  for (absl::string_view line :
       absl::StrSplit(Stderr(), '\n', absl::SkipEmpty())) {
    letters += line.front();
  }
  EXPECT_EQ(letters, "IIWE");
}

TEST_F(LoggingTest, LogsNothingBelowTheLevelAskedFor) {
  LoggingOptions options;
  const std::vector<LogLevel> levels = {LogLevel::kDebug, LogLevel::kInfo,
                                        LogLevel::kWarning, LogLevel::kError};
  for (size_t i = 0; i < levels.size(); ++i) {
    fs::resize_file(dir_ + "/stderr", 0);
    options.min_level = levels[i];
    auto logging = Start(options);
    for (size_t j = 0; j < levels.size(); ++j) {
      logging->logger()->Log(levels[j], absl::StrCat(j));
    }
    std::vector<std::string> expected;
    for (size_t j = i; j < levels.size(); ++j) {
      expected.push_back(absl::StrCat(j));
    }
    EXPECT_EQ(Texts(Stderr()), expected);
  }
}

TEST_F(LoggingTest, GlogsOwnRecordsGoTheSameWay) {
  LoggingOptions options = ToFile();
  options.min_level = LogLevel::kDebug;
  auto logging = Start(options);
  LOG(INFO) << "info";
  VLOG(1) << "verbose";
  VLOG(2) << "too verbose";
  EXPECT_THAT(Texts(ReadFile(options.file_path)),
              ElementsAre("info", "verbose"));
}

TEST_F(LoggingTest, OtherCodesSinksReceiveTheRecords) {
  class Sink : public google::LogSink {
   public:
    using google::LogSink::send;
    void send(google::LogSeverity, const char*, const char*, int,
              const google::LogMessageTime&, const char* message,
              size_t message_len) override {
      text.assign(message, message_len);
    }
    std::string text;
  };
  Sink other;
  auto logging = Start({});
  google::AddLogSink(&other);
  logging->logger()->Log(LogLevel::kInfo, "hello");
  google::RemoveLogSink(&other);
  EXPECT_EQ(other.text, "hello");
}

TEST_F(LoggingTest, RecordIsOneLineWhateverIsInIt) {
  auto logging = Start({});
  logging->logger()->Log(LogLevel::kInfo, "a\nb");
  EXPECT_THAT(Texts(Stderr()), ElementsAre("a\\nb"));
}

TEST_F(LoggingTest, RecordsAroundGlogsLimitAndBeyondAreWhole) {
  auto logging = Start({});
  for (const size_t size : {28'999, 29'000, 29'999, 30'000, 30'001, 200'000}) {
    fs::resize_file(dir_ + "/stderr", 0);
    const std::string text(size, 'x');
    logging->logger()->Log(LogLevel::kInfo, text);
    EXPECT_THAT(Texts(Stderr()), ElementsAre(text));
    EXPECT_THAT(Stderr(), HasSubstr(" logging_test.cc:"));
  }
}

TEST_F(LoggingTest, WithAFileStandardErrorStaysEmpty) {
  auto logging = Start(ToFile());
  logging->logger()->Log(LogLevel::kError, "to the file");
  EXPECT_THAT(Texts(ReadFile(dir_ + "/x.log")), ElementsAre("to the file"));
  EXPECT_EQ(Stderr(), "");
}

TEST_F(LoggingTest, FileIsRolledAsTheOptionsSay) {
  LoggingOptions options = ToFile();
  options.max_file_bytes = 1;
  options.max_file_backups = 1;
  auto logging = Start(options);
  for (const char* text : {"a", "b", "c"}) {
    logging->logger()->Log(LogLevel::kInfo, text);
  }
  EXPECT_THAT(Texts(ReadFile(options.file_path)), ElementsAre("c"));
  EXPECT_THAT(Texts(ReadFile(options.file_path + ".1")), ElementsAre("b"));
  EXPECT_FALSE(fs::exists(options.file_path + ".2"));
}

TEST_F(LoggingTest, FileThatCannotBeOpenedIsAnErrorThatNamesIt) {
  LoggingOptions options;
  options.file_path = dir_ + "/missing/x.log";
  const absl::Status status = Logging::Start(options).status();
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_THAT(status.ToString(), HasSubstr(options.file_path));
  // Nothing is left half set up.
  EXPECT_TRUE(Logging::Start({}).ok());
}

TEST_F(LoggingTest, FullDiskCostsRecordsAndIsSaidOnceOnStandardError) {
  LoggingOptions options;
  options.file_path = "/dev/full";
  auto logging = Start(options);
  logging->logger()->Log(LogLevel::kInfo, "one");
  logging->logger()->Log(LogLevel::kInfo, "two");
  EXPECT_EQ(logging->lost_records(), 2);
  EXPECT_THAT(Texts(Stderr()),
              ElementsAre("Cannot log: write to log file /dev/full: No space "
                          "left on device; records are lost until it works "
                          "again"));
}

TEST_F(LoggingTest, VanishedDirectoryCostsRecordsAndTheLogSaysHowMany) {
  LoggingOptions options;
  fs::create_directory(dir_ + "/sub");
  options.file_path = dir_ + "/sub/x.log";
  auto logging = Start(options);
  fs::remove_all(dir_ + "/sub");
  logging->logger()->Log(LogLevel::kInfo, "one");
  logging->logger()->Log(LogLevel::kInfo, "two");
  fs::create_directory(dir_ + "/sub");
  logging->logger()->Log(LogLevel::kInfo, "three");
  EXPECT_THAT(
      Texts(ReadFile(options.file_path)),
      ElementsAre(StartsWith("2 records were lost: open log file "), "three"));
}

TEST_F(LoggingTest, RollThatFailsIsSaidOnceOnStandardErrorAndLoggingGoesOn) {
  LoggingOptions options = ToFile();
  options.max_file_bytes = 1;
  options.max_file_backups = 1;
  fs::create_directories(options.file_path + ".1/in the way");
  auto logging = Start(options);
  for (const char* text : {"a", "b", "c"}) {
    logging->logger()->Log(LogLevel::kInfo, text);
  }
  EXPECT_THAT(Texts(ReadFile(options.file_path)), ElementsAre("a", "b", "c"));
  EXPECT_THAT(Stderr(), StartsWith("Cannot roll the log file: rename "));
  EXPECT_THAT(Stderr(), EndsWith("; it grows past its maximum\n"));
  EXPECT_EQ(Texts(Stderr()).size(), 1);
}

TEST_F(LoggingTest, ClosedOrBrokenOrFullStandardErrorIsSurvived) {
  auto logging = Start({});
  close(STDERR_FILENO);
  logging->logger()->Log(LogLevel::kInfo, "closed");
  EXPECT_EQ(logging->lost_records(), 1);

  int pipe_fds[2];
  ASSERT_EQ(pipe(pipe_fds), 0);
  // The lowest free descriptor is 2: the pipe's read end may stand there.
  const int write_end = dup(pipe_fds[1]);
  close(pipe_fds[0]);
  close(pipe_fds[1]);
  PutAtStderr(write_end);
  logging->logger()->Log(LogLevel::kInfo, "broken");
  EXPECT_EQ(logging->lost_records(), 2);

  PutAtStderr(open("/dev/full", O_WRONLY | O_CLOEXEC));
  logging->logger()->Log(LogLevel::kInfo, "full");
  EXPECT_EQ(logging->lost_records(), 3);

  PutAtStderr(open((dir_ + "/stderr").c_str(), O_WRONLY | O_APPEND));
  logging->logger()->Log(LogLevel::kInfo, "works again");
  EXPECT_THAT(Texts(Stderr()),
              ElementsAre(StartsWith("3 records were lost: write to standard "
                                     "error: Bad file descriptor"),
                          "works again"));
}

TEST_F(LoggingTest, OnlyOneMayExistAtATimeAndAnotherMayFollow) {
  auto first = Start({});
  EXPECT_TRUE(absl::IsFailedPrecondition(Logging::Start({}).status()));
  first.reset();
  EXPECT_TRUE(Logging::Start({}).ok());
}

TEST_F(LoggingTest, LeavesGlogsFlagsAsItFoundThem) {
  FLAGS_minloglevel = 2;
  FLAGS_v = 7;
  FLAGS_logtostderr = true;
  Start({}).reset();
  EXPECT_EQ(FLAGS_minloglevel, 2);
  EXPECT_EQ(FLAGS_v, 7);
  EXPECT_TRUE(FLAGS_logtostderr);
  FLAGS_minloglevel = 0;
  FLAGS_v = 0;
  FLAGS_logtostderr = false;
}

TEST_F(LoggingTest, TakesNoSignal) {
  for (const int number : {SIGTERM, SIGINT, SIGSEGV, SIGABRT}) {
    struct sigaction before;
    struct sigaction after;
    ASSERT_EQ(sigaction(number, nullptr, &before), 0);
    auto logging = Start({});
    ASSERT_EQ(sigaction(number, nullptr, &after), 0);
    EXPECT_EQ(after.sa_handler, before.sa_handler) << number;
  }
}

TEST_F(LoggingTest, GlogWritesNoFilesOfItsOwn) {
  FLAGS_log_dir = dir_;
  auto logging = Start({});
  logging->logger()->Log(LogLevel::kError, "x");
  LOG(ERROR) << "y";
  logging.reset();
  FLAGS_log_dir = "";
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(dir_)) {
    names.push_back(entry.path().filename());
  }
  EXPECT_THAT(names, ElementsAre("stderr"));
}

}  // namespace
}  // namespace dirwatcher
