#include "cmd/supervise_options.h"

#include <stdlib.h>

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/variant.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

using Words = std::vector<std::string>;
using Environment = std::map<std::string, std::string>;

absl::StatusOr<SuperviseCommand> Read(const Words& arguments,
                                      const Environment& environment,
                                      bool is_root = false) {
  return ParseSuperviseCommand(
      arguments,
      [&](const std::string& name) {
        const auto found = environment.find(name);
        return found == environment.end()
                   ? absl::nullopt
                   : absl::optional<std::string>(found->second);
      },
      is_root);
}

SuperviseOptions Parse(const Words& arguments,
                       const Environment& environment = {}) {
  const auto command = Read(arguments, environment);
  EXPECT_TRUE(command.ok()) << command.status();
  if (!command.ok()) return SuperviseOptions();
  return absl::get<SuperviseOptions>(*command);
}

std::string Wrong(const Words& arguments, const Environment& environment = {}) {
  const auto command = Read(arguments, environment);
  EXPECT_FALSE(command.ok());
  EXPECT_EQ(command.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(command.status().message());
}

TEST(SuperviseOptions, HaveTheirDefaults) {
  const SuperviseOptions options =
      Parse({"--", "/opt/backup.sh", "-v"}, {{"HOME", "/home/me"}});
  EXPECT_EQ(options.mode, SuperviseMode::kRun);
  EXPECT_THAT(options.command, ElementsAre("/opt/backup.sh", "-v"));
  EXPECT_EQ(options.name, "backup.sh");
  EXPECT_EQ(options.project_version, "not specified");
  EXPECT_THAT(options.targets, IsEmpty());
  EXPECT_FALSE(options.always);
  EXPECT_FALSE(options.subject.has_value());
  EXPECT_EQ(options.tail_lines, 50U);
  EXPECT_EQ(options.timeout, absl::InfiniteDuration());
  EXPECT_EQ(options.retries, 0);
  EXPECT_EQ(options.retry_delay, absl::Seconds(1));
  EXPECT_EQ(options.send_timeout, absl::Seconds(30));
  EXPECT_EQ(options.group_wait, absl::ZeroDuration());
  EXPECT_EQ(options.repeat_interval, absl::ZeroDuration());
  EXPECT_EQ(options.spool_dir, "/home/me/.local/state/supervise");
  EXPECT_FALSE(options.verbose);
}

TEST(SuperviseOptions, ComeFromTheCommandLine) {
  const SuperviseOptions options = Parse({"--to",
                                          "console:",
                                          "--to=https://h/p",
                                          "--always",
                                          "--ping",
                                          "https://hc/uuid",
                                          "--subject",
                                          "S",
                                          "--name",
                                          "n",
                                          "--project-version",
                                          "1.2",
                                          "--tail-lines",
                                          "3",
                                          "--attach",
                                          "a",
                                          "--attach",
                                          "b",
                                          "--timeout",
                                          "1.5",
                                          "--retries",
                                          "4",
                                          "--retry-delay",
                                          "0",
                                          "--lock",
                                          "/l",
                                          "--spool",
                                          "/s",
                                          "--send-timeout",
                                          "5",
                                          "--group-wait",
                                          "0.5",
                                          "--repeat-interval",
                                          "60",
                                          "--log-file",
                                          "/log",
                                          "-v",
                                          "--",
                                          "c"});
  ASSERT_THAT(options.targets, SizeIs(2));
  EXPECT_EQ(options.targets[1].text, "https://h/p");
  EXPECT_TRUE(options.always);
  EXPECT_EQ(options.ping_url, "https://hc/uuid");
  EXPECT_EQ(options.subject.value_or(""), "S");
  EXPECT_EQ(options.name, "n");
  EXPECT_EQ(options.project_version, "1.2");
  EXPECT_EQ(options.tail_lines, 3U);
  EXPECT_THAT(options.attachments, ElementsAre("a", "b"));
  EXPECT_EQ(options.timeout, absl::Seconds(1.5));
  EXPECT_EQ(options.retries, 4);
  EXPECT_EQ(options.retry_delay, absl::ZeroDuration());
  EXPECT_EQ(options.lock_file, "/l");
  EXPECT_EQ(options.spool_dir, "/s");
  EXPECT_EQ(options.send_timeout, absl::Seconds(5));
  EXPECT_EQ(options.group_wait, absl::Seconds(0.5));
  EXPECT_EQ(options.repeat_interval, absl::Minutes(1));
  EXPECT_EQ(options.log_file, "/log");
  EXPECT_TRUE(options.verbose);
}

TEST(SuperviseOptions, EndWhereTheCommandBegins) {
  EXPECT_THAT(Parse({"--retries", "2", "sleep", "--", "1"}).command,
              ElementsAre("sleep", "--", "1"));
  EXPECT_THAT(Parse({"-v", "--", "--strange"}).command,
              ElementsAre("--strange"));
  EXPECT_THAT(Parse({"--name=x", "--", "--", "y"}).command,
              ElementsAre("--", "y"));
  EXPECT_THAT(Parse({"--name", "--", "--", "y"}).name, "--");
}

TEST(SuperviseOptions, ComeFromTheEnvironmentAndFromAFile) {
  std::string path = testing::TempDir() + "/supervise_XXXXXX";
  ASSERT_GE(mkstemp(&path[0]), 0);
  std::ofstream(path) << "retries = 3\n"
                         "name = from file\n"
                         "to = [\"console:\", \"https://a/b\"]\n";
  const Environment environment = {{"SUPERVISE_NAME", "from environment"},
                                   {"SUPERVISE_ATTACH", "/a:/b"},
                                   {"SUPERVISE_SPOOL", "/spool"}};
  const SuperviseOptions options =
      Parse({"--config", path, "--", "c"}, environment);
  EXPECT_EQ(options.retries, 3);
  EXPECT_EQ(options.name, "from environment");
  EXPECT_THAT(options.attachments, ElementsAre("/a", "/b"));
  EXPECT_EQ(options.spool_dir, "/spool");
  EXPECT_THAT(options.targets, SizeIs(2));
  EXPECT_THAT(
      Parse({"c"}, {{"SUPERVISE_TO", " console:  https://a/b\n"}}).targets,
      SizeIs(2));
}

TEST(SuperviseOptions, HaveASpoolOfTheUser) {
  const auto root = Read({"c"}, {{"HOME", "/root"}}, /*is_root=*/true);
  EXPECT_EQ(absl::get<SuperviseOptions>(*root).spool_dir,
            "/var/spool/supervise");
  EXPECT_EQ(Parse({"c"}, {{"XDG_STATE_HOME", "/x"}, {"HOME", "/h"}}).spool_dir,
            "/x/supervise");
  EXPECT_EQ(Parse({"c"}, {{"XDG_STATE_HOME", "x"}, {"HOME", "/h"}}).spool_dir,
            "/h/.local/state/supervise");
  EXPECT_EQ(Parse({"c"}).spool_dir, "");
}

TEST(SuperviseOptions, MayAskForTheQueueInstead) {
  EXPECT_EQ(Parse({"--flush", "--spool", "/s"}).mode, SuperviseMode::kFlush);
  EXPECT_EQ(Parse({"--queue"}).mode, SuperviseMode::kQueue);
  EXPECT_THAT(Wrong({"--queue", "--flush"}), HasSubstr("exclude each other"));
  EXPECT_THAT(Wrong({"--queue", "--", "c"}), HasSubstr("no COMMAND is run"));
}

TEST(SuperviseOptions, MayAskForInformation) {
  EXPECT_THAT(absl::get<SuperviseInformation>(*Read({"--help"}, {})).text,
              AllOf(StartsWith("Usage: supervise"), HasSubstr("--to TARGET"),
                    HasSubstr("SUPERVISE_TO")));
  EXPECT_THAT(absl::get<SuperviseInformation>(*Read({"--version"}, {})).text,
              StartsWith("supervise "));
}

TEST(SuperviseOptions, ThatAreWrongAreNamed) {
  EXPECT_THAT(Wrong({}), HasSubstr("COMMAND is missing"));
  EXPECT_THAT(Wrong({"--"}), HasSubstr("COMMAND is missing"));
  EXPECT_THAT(Wrong({""}), HasSubstr("\"\""));
  EXPECT_THAT(Wrong({"--frobnicate", "c"}), HasSubstr("\"--frobnicate\""));
  EXPECT_THAT(Wrong({"--retries", "x", "c"}), HasSubstr("--retries \"x\""));
  EXPECT_THAT(Wrong({"--retries", "-1", "c"}), HasSubstr("--retries \"-1\""));
  EXPECT_THAT(Wrong({"--timeout", "0", "c"}), HasSubstr("--timeout \"0\""));
  EXPECT_THAT(Wrong({"--tail-lines", "1e9", "c"}), HasSubstr("1e9"));
  EXPECT_THAT(Wrong({"--to", "ftp://x", "c"}), HasSubstr("unknown scheme"));
  EXPECT_THAT(Wrong({"--ping", "ftp://x", "c"}), HasSubstr("--ping"));
  EXPECT_THAT(Wrong({"--name", "", "c"}), HasSubstr("--name"));
  EXPECT_THAT(Wrong({"--to"}), HasSubstr("--to"));
  EXPECT_THAT(Wrong({"--config", "/nonexistent", "c"}),
              HasSubstr("/nonexistent"));
  EXPECT_THAT(Wrong({"c"}, {{"SUPERVISE_RETRIES", "x"}}),
              HasSubstr("SUPERVISE_RETRIES"));
}

TEST(SuperviseOptions, DoNotRepeatSecrets) {
  for (const Words& arguments :
       {Words{"--to", "mailto://u:hunter2@mx?from=a&to=b", "c"},
        Words{"--to", "slack://?webhook=hunter2", "c"},
        Words{"--to=mailto://u:hunter2@mx?from=a&to=b", "c"},
        Words{"--tp", "mailto://u:hunter2@mx?from=a&to=b", "c"},
        Words{"--tp=mailto://u:hunter2@mx?from=a&to=b", "c"},
        Words{"--ping", "htp://hc/hunter2", "c"},
        Words{"--flush", "mailto://u:hunter2@mx?from=a&to=b"}}) {
    EXPECT_THAT(Wrong(arguments), Not(HasSubstr("hunter2"))) << arguments[1];
  }
  EXPECT_THAT(Wrong({"c"}, {{"SUPERVISE_TO", "mailto://u:hunter2@mx"}}),
              Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace dirwatcher
