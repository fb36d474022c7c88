#include "dirwatch/file_filter.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;

TEST(FileFilter, TakesExtensionsWithAndWithoutTheirDot) {
  const FileFilter filter({"log", ".txt"});
  EXPECT_TRUE(filter.Matches("app.log"));
  EXPECT_TRUE(filter.Matches("app.txt"));
  EXPECT_THAT(filter.extensions(), ElementsAre(".log", ".txt"));
}

TEST(FileFilter, MatchesOnlyTheEndOfTheName) {
  const FileFilter filter({"log"});
  EXPECT_FALSE(filter.Matches("app.log.1"));
  EXPECT_FALSE(filter.Matches("app.logs"));
  EXPECT_FALSE(filter.Matches("applog"));
  EXPECT_FALSE(filter.Matches("log"));
  EXPECT_FALSE(filter.Matches(""));
}

TEST(FileFilter, MatchesANameThatIsNothingButTheExtension) {
  EXPECT_TRUE(FileFilter({"log"}).Matches(".log"));
}

TEST(FileFilter, MatchesExtensionsOfSeveralParts) {
  const FileFilter filter({"log.1"});
  EXPECT_TRUE(filter.Matches("app.log.1"));
  EXPECT_FALSE(filter.Matches("app.1"));
}

TEST(FileFilter, TellsUpperFromLowerCase) {
  EXPECT_FALSE(FileFilter({"log"}).Matches("APP.LOG"));
}

TEST(FileFilter, LooksAtTheNameBelowItsDirectories) {
  const FileFilter filter({"log"});
  EXPECT_TRUE(filter.Matches("sub/app.log"));
  EXPECT_FALSE(filter.Matches("sub.log/app"));
}

TEST(FileFilter, MatchesAnyBytesBeforeTheExtension) {
  const FileFilter filter({"log"});
  EXPECT_TRUE(filter.Matches("\xFF\n\x1B[2J.log"));
}

TEST(FileFilter, WithoutExtensionsMatchesNothing) {
  const FileFilter filter({});
  EXPECT_FALSE(filter.Matches("app.log"));
  EXPECT_FALSE(filter.Matches(""));
}

}  // namespace
}  // namespace dirwatcher
