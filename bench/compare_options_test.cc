#include "bench/compare_options.h"

#include "absl/strings/match.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

absl::StatusOr<CompareOptions> Parse(std::vector<std::string> arguments) {
  return ParseCompareOptions(arguments, "/tmp");
}

TEST(CompareOptions, HaveDefaults) {
  const auto options = Parse({});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->rounds, 5);
  EXPECT_EQ(options->scale, 1);
  EXPECT_EQ(options->dir, "/tmp/dirwatcher-bench");
  EXPECT_EQ(options->only, "");
  EXPECT_FALSE(options->clean || options->help || options->list);
}

TEST(CompareOptions, TakeValuesInBothForms) {
  const auto options =
      Parse({"--rounds", "9", "--scale=0.01", "--only", "near misses",
             "--dir=/x=y", "--dirwatcher", "/bin/dw", "--clean"});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->rounds, 9);
  EXPECT_EQ(options->scale, 0.01);
  EXPECT_EQ(options->only, "near misses");
  EXPECT_EQ(options->dir, "/x=y");
  EXPECT_EQ(options->program, "/bin/dw");
  EXPECT_TRUE(options->clean);
}

TEST(CompareOptions, RefuseWhatIsWrongInOneLineThatNamesIt) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> wrong = {
      {{"--rounds", "0"}, "--rounds: \"0\" is not a number from 1 to 1000"},
      {{"--rounds=many"}, "--rounds: \"many\" is not a number from 1 to 1000"},
      {{"--rounds"}, "--rounds: needs a value"},
      {{"--scale=-1"}, "--scale: \"-1\" is not a number from 0.0001 to 100"},
      {{"--scale=nan"}, "--scale: \"nan\" is not a number from 0.0001 to 100"},
      {{"--dir="}, "--dir: is empty"},
      {{"--clean=yes"}, "unknown argument \"--clean=yes\"; see --help"},
      {{"rare"}, "unknown argument \"rare\"; see --help"},
  };
  for (const auto& [arguments, message] : wrong) {
    EXPECT_EQ(Parse(arguments).status().message(), message);
  }
}

TEST(CompareOptions, HelpNamesThem) {
  for (const char* name : {"--rounds", "--scale", "--only", "--list", "--dir",
                           "--clean", "--dirwatcher", "--help"}) {
    EXPECT_TRUE(absl::StrContains(CompareHelp(), name)) << name;
  }
}

}  // namespace
}  // namespace dirwatcher
