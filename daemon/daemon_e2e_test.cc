// Real daemons, real signals, real log files.

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cmd/program_harness.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "logging/pattern_format.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr char kTested[] = "daemon/daemon_for_tests";

class DaemonTest : public testing::Test {
 protected:
  DaemonTest() {
    std::string name = testing::TempDir() + "/daemon_XXXXXX";
    EXPECT_NE(mkdtemp(&name[0]), nullptr);
    dir_ = name;
  }
  ~DaemonTest() override { std::filesystem::remove_all(dir_); }

  void Start(const std::vector<std::string>& command,
             const std::map<std::string, std::string>& environment) {
    process_ = std::make_unique<Process>(dir_, command, [&environment] {
      for (const auto& [name, value] : environment) {
        setenv(name.c_str(), value.c_str(), 1);
      }
    });
  }

  // The daemon for tests, once it works.
  void StartTested(const std::string& way,
                   std::map<std::string, std::string> environment = {}) {
    environment["DAEMON_LOG_PATH"] = dir_;
    environment.emplace("DAEMON_LOG_FORMAT", "%(levelname)s %(message)s");
    Start({kTested, way}, environment);
    EXPECT_TRUE(AwaitLog("working"));
  }

  bool AwaitLog(const std::string& text) const {
    return Eventually([&] { return absl::StrContains(Log(), text); });
  }

  std::string Log() const { return ReadFile(dir_ + "/simple_daemon.log"); }
  std::vector<std::string> Lines() const {
    return absl::StrSplit(Log(), '\n', absl::SkipEmpty());
  }

  std::string dir_;
  std::unique_ptr<Process> process_;
};

TEST_F(DaemonTest, APassiveOneIsAskedToEnd) {
  StartTested("asks");
  process_->Signal(SIGTERM);
  const pid_t pid = process_->pid();
  EXPECT_EQ(process_->Wait(), 0);
  EXPECT_THAT(
      Lines(),
      ElementsAre(absl::StrCat("INFO PID: ", pid),
                  "DEBUG Set signal handler: 2", "DEBUG Set signal handler: 15",
                  "INFO Mode: PASSIVE", "WARNING working",
                  "INFO Received 15 signal.",
                  absl::StrCat("DEBUG The signal was sent by PID ", getpid()),
                  "INFO interrupted == True", "INFO Graceful Interrupt..."));
  EXPECT_EQ(process_->Stdout(), "");
  EXPECT_EQ(process_->Stderr(), "");
}

TEST_F(DaemonTest, AnAggressiveOneIsInterruptedAtItsCheckpoint) {
  StartTested("checkpoints", {{"DAEMON_INTERRUPT_MODE", "aggressive"},
                              {"DAEMON_LOG_LVL", "20"}});
  process_->Signal(SIGINT);
  const pid_t pid = process_->pid();
  EXPECT_EQ(process_->Wait(), 0);
  EXPECT_THAT(Lines(), ElementsAre(absl::StrCat("INFO PID: ", pid),
                                   "INFO Mode: AGGRESSIVE", "WARNING working",
                                   "INFO Received 2 signal.",
                                   "INFO Graceful Interrupt..."));
  EXPECT_EQ(process_->Stdout(), "SimpleDaemon Exit\n");
}

TEST_F(DaemonTest, AnAggressiveOneThatMissesItsCheckpointsIsEnded) {
  StartTested("stuck", {{"DAEMON_INTERRUPT_MODE", "aggressive"},
                        {"DAEMON_SHUTDOWN_GRACE", "0.05"}});
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 128 + SIGTERM);
  EXPECT_THAT(Log(), HasSubstr("ERROR No checkpoint was reached within 50ms; "
                               "exiting\n"));
}

TEST_F(DaemonTest, ASecondSignalEndsOneThatIsStuck) {
  for (const char* mode : {"passive", "aggressive"}) {
    StartTested("stuck", {{"DAEMON_INTERRUPT_MODE", mode},
                          {"DAEMON_SHUTDOWN_GRACE", "100000"}});
    process_->Signal(SIGINT);
    ASSERT_TRUE(AwaitLog("Received 2 signal."));
    EXPECT_FALSE(process_->HasEnded());
    process_->Signal(SIGTERM);
    EXPECT_EQ(process_->Wait(), 128 + SIGTERM);
    std::filesystem::remove(dir_ + "/simple_daemon.log");
  }
}

TEST_F(DaemonTest, OneThatReturnsEndsWell) {
  StartTested("return");
  EXPECT_EQ(process_->Wait(), 0);
  EXPECT_THAT(Log(), Not(HasSubstr("Graceful")));
}

TEST_F(DaemonTest, OneThatThrowsFails) {
  StartTested("throw");
  EXPECT_EQ(process_->Wait(), 1);
  EXPECT_THAT(Log(), HasSubstr("CRITICAL Unexpected error: oh\n"));
  EXPECT_EQ(process_->Stderr(), "daemon_for_tests: oh\n");
}

TEST_F(DaemonTest, HasTheFormatOfItsLibraryByDefault) {
  StartTested("return",
              {{"DAEMON_LOG_FORMAT", std::string(PatternFormat::kDefault)}});
  EXPECT_EQ(process_->Wait(), 0);
  for (const std::string& line : Lines()) {
    EXPECT_THAT(line, MatchesRegex("20[0-9-]+ [0-9:]+,[0-9]{3} - "
                                   "APP:\\[tested\\] - "
                                   "\\[[1-5]0\\][A-Z]+ - MSG:> .+"));
  }
}

TEST_F(DaemonTest, ReadsAConfigFile) {
  std::ofstream(dir_ + "/config") << "# a comment\nstream = true\n"
                                  << "log_format = '%(name)s %(message)s'\n";
  const std::map<std::string, std::string> environment = {
      {"CONFIG", dir_ + "/config"},
      {"DAEMON_LOG_PATH", dir_ + "/"},
      {"DAEMON_LOG_LVL", "30"}};
  Start({kTested, "return"}, environment);
  EXPECT_EQ(process_->Wait(), 0);
  EXPECT_EQ(process_->Stdout(), "tested working\n");
  EXPECT_EQ(Log(), "tested working\n");
}

TEST_F(DaemonTest, WithoutALevelItIsMute) {
  const std::map<std::string, std::string> environment = {
      {"DAEMON_LOG_PATH", dir_}, {"DAEMON_LOG_LVL", "0"}};
  Start({kTested, "throw"}, environment);
  EXPECT_EQ(process_->Wait(), 1);
  EXPECT_EQ(Log(), "");
}

TEST_F(DaemonTest, RollsItsLog) {
  const std::map<std::string, std::string> environment = {
      {"DAEMON_LOG_PATH", dir_},
      {"DAEMON_MAX_SIZE_BYTE_LOG", "200"},
      {"DAEMON_MAX_COUNT_FILE_ROTATION", "1"}};
  Start({kTested, "return"}, environment);
  EXPECT_EQ(process_->Wait(), 0);
  EXPECT_TRUE(std::filesystem::exists(dir_ + "/simple_daemon.log.1"));
  EXPECT_FALSE(std::filesystem::exists(dir_ + "/simple_daemon.log.2"));
}

TEST_F(DaemonTest, AnAbsentSyslogIsOneWarning) {
  if (std::filesystem::exists("/dev/log")) GTEST_SKIP() << "there is a syslog";
  StartTested("return", {{"DAEMON_SYSLOG", "true"}});
  EXPECT_EQ(process_->Wait(), 0);
  int warnings = 0;
  for (const std::string& line : Lines()) {
    warnings += absl::StrContains(line, "Cannot log to syslog") ? 1 : 0;
  }
  EXPECT_EQ(warnings, 1) << Log();
}

TEST_F(DaemonTest, AWrongOptionIsNamedAndNothingStarts) {
  const std::map<std::string, std::string> environment = {
      {"DAEMON_LOG_PATH", dir_}, {"DAEMON_NONSENSE", "1"}};
  Start({kTested, "return"}, environment);
  EXPECT_EQ(process_->Wait(), 2);
  EXPECT_EQ(process_->Stderr(),
            "daemon_for_tests: DAEMON_NONSENSE: unknown option \"nonsense\"\n");
  EXPECT_EQ(Log(), "");
}

TEST_F(DaemonTest, ALogThatCannotBeWrittenIsNamed) {
  Start({kTested, "return"}, {{"DAEMON_LOG_PATH", "/no/such/place"}});
  EXPECT_EQ(process_->Wait(), 1);
  EXPECT_THAT(process_->Stderr(),
              HasSubstr("/no/such/place/simple_daemon.log"));
}

TEST_F(DaemonTest, TheExamplesRunAndEnd) {
  for (const std::string name : {"passive", "aggressive"}) {
    const std::string prefix =
        name == "passive" ? "PASSIVE_DAEMON_" : "AGGRESSIVE_DAEMON_";
    Start({absl::StrCat("examples/daemon/", name, "_daemon")},
          {{prefix + "LOG_PATH", dir_}});
    ASSERT_TRUE(Eventually([this] {
      return absl::StrContains(process_->Stdout(), "still here");
    }));
    process_->Signal(SIGTERM);
    EXPECT_EQ(process_->Wait(), 0);
    EXPECT_THAT(process_->Stdout(), HasSubstr("Graceful Interrupt...\n"));
  }
}

}  // namespace
}  // namespace dirwatcher
