#include "dirwatch/handle_cache.h"

#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "env/fake_file_system.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

class HandleCacheTest : public ::testing::Test {
 protected:
  // Opens a file of its own for the key.
  OpenFile* Put(uint64_t key) {
    disk_.Write(PathOf(key), "");
    return cache_.Put(key, *root_->OpenFile(PathOf(key)));
  }

  // The keys whose files are open, as "1 2 3".
  std::string Open() const {
    std::string open;
    for (uint64_t key = 0; key < 10; ++key) {
      const bool is_open = disk_.Exists(PathOf(key)) &&
                           disk_.open_handle_count(disk_.IdOf(PathOf(key))) > 0;
      EXPECT_EQ(cache_.Holds(key), is_open) << key;
      if (is_open) absl::StrAppend(&open, open.empty() ? "" : " ", key);
    }
    return open;
  }

  static std::string PathOf(uint64_t key) { return absl::StrCat(key); }

  FakeFileSystem disk_;
  std::unique_ptr<Directory> root_ = *disk_.OpenDirectory("/");
  HandleCache cache_{3};
};

TEST_F(HandleCacheTest, ClosesTheFileThatWasIdleLongest) {
  Put(1);
  Put(2);
  Put(3);
  EXPECT_TRUE(cache_.full());
  EXPECT_EQ(Open(), "1 2 3");
  Put(4);
  EXPECT_EQ(Open(), "2 3 4");
  EXPECT_EQ(cache_.size(), 3u);
}

TEST_F(HandleCacheTest, UseMakesAFileTheMostActive) {
  Put(1);
  Put(2);
  Put(3);
  EXPECT_NE(cache_.Use(1), nullptr);
  Put(4);
  EXPECT_EQ(Open(), "1 3 4");
  Put(5);
  EXPECT_EQ(Open(), "1 4 5");
}

TEST_F(HandleCacheTest, GivesBackTheFileThatWasPut) {
  OpenFile* const put = Put(1);
  put->checkpoints.Add(Checkpoint{7, {}});
  Put(2);
  OpenFile* const used = cache_.Use(1);
  EXPECT_EQ(used, put);
  EXPECT_EQ(used->file->Stat()->id, disk_.IdOf("1"));
  EXPECT_EQ(used->checkpoints.At(0)->line, 7);
}

TEST_F(HandleCacheTest, AFileThatIsNotHeldIsNotFound) {
  EXPECT_EQ(cache_.Use(1), nullptr);
  EXPECT_FALSE(cache_.Holds(1));
  Put(1);
  cache_.Close(1);
  EXPECT_EQ(cache_.Use(1), nullptr);
  cache_.Close(1);
  cache_.Pin(1);
  cache_.Unpin(1);
  EXPECT_EQ(Open(), "");
}

TEST_F(HandleCacheTest, APinnedFileIsNotClosedForAnother) {
  Put(1);
  cache_.Pin(1);
  Put(2);
  Put(3);
  Put(4);
  EXPECT_EQ(Open(), "1 3 4");
  cache_.Unpin(1);
  Put(5);
  EXPECT_EQ(Open(), "3 4 5") << "it was idle longest";
}

TEST_F(HandleCacheTest, PinningTwiceIsUndoneByUnpinningOnce) {
  Put(1);
  cache_.Pin(1);
  cache_.Pin(1);
  cache_.Unpin(1);
  Put(2);
  Put(3);
  Put(4);
  EXPECT_EQ(Open(), "2 3 4");
  cache_.Unpin(2);
  cache_.Pin(2);
  cache_.Pin(3);
  cache_.Pin(4);
  Put(5);
  EXPECT_EQ(Open(), "2 3 4 5") << "all three may still be pinned";
}

TEST_F(HandleCacheTest, WhereAllArePinnedTheNewestGoesBeyondTheLimitForATime) {
  for (const uint64_t key : {1, 2, 3}) {
    Put(key);
    cache_.Pin(key);
  }
  Put(4);
  EXPECT_EQ(Open(), "1 2 3 4");
  cache_.Pin(4);
  Put(5);
  EXPECT_EQ(Open(), "1 2 3 5") << "no more than three are ever pinned";
  cache_.Close(2);
  EXPECT_EQ(Open(), "1 3 5");
  cache_.Pin(5);
  Put(6);
  EXPECT_EQ(Open(), "1 3 5 6") << "closing a pinned file makes room for a pin";
}

TEST_F(HandleCacheTest, CloseIdlestSparesPinnedFiles) {
  EXPECT_FALSE(cache_.CloseIdlest());
  Put(1);
  Put(2);
  Put(3);
  cache_.Pin(1);
  cache_.Pin(3);
  EXPECT_TRUE(cache_.CloseIdlest());
  EXPECT_EQ(Open(), "1 3");
  EXPECT_FALSE(cache_.CloseIdlest());
  EXPECT_EQ(Open(), "1 3");
}

TEST_F(HandleCacheTest, ARenamedFileKeepsItsPlaceAndItsPin) {
  Put(1);
  cache_.Pin(1);
  Put(2);
  Put(3);
  cache_.Rename(1, 100);
  cache_.Rename(7, 8);  // is not held
  EXPECT_FALSE(cache_.Holds(1));
  EXPECT_FALSE(cache_.Holds(8));
  EXPECT_TRUE(cache_.CloseIdlest()) << "not the pinned one";
  EXPECT_TRUE(cache_.Holds(100));
  cache_.Unpin(100);
  EXPECT_TRUE(cache_.CloseIdlest()) << "it is still the idlest";
  EXPECT_FALSE(cache_.Holds(100));
  EXPECT_TRUE(cache_.Holds(3));
}

TEST_F(HandleCacheTest, ClosesEverythingWithItself) {
  {
    HandleCache cache(2);
    disk_.Write("7", "");
    cache.Put(7, *root_->OpenFile("7"));
    EXPECT_EQ(disk_.open_handle_count(disk_.IdOf("7")), 1u);
  }
  EXPECT_EQ(disk_.open_handle_count(disk_.IdOf("7")), 0u);
}

}  // namespace
}  // namespace dirwatcher
