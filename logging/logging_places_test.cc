// The places and forms that Logging can log to besides a file in glog's form.

#include <errno.h>
#include <fcntl.h>
#include <glog/logging.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
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
#include "env/unique_fd.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "logging/log_level.h"
#include "logging/logger.h"
#include "logging/logging.h"
#include "nlohmann/json.hpp"

namespace dirwatcher {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> Lines(const std::string& text) {
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

// A service that listens for datagrams at a path.
UniqueFd Listen(const std::string& path) {
  UniqueFd fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  struct sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  memcpy(address.sun_path, path.data(), path.size());
  EXPECT_EQ(bind(fd.get(), reinterpret_cast<struct sockaddr*>(&address),
                 sizeof(address)),
            0)
      << strerror(errno);
  return fd;
}

std::vector<std::string> Received(const UniqueFd& fd) {
  std::vector<std::string> all;
  std::string buffer(1 << 20, '\0');
  for (ssize_t n; (n = recv(fd.get(), &buffer[0], buffer.size(), 0)) >= 0;) {
    all.push_back(buffer.substr(0, static_cast<size_t>(n)));
  }
  return all;
}

class LoggingPlacesTest : public testing::Test {
 protected:
  LoggingPlacesTest() {
    std::string name = "/tmp/logging.XXXXXX";  // short enough for sockets
    EXPECT_NE(mkdtemp(&name[0]), nullptr);
    dir_ = name;
    options_.program = "tested";
    options_.file_path = dir_ + "/x.log";
    options_.style = LogStyle::kPattern;
    options_.pattern = "%(levelname)s %(message)s";
    options_.syslog_socket = dir_ + "/syslog";
    options_.journald_socket = dir_ + "/journal";
  }
  ~LoggingPlacesTest() override { fs::remove_all(dir_); }

  std::unique_ptr<Logging> Start() {
    absl::StatusOr<std::unique_ptr<Logging>> logging = Logging::Start(options_);
    EXPECT_TRUE(logging.ok()) << logging.status();
    return *std::move(logging);
  }

  std::vector<std::string> Log() const {
    return Lines(ReadFile(options_.file_path));
  }

  std::string dir_;
  LoggingOptions options_;
};

TEST_F(LoggingPlacesTest, HasLevelsThatGlogHasNot) {
  options_.min_level = LogLevel::kDebug;
  const auto logging = Start();
  for (const LogLevel level :
       {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError,
        LogLevel::kCritical}) {
    logging->logger()->Log(level, "x");
  }
  LOG(WARNING) << "from glog";
  VLOG(1) << "verbose";
  EXPECT_THAT(Log(),
              ElementsAre("DEBUG x", "INFO x", "WARNING x", "ERROR x",
                          "CRITICAL x", "WARNING from glog", "INFO verbose"));
}

TEST_F(LoggingPlacesTest, TheLevelCanBeChanged) {
  const auto logging = Start();
  const auto log_all = [&] {
    for (const LogLevel level : {LogLevel::kDebug, LogLevel::kInfo,
                                 LogLevel::kError, LogLevel::kCritical}) {
      logging->logger()->Log(level, "x");
    }
    LOG(INFO) << "glog";
    VLOG(1) << "verbose";
    LOG(ERROR) << "glog";
    const std::vector<std::string> log = Log();
    std::ofstream(options_.file_path, std::ios::trunc);
    return log;
  };
  EXPECT_THAT(log_all(), ElementsAre("INFO x", "ERROR x", "CRITICAL x",
                                     "INFO glog", "ERROR glog"));
  logging->SetMinLevel(LogLevel::kDebug);
  EXPECT_THAT(log_all(),
              ElementsAre("DEBUG x", "INFO x", "ERROR x", "CRITICAL x",
                          "INFO glog", "INFO verbose", "ERROR glog"));
  logging->SetMinLevel(LogLevel::kCritical);
  EXPECT_THAT(log_all(), ElementsAre("CRITICAL x"));
  logging->SetMinLevel(LogLevel::kOff);
  EXPECT_THAT(log_all(), ElementsAre());
}

TEST_F(LoggingPlacesTest, APatternThatIsWrongIsAnError) {
  options_.pattern = "%(nonsense)s";
  const absl::Status status = Logging::Start(options_).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("\"nonsense\""));
  EXPECT_FALSE(fs::exists(options_.file_path));
}

TEST_F(LoggingPlacesTest, WritesJson) {
  options_.style = LogStyle::kJson;
  const auto logging = Start();
  logging->logger()->Log(LogLevel::kInfo, "one");
  LOG(ERROR) << "two\nlines";
  std::vector<std::string> messages;
  for (const std::string& line : Log()) {
    const nlohmann::json json = nlohmann::json::parse(line);
    EXPECT_EQ(json["name"], "tested");
    EXPECT_EQ(json["file"], "logging_places_test.cc");
    messages.push_back(json["message"]);
  }
  EXPECT_THAT(messages, ElementsAre("one", "two\\nlines"));
}

TEST_F(LoggingPlacesTest, WritesToStandardOutputAsWell) {
  const std::string out = dir_ + "/stdout";
  const UniqueFd saved(dup(STDOUT_FILENO));
  const UniqueFd file(open(out.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  dup2(file.get(), STDOUT_FILENO);
  options_.to_stdout = true;
  {
    const auto logging = Start();
    logging->logger()->Log(LogLevel::kInfo, "one");
    logging->logger()->LogSoon(LogLevel::kInfo, "two");
  }
  dup2(saved.get(), STDOUT_FILENO);
  EXPECT_THAT(Lines(ReadFile(out)), ElementsAre("INFO one", "INFO two"));
  EXPECT_EQ(Log(), Lines(ReadFile(out)));
}

TEST_F(LoggingPlacesTest, WritesToTheSystemsLogsAsWell) {
  const UniqueFd syslog = Listen(options_.syslog_socket);
  const UniqueFd journal = Listen(options_.journald_socket);
  options_.to_syslog = true;
  options_.to_journald = true;
  const auto logging = Start();
  const std::string longer(60'000, 'l');
  logging->logger()->Log(LogLevel::kCritical, "one");
  LOG(INFO) << "two";
  logging->logger()->Log(LogLevel::kInfo, longer);
  const std::vector<std::string> to_syslog = Received(syslog);
  ASSERT_EQ(to_syslog.size(), 3u);
  EXPECT_THAT(to_syslog[0], StartsWith("<10>"));
  EXPECT_THAT(to_syslog[0],
              HasSubstr(absl::StrCat(" tested[", getpid(), "]: one")));
  EXPECT_THAT(to_syslog[1], StartsWith("<14>"));
  EXPECT_THAT(to_syslog[2], HasSubstr("]: " + longer));
  const std::vector<std::string> to_journal = Received(journal);
  ASSERT_EQ(to_journal.size(), 3u);
  EXPECT_THAT(to_journal[0],
              StartsWith("MESSAGE=one\nPRIORITY=2\nSYSLOG_IDENTIFIER=tested\n"
                         "CODE_FILE=logging_places_test.cc\nCODE_LINE="));
  EXPECT_THAT(to_journal[2], HasSubstr("MESSAGE=" + longer + "\n"));
  EXPECT_EQ(logging->lost_records(), 0);
}

TEST_F(LoggingPlacesTest, AbsentSystemLogsAreSaidOnce) {
  options_.to_syslog = true;
  options_.to_journald = true;
  const auto logging = Start();
  logging->logger()->Log(LogLevel::kInfo, "one");
  logging->logger()->Log(LogLevel::kInfo, "two");
  const std::vector<std::string> log = Log();
  ASSERT_EQ(log.size(), 4u);
  EXPECT_EQ(log[0], "INFO one");
  EXPECT_THAT(log[1], StartsWith("WARNING Cannot log to syslog: connect to "));
  EXPECT_THAT(log[2], StartsWith("WARNING Cannot log to the journal: "));
  EXPECT_EQ(log[3], "INFO two");
  EXPECT_EQ(logging->lost_records(), 4);
}

}  // namespace
}  // namespace dirwatcher
