#include "bench/corpora.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "bench/corpus.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

namespace fs = std::filesystem;

class CorporaTest : public testing::Test {
 protected:
  CorporaTest() { fs::remove_all(dir_); }

  const std::string dir_ = testing::TempDir() + "/corpora";
  const Corpora corpora_{dir_, 1e-4};
};

int64_t FilesIn(const std::string& dir) {
  return std::distance(fs::directory_iterator(dir), fs::directory_iterator());
}

TEST_F(CorporaTest, TextHasTheScaledSizeAndIsMadeAgainWhenItHasNot) {
  const auto dir = corpora_.Text(CorpusKind::kNewlines);
  ASSERT_TRUE(dir.ok()) << dir.status();
  const std::string path = *dir + "/a.txt";
  EXPECT_EQ(fs::file_size(path), 50'000u);
  std::ofstream(path, std::ios::app) << "more";
  ASSERT_TRUE(corpora_.Text(CorpusKind::kNewlines).ok());
  EXPECT_EQ(fs::file_size(path), 50'000u);
  EXPECT_EQ(FilesIn(*dir), 1);
}

TEST_F(CorporaTest, ManyFilesAreKeptUntilTheirNumberIsAnotherOne) {
  const auto dir = corpora_.Million();
  ASSERT_TRUE(dir.ok()) << dir.status();
  EXPECT_EQ(FilesIn(*dir), 100);
  EXPECT_EQ(fs::directory_iterator(*dir)->path().filename().string().size(),
            20u);
  std::ofstream(*dir + "/mark").put('x');
  ASSERT_TRUE(corpora_.Million().ok());
  EXPECT_EQ(FilesIn(*dir), 101);
  ASSERT_TRUE(Corpora(dir_, 2e-4).Million().ok());
  EXPECT_EQ(FilesIn(*dir), 200);
}

TEST_F(CorporaTest, SmallFilesHaveTheirSize) {
  const auto dir = corpora_.SmallFiles();
  ASSERT_TRUE(dir.ok()) << dir.status();
  EXPECT_EQ(FilesIn(*dir), 1);
  EXPECT_EQ(fs::file_size(*dir + "/service-00000.txt"), 102'400u);
}

TEST_F(CorporaTest, FreshDirectoriesHaveNothingOfTheLastTime) {
  auto dir = corpora_.Fresh("own", 3);
  ASSERT_TRUE(dir.ok()) << dir.status();
  std::ofstream(*dir + "/app-0000.txt") << "text";
  dir = corpora_.Fresh("own", 2);
  EXPECT_EQ(FilesIn(*dir), 2);
  EXPECT_EQ(fs::file_size(*dir + "/app-0000.txt"), 0u);
}

TEST_F(CorporaTest, CleanLeavesWhatIsOfOthers) {
  ASSERT_TRUE(corpora_.Text(CorpusKind::kOneLine).ok());
  ASSERT_TRUE(corpora_.Newer().ok());
  ASSERT_TRUE(corpora_.Fresh("own", 3).ok());
  std::ofstream(dir_ + "/mine").put('x');
  EXPECT_TRUE(corpora_.Clean().ok());
  EXPECT_TRUE(fs::exists(dir_ + "/mine"));
  EXPECT_EQ(FilesIn(dir_), 1);
  fs::remove(dir_ + "/mine");
  EXPECT_TRUE(corpora_.Clean().ok());
  EXPECT_FALSE(fs::exists(dir_));
  EXPECT_TRUE(corpora_.Clean().ok());
}

}  // namespace
}  // namespace dirwatcher
