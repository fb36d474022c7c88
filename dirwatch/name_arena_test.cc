#include "dirwatch/name_arena.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

TEST(NameArena, GivesBackWhatItWasGivenHoweverMuchThatIs) {
  NameArena arena;
  std::vector<std::string> names = {"", "a", std::string(4096, 'x'), "\xff\n"};
  for (int i = 0; i < 200'000; ++i) names.push_back(absl::StrCat("file-", i));
  std::vector<NameArena::Ref> refs;
  for (const std::string& name : names) refs.push_back(arena.Add(name));
  for (size_t i = 0; i < names.size(); ++i) {
    ASSERT_EQ(arena.Get(refs[i]), names[i]);
    ASSERT_EQ(arena.Get(refs[i]).data()[names[i].size()], '\0');
  }
}

TEST(NameArena, IsWastefulWhenMostOfItWasReleased) {
  NameArena arena;
  std::vector<NameArena::Ref> refs;
  for (int i = 0; i < 100'000; ++i) {
    refs.push_back(arena.Add(absl::StrCat("file-", i)));
  }
  EXPECT_FALSE(arena.wasteful());
  for (size_t i = 0; i < refs.size(); i += 3) arena.Release(refs[i]);
  EXPECT_FALSE(arena.wasteful());
  for (size_t i = 1; i < refs.size(); i += 3) arena.Release(refs[i]);
  EXPECT_TRUE(arena.wasteful());
  EXPECT_EQ(arena.Get(refs[3]), "file-3") << "still readable";
}

TEST(NameArena, AFewNamesAreNotWorthTheCopying) {
  NameArena arena;
  for (int i = 0; i < 100; ++i) arena.Release(arena.Add("name"));
  EXPECT_FALSE(arena.wasteful());
}

}  // namespace
}  // namespace dirwatcher
