#include "cmd/flagman_options.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/variant.h"
#include "cmd/action_arguments.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "logging/log_level.h"
#include "signals/action_registry.h"
#include "signals/signal_schedule.h"

namespace dirwatcher {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

absl::StatusOr<FlagmanCommand> Parse(
    const std::vector<std::string>& arguments) {
  return ParseFlagmanCommand(arguments, ActionRegistry::Global(),
                             NameStyle::kPlain);
}

FlagmanOptions Options(const std::vector<std::string>& arguments) {
  const absl::StatusOr<FlagmanCommand> command = Parse(arguments);
  if (!command.ok()) {
    ADD_FAILURE() << command.status();
    return {};
  }
  return absl::get<FlagmanOptions>(*command);
}

std::string Error(const std::vector<std::string>& arguments) {
  const absl::Status status = Parse(arguments).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_EQ(std::string(status.message()).find('\n'), std::string::npos);
  return std::string(status.message());
}

std::string Text(const std::vector<std::string>& arguments) {
  const absl::StatusOr<FlagmanCommand> command = Parse(arguments);
  if (!command.ok()) return std::string(command.status().message());
  return absl::get<FlagmanInformation>(*command).text;
}

TEST(FlagmanOptions, HaveDefaults) {
  const FlagmanOptions options = Options({});
  EXPECT_TRUE(options.actions.empty());
  EXPECT_EQ(options.log_level, LogLevel::kWarning);
  EXPECT_EQ(options.overlap, Overlap::kIgnore);
  EXPECT_FALSE(options.successful_empty);
  EXPECT_TRUE(options.systemd);
}

TEST(FlagmanOptions, HaveActionsForThreeSignals) {
  const FlagmanOptions options =
      Options({"--hup", "print", "a", "--usr1", "delay_print", "b", "2",
               "--usr2", "nonsense"});
  ASSERT_EQ(options.actions.size(), 3u);
  EXPECT_EQ(options.actions[0].trigger, "SIGHUP");
  EXPECT_EQ(options.actions[1].trigger, "SIGUSR1");
  EXPECT_EQ(options.actions[1].action, "delay_print");
  EXPECT_THAT(options.actions[1].arguments, testing::ElementsAre("b", "2"));
  EXPECT_EQ(options.actions[2].trigger, "SIGUSR2");
}

TEST(FlagmanOptions, SayHowMuchIsLogged) {
  EXPECT_EQ(Options({"-v"}).log_level, LogLevel::kInfo);
  EXPECT_EQ(Options({"-vv"}).log_level, LogLevel::kDebug);
  EXPECT_EQ(Options({"-v", "--verbose"}).log_level, LogLevel::kDebug);
  EXPECT_EQ(Options({"-vvv"}).log_level, LogLevel::kDebug);
  EXPECT_EQ(Options({"-q"}).log_level, LogLevel::kCritical);
  EXPECT_EQ(Options({"-vv", "--quiet", "-v"}).log_level, LogLevel::kCritical);
  EXPECT_EQ(Options({"-vqv"}).log_level, LogLevel::kCritical);
}

TEST(FlagmanOptions, StandBeforeBetweenAndBehindActions) {
  const FlagmanOptions options =
      Options({"--successful-empty", "--usr1", "print", "a", "--no-systemd",
               "--usr2", "exec", "ls", "-a", "--coalesce=rerun", "-v"});
  EXPECT_TRUE(options.successful_empty);
  EXPECT_FALSE(options.systemd);
  EXPECT_EQ(options.overlap, Overlap::kRerun);
  EXPECT_EQ(options.log_level, LogLevel::kInfo);
  ASSERT_EQ(options.actions.size(), 2u);
  EXPECT_THAT(options.actions[1].arguments, testing::ElementsAre("ls", "-a"));
}

TEST(FlagmanOptions, CoalesceIsIgnoreOrRerun) {
  EXPECT_EQ(Options({"--coalesce", "rerun"}).overlap, Overlap::kRerun);
  EXPECT_EQ(Options({"--coalesce", "ignore"}).overlap, Overlap::kIgnore);
  EXPECT_EQ(Error({"--coalesce", "x"}),
            "--coalesce \"x\": must be one of ignore, rerun");
}

TEST(FlagmanOptions, NameWhatIsWrong) {
  EXPECT_EQ(Error({"--nonsense"}), "unknown option \"--nonsense\"");
  EXPECT_EQ(Error({"-x"}), "unknown option \"-x\"");
  EXPECT_EQ(Error({"print"}), "unknown argument \"print\"");
  EXPECT_EQ(Error({"--usr1"}), "option \"--usr1\" needs an action");
  EXPECT_THAT(Error({"--usr1", "print", "a", "-1"}),
              HasSubstr("unknown option \"-1\""));
  EXPECT_THAT(Error({"--coalesce"}), HasSubstr("--coalesce"));
}

TEST(FlagmanOptions, OtherThingsThanRunning) {
  EXPECT_THAT(Text({"--help"}), StartsWith("Usage: flagman "));
  EXPECT_EQ(Text({"--usr1", "print", "-h"}), Text({"-h"}));
  EXPECT_THAT(Text({"--version"}), StartsWith("flagman "));
  EXPECT_THAT(Text({"-l"}), StartsWith("name        - description"));
  EXPECT_THAT(Text({"--list"}), HasSubstr("\nprint_once  - print a message"));
}

TEST(FlagmanOptions, TheHelpIsNoWiderThanEightyColumns) {
  size_t begin = 0;
  const std::string help = Text({"--help"});
  for (size_t end; (end = help.find('\n', begin)) != std::string::npos;
       begin = end + 1) {
    EXPECT_LE(end - begin, 80u) << help.substr(begin, end - begin);
  }
}

}  // namespace
}  // namespace dirwatcher
