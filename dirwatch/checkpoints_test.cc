#include "dirwatch/checkpoints.h"

#include <cstdint>
#include <string>

#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

Checkpoint CheckpointAt(int64_t offset_bytes, int64_t line) {
  Checkpoint checkpoint;
  checkpoint.line = line;
  const std::string content(offset_bytes, '\n');
  checkpoint.fingerprint.Append(content, content);
  return checkpoint;
}

// The line of the checkpoint at that offset; 0: there is none.
int64_t LineAt(const Checkpoints& checkpoints, int64_t offset_bytes) {
  const Checkpoint* found = checkpoints.At(offset_bytes);
  if (found == nullptr) return 0;
  EXPECT_EQ(found->fingerprint.size(), offset_bytes);
  return found->line;
}

TEST(Checkpoints, AreFoundAtExactlyTheirOffset) {
  Checkpoints checkpoints;
  EXPECT_EQ(LineAt(checkpoints, 0), 0);
  checkpoints.Add(CheckpointAt(10, 2));
  checkpoints.Add(CheckpointAt(20, 4));
  EXPECT_EQ(LineAt(checkpoints, 10), 2);
  EXPECT_EQ(LineAt(checkpoints, 20), 4);
  EXPECT_EQ(LineAt(checkpoints, 9), 0);
  EXPECT_EQ(LineAt(checkpoints, 15), 0);
  EXPECT_EQ(LineAt(checkpoints, 21), 0);
}

TEST(Checkpoints, TheOldestMakesRoom) {
  Checkpoints checkpoints;
  constexpr auto kKept = static_cast<int64_t>(Checkpoints::kKept);
  for (int64_t i = 1; i <= kKept + 2; ++i) {
    checkpoints.Add(CheckpointAt(10 * i, i));
  }
  EXPECT_EQ(LineAt(checkpoints, 10), 0);
  EXPECT_EQ(LineAt(checkpoints, 20), 0);
  for (int64_t i = 3; i <= kKept + 2; ++i) {
    EXPECT_EQ(LineAt(checkpoints, 10 * i), i);
  }
}

TEST(Checkpoints, PausingAgainAtOnePlaceCostsNone) {
  Checkpoints checkpoints;
  checkpoints.Add(CheckpointAt(10, 1));
  for (size_t i = 0; i < 2 * Checkpoints::kKept; ++i) {
    checkpoints.Add(CheckpointAt(20, 2));
  }
  EXPECT_EQ(LineAt(checkpoints, 10), 1);
  EXPECT_EQ(LineAt(checkpoints, 20), 2);
}

TEST(Checkpoints, CutBackForgetsThoseBeyond) {
  Checkpoints checkpoints;
  checkpoints.Add(CheckpointAt(10, 1));
  checkpoints.Add(CheckpointAt(20, 2));
  checkpoints.Add(CheckpointAt(30, 3));
  checkpoints.CutBack(20);
  EXPECT_EQ(LineAt(checkpoints, 10), 1);
  EXPECT_EQ(LineAt(checkpoints, 20), 2);
  EXPECT_EQ(LineAt(checkpoints, 30), 0);
  checkpoints.Add(CheckpointAt(25, 7));
  EXPECT_EQ(LineAt(checkpoints, 25), 7);
  checkpoints.CutBack(0);
  EXPECT_EQ(LineAt(checkpoints, 10), 0);
}

}  // namespace
}  // namespace dirwatcher
