#include "notify/unique_names.h"

#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

TEST(UniqueNames, AreWhatIsAskedForIfItIsFree) {
  UniqueNames names;
  EXPECT_EQ(names.Take("job", ".zip"), "job.zip");
  EXPECT_EQ(names.Take("job", ".gz"), "job.gz");
}

TEST(UniqueNames, AreNumberedIfItIsTaken) {
  UniqueNames names;
  EXPECT_EQ(names.Take("job", ".zip"), "job.zip");
  EXPECT_EQ(names.Take("job", ".zip"), "job-2.zip");
  EXPECT_EQ(names.Take("JOB", ".zip"), "JOB-3.zip");
}

TEST(UniqueNames, DifferFromNamesThatHaveANumberThemselves) {
  UniqueNames names;
  EXPECT_EQ(names.Take("job-2", ".zip"), "job-2.zip");
  EXPECT_EQ(names.Take("job", ".zip"), "job.zip");
  EXPECT_EQ(names.Take("job", ".zip"), "job-3.zip");
}

}  // namespace
}  // namespace dirwatcher
