#include "daemon/daemon_options.h"

#include <fstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "logging/log_level.h"

namespace dirwatcher {
namespace {

using ::testing::HasSubstr;

std::string Error(absl::string_view name, absl::string_view value) {
  DaemonOptions options;
  const absl::Status status = SetDaemonOption(name, value, &options);
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << name << " " << value;
  return std::string(status.message());
}

TEST(DaemonOptions, HaveTheDocumentedDefaults) {
  const DaemonOptions options;
  EXPECT_EQ(options.name_app, "SIMPLEDAEMON");
  EXPECT_EQ(options.log_lvl, LogLevel::kDebug);
  EXPECT_EQ(options.log_path, "/tmp/");
  EXPECT_EQ(options.log_name, "simple_daemon.log");
  EXPECT_EQ(options.log_format,
            "%(asctime)s - APP:[%(name)s] - [%(levelno)s]%(levelname)s - "
            "MSG:> %(message)s");
  EXPECT_FALSE(options.stream);
  EXPECT_FALSE(options.syslog);
  EXPECT_FALSE(options.journald);
  EXPECT_EQ(options.interrupt_mode, InterruptMode::kPassive);
  EXPECT_EQ(options.max_size_byte_log, 1048576);
  EXPECT_EQ(options.max_count_file_rotation, 2);
  EXPECT_EQ(options.shutdown_grace, absl::Seconds(10));
}

TEST(DaemonOptions, AreSetByName) {
  const absl::StatusOr<DaemonOptions> options =
      ReadDaemonOptions({{"name_app", "a"},
                         {"log_lvl", "50"},
                         {"log_path", "/var/log"},
                         {"log_name", "a.log"},
                         {"log_format", "%(message)s"},
                         {"stream", "true"},
                         {"syslog", "true"},
                         {"journald", "true"},
                         {"interrupt_mode", "aggressive"},
                         {"max_size_byte_log", "9000000000"},
                         {"max_count_file_rotation", "0"},
                         {"shutdown_grace", "0.5"}},
                        "A_", {}, "");
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->name_app, "a");
  EXPECT_EQ(options->log_lvl, LogLevel::kCritical);
  EXPECT_EQ(options->log_path, "/var/log");
  EXPECT_EQ(options->log_name, "a.log");
  EXPECT_EQ(options->log_format, "%(message)s");
  EXPECT_TRUE(options->stream && options->syslog && options->journald);
  EXPECT_EQ(options->interrupt_mode, InterruptMode::kAggressive);
  EXPECT_EQ(options->max_size_byte_log, 9'000'000'000);
  EXPECT_EQ(options->max_count_file_rotation, 0);
  EXPECT_EQ(options->shutdown_grace, absl::Seconds(0.5));
}

TEST(DaemonOptions, TheEnvironmentWinsOverTheFileAndThatOverCode) {
  const std::string path = testing::TempDir() + "/daemon_options.conf";
  std::ofstream(path) << "log_name = \"file\"\nname_app = file\n";
  const absl::StatusOr<DaemonOptions> options = ReadDaemonOptions(
      {{"log_name", "code"}, {"name_app", "code"}, {"log_path", "code"}}, "A_",
      {"A_NAME_APP=environment", "AB_LOG_PATH=another", "PATH=/bin", "A_"},
      path);
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->name_app, "environment");
  EXPECT_EQ(options->log_name, "file");
  EXPECT_EQ(options->log_path, "code");
}

TEST(DaemonOptions, NameWhatIsUnknownAndWhere) {
  EXPECT_EQ(Error("nonsense\n", "1"), "unknown option \"nonsense\\n\"");
  EXPECT_EQ(
      ReadDaemonOptions({}, "A_", {"A_LOG_LEVEL=1"}, "").status().message(),
      "A_LOG_LEVEL: unknown option \"log_level\"");
  const std::string path = testing::TempDir() + "/daemon_options.conf";
  std::ofstream(path) << "\nstream = yes\n";
  EXPECT_EQ(ReadDaemonOptions({}, "A_", {}, path).status().message(),
            absl::StrCat(path,
                         ":2: option stream \"yes\": must be true or "
                         "false"));
  std::ofstream(path) << "stream = [true]\n";
  EXPECT_THAT(
      std::string(ReadDaemonOptions({}, "A_", {}, path).status().message()),
      HasSubstr(":1: option stream \"[...]\": takes one value"));
  EXPECT_FALSE(ReadDaemonOptions({}, "A_", {}, "/no/such/file").ok());
}

TEST(DaemonOptions, NameValuesThatAreWrong) {
  EXPECT_EQ(Error("log_lvl", "15"),
            "option log_lvl \"15\": must be one of 0, 10, 20, 30, 40, 50");
  EXPECT_THAT(Error("log_lvl", "INFO"), HasSubstr("one of 0, 10"));
  EXPECT_THAT(Error("interrupt_mode", "PASSIVE"), HasSubstr("aggressive"));
  EXPECT_THAT(Error("log_format", "%(user)s"),
              HasSubstr("unknown attribute \"user\""));
  EXPECT_THAT(Error("name_app", ""), HasSubstr("must not be empty"));
  EXPECT_THAT(Error("stream", "1"), HasSubstr("true or false"));
  for (const char* number : {"", "-1", "1.5", "x", "99999999999999999999"}) {
    EXPECT_THAT(Error("max_size_byte_log", number), HasSubstr("whole number"));
    EXPECT_THAT(Error("max_count_file_rotation", number),
                HasSubstr("whole number"));
  }
  for (const char* number : {"", "-1", "nan", "soon"}) {
    EXPECT_THAT(Error("shutdown_grace", number), HasSubstr("seconds"));
  }
}

TEST(DaemonOptions, AVariableOfThePrefixAloneIsNoOption) {
  EXPECT_FALSE(ReadDaemonOptions({}, "A_", {"A_=1"}, "").ok());
}

}  // namespace
}  // namespace dirwatcher
