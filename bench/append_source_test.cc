#include "bench/append_source.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "bench/corpus.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

TEST(AppendSource, LinesHaveALengthANumberAndTheMagicBehindIt) {
  for (const int64_t number : {int64_t{0}, int64_t{4711}, kNumberLimit}) {
    const std::string line = NumberedLine(number);
    EXPECT_EQ(line.size(), 107u);
    EXPECT_TRUE(absl::EndsWith(line, absl::StrCat(kCorpusMagic, "\n")));
    EXPECT_EQ(NumberIn(line), number);
  }
}

TEST(AppendSource, LineIsMadeThatOfAnotherNumber) {
  std::string line = NumberedLine(kNumberLimit);
  SetNumber(4711, &line);
  EXPECT_EQ(line, NumberedLine(4711));
}

TEST(AppendSource, NumbersAreFoundInReports) {
  EXPECT_EQ(NumberIn("{\"event\":\"match\",\"text\":\"a seq=000000012 b\"}"),
            12);
  EXPECT_FALSE(NumberIn("{\"event\":\"added\"}").has_value());
}

TEST(AppendSource, TornNumbersAreNone) {
  EXPECT_FALSE(NumberIn("seq=00000001").has_value());
  EXPECT_FALSE(NumberIn("seq=000000012").has_value());
  EXPECT_FALSE(NumberIn("seq=0000==> a.txt <==").has_value());
  EXPECT_FALSE(NumberIn("seq=0000000123 ").has_value());
}

}  // namespace
}  // namespace dirwatcher
