#include "dirwatch/directory_model.h"

#include <cstdint>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/optional.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

FileId Id(uint64_t inode, int64_t birth_ns = 0) { return {1, inode, birth_ns}; }

// The names with the inodes that stand under them, sorted by name.
Snapshot Listed(std::vector<std::pair<std::string, uint64_t>> names) {
  Snapshot snapshot;
  for (const auto& [name, inode] : names) {
    FileStat stat;
    stat.id = Id(inode);
    snapshot.Add(name, stat);
  }
  return snapshot;
}

std::vector<std::string> AsText(const std::vector<Change>& changes) {
  std::vector<std::string> texts;
  for (const Change& change : changes) {
    std::ostringstream text;
    text << change;
    texts.push_back(text.str());
  }
  return texts;
}

class DirectoryModelTest : public ::testing::Test {
 protected:
  std::vector<std::string> Sync(const Snapshot& snapshot) {
    return AsText(model_.Sync(snapshot));
  }
  std::vector<std::string> Update(const std::vector<NameUpdate>& updates) {
    return AsText(model_.Update(updates));
  }

  std::string PrimaryName(uint64_t inode) const {
    const absl::optional<FileSlot> slot = model_.SlotOf(Id(inode));
    return slot.has_value() ? std::string(model_.PrimaryName(*slot)) : "?";
  }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    model_.ForEachName([&names](absl::string_view name, FileSlot) {
      names.emplace_back(name);
    });
    return names;
  }

  DirectoryModel model_;
};

TEST_F(DirectoryModelTest, AddsEachFileOnceInNameOrder) {
  EXPECT_THAT(Sync(Listed({{"a", 2}, {"b", 1}})),
              ElementsAre("added a 1:2:0", "added b 1:1:0"));
  EXPECT_EQ(model_.size(), 2u);
  EXPECT_THAT(Sync(Listed({{"a", 2}, {"b", 1}})), IsEmpty());
}

TEST_F(DirectoryModelTest, RemovesWhatIsNotListedAnyMore) {
  Sync(Listed({{"a", 1}, {"b", 2}, {"c", 3}}));
  EXPECT_THAT(Sync(Listed({{"b", 2}})),
              ElementsAre("removed a 1:1:0", "removed c 1:3:0"));
  EXPECT_THAT(Sync(Snapshot()), ElementsAre("removed b 1:2:0"));
  EXPECT_EQ(model_.size(), 0u);
  EXPECT_THAT(Names(), IsEmpty());
}

TEST_F(DirectoryModelTest, RenamesAFileThatStandsUnderAnotherName) {
  Sync(Listed({{"a", 1}}));
  EXPECT_THAT(Sync(Listed({{"b", 1}})), ElementsAre("renamed a -> b 1:1:0"));
  EXPECT_EQ(PrimaryName(1), "b");
  EXPECT_FALSE(model_.Find("a").has_value());
}

TEST_F(DirectoryModelTest, AnotherFileUnderANameIsRemovedThenAdded) {
  Sync(Listed({{"a", 1}}));
  EXPECT_THAT(Sync(Listed({{"a", 2}})),
              ElementsAre("removed a 1:1:0", "added a 1:2:0"));
}

TEST_F(DirectoryModelTest, AReusedInodeWithAnotherBirthIsAnotherFile) {
  Snapshot snapshot = Listed({{"a", 1}});
  Sync(snapshot);
  snapshot.entries[0].stat.id = Id(1, 5);
  EXPECT_THAT(Sync(snapshot), ElementsAre("removed a 1:1:0", "added a 1:1:5"));
}

TEST_F(DirectoryModelTest, TheSameInodeOnAnotherDeviceIsAnotherFile) {
  Snapshot snapshot = Listed({{"a", 1}});
  Sync(snapshot);
  snapshot.entries[0].stat.id.device = 2;
  EXPECT_THAT(Sync(snapshot), ElementsAre("removed a 1:1:0", "added a 2:1:0"));
}

TEST_F(DirectoryModelTest, OrdersRemovedThenRenamedThenAdded) {
  Sync(Listed({{"a", 1}, {"b", 2}, {"z", 3}}));
  EXPECT_THAT(Sync(Listed({{"a", 4}, {"b", 1}, {"c", 3}})),
              ElementsAre("removed b 1:2:0", "renamed a -> b 1:1:0",
                          "renamed z -> c 1:3:0", "added a 1:4:0"));
}

TEST_F(DirectoryModelTest, SwapsTwoNames) {
  Sync(Listed({{"a", 1}, {"b", 2}}));
  EXPECT_THAT(Sync(Listed({{"a", 2}, {"b", 1}})),
              ElementsAre("renamed b -> a 1:2:0", "renamed a -> b 1:1:0"));
}

TEST_F(DirectoryModelTest, AFileOfSeveralNamesCountsOnceUnderTheFirst) {
  EXPECT_THAT(Sync(Listed({{"a", 1}, {"b", 1}})), ElementsAre("added a 1:1:0"));
  EXPECT_EQ(model_.size(), 1u);
  EXPECT_EQ(Names().size(), 2u);
  EXPECT_THAT(Sync(Listed({{"a", 1}})), IsEmpty()) << "only b went";
}

TEST_F(DirectoryModelTest, ANameThatComesLaterDoesNotTakeOver) {
  Sync(Listed({{"b", 1}}));
  EXPECT_THAT(Sync(Listed({{"a", 1}, {"b", 1}})), IsEmpty());
  EXPECT_EQ(PrimaryName(1), "b");
}

TEST_F(DirectoryModelTest, TheNextNameTakesOverWhenThePrimaryGoes) {
  Sync(Listed({{"a", 1}, {"b", 1}, {"c", 1}}));
  EXPECT_THAT(Sync(Listed({{"b", 1}, {"c", 1}})),
              ElementsAre("renamed a -> b 1:1:0"));
  EXPECT_THAT(Sync(Listed({{"b", 2}, {"c", 1}})),
              ElementsAre("renamed b -> c 1:1:0", "added b 1:2:0"));
}

TEST_F(DirectoryModelTest, KeepsNamesThatAreUnknown) {
  Sync(Listed({{"a", 1}, {"b", 2}}));
  Snapshot snapshot;
  snapshot.unknown_names = {"a"};
  EXPECT_THAT(Sync(snapshot), ElementsAre("removed b 1:2:0"));
  EXPECT_EQ(model_.Find("a"), absl::make_optional(Id(1)));
}

TEST_F(DirectoryModelTest, KeepsWhatStandsBelowAnUnknownPrefix) {
  Sync(Listed({{"a", 1}, {"s/a", 2}, {"s/t/a", 3}, {"sa", 4}}));
  Snapshot snapshot;
  snapshot.unknown_prefixes = {"s/"};
  EXPECT_THAT(Sync(snapshot),
              ElementsAre("removed a 1:1:0", "removed sa 1:4:0"));
  snapshot.unknown_prefixes = {""};
  EXPECT_THAT(Sync(snapshot), IsEmpty());
  EXPECT_EQ(model_.size(), 2u);
}

TEST_F(DirectoryModelTest, BelievesWhatIsListedBelowAnUnknownPrefix) {
  Sync(Listed({{"a", 1}, {"b", 2}}));
  Snapshot snapshot = Listed({{"a", 3}, {"c", 4}});
  snapshot.unknown_prefixes = {""};
  EXPECT_THAT(Sync(snapshot),
              ElementsAre("removed a 1:1:0", "added a 1:3:0", "added c 1:4:0"));
}

TEST_F(DirectoryModelTest, AFileIsNotRenamedAwayFromAnUnknownName) {
  Sync(Listed({{"b", 1}}));
  Snapshot snapshot = Listed({{"a", 1}});
  snapshot.unknown_names = {"b"};
  EXPECT_THAT(Sync(snapshot), IsEmpty()) << "it may stand under both";
}

TEST_F(DirectoryModelTest, UpdateLeavesOtherNamesAlone) {
  Sync(Listed({{"a", 1}, {"b", 2}}));
  EXPECT_THAT(Update({{"c", Id(3)}}), ElementsAre("added c 1:3:0"));
  EXPECT_THAT(Update({{"a", absl::nullopt}, {"x", absl::nullopt}}),
              ElementsAre("removed a 1:1:0"));
  EXPECT_THAT(Update({{"b", Id(2)}}), IsEmpty());
  EXPECT_EQ(model_.size(), 2u);
}

TEST_F(DirectoryModelTest, UpdateSeesARenameWhicheverNameComesFirst) {
  Sync(Listed({{"a", 1}}));
  EXPECT_THAT(Update({{"a", absl::nullopt}, {"b", Id(1)}}),
              ElementsAre("renamed a -> b 1:1:0"));
  EXPECT_THAT(Update({{"a", Id(1)}, {"b", absl::nullopt}}),
              ElementsAre("renamed b -> a 1:1:0"));
}

TEST_F(DirectoryModelTest, ClearForgetsEverythingWithoutAWord) {
  Sync(Listed({{"a", 1}}));
  model_.Clear();
  EXPECT_EQ(model_.size(), 0u);
  EXPECT_FALSE(model_.SlotOf(Id(1)).has_value());
  EXPECT_FALSE(model_.Find("a").has_value());
  EXPECT_THAT(Sync(Listed({{"a", 1}})), ElementsAre("added a 1:1:0"));
}

}  // namespace
}  // namespace dirwatcher
