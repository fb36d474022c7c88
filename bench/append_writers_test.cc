#include "bench/append_writers.h"

#include <poll.h>

#include <fstream>
#include <string>
#include <vector>

#include "bench/append_source.h"
#include "bench/arrivals.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

void AwaitEnd(AppendWriters* writers) {
  while (!writers->HaveEnded()) poll(nullptr, 0, 1);
}

TEST(AppendWriters, WriteEachNumberOnceAndFillFilesAlike) {
  AppendWritersOptions options;
  options.writers = 2;
  options.appends = 600;
  for (const char* name : {"a", "b", "c", "d"}) {
    options.paths.push_back(testing::TempDir() + "/" + name);
    std::ofstream(options.paths.back(), std::ios::trunc).flush();
  }
  AppendWriters writers(options);
  EXPECT_FALSE(writers.HaveEnded());
  writers.Go();
  AwaitEnd(&writers);
  EXPECT_TRUE(writers.status().ok()) << writers.status();
  Arrivals arrivals(options.appends);
  for (const std::string& path : options.paths) {
    std::ifstream in(path);
    int lines = 0;
    for (std::string line; std::getline(in, line); ++lines) {
      EXPECT_TRUE(arrivals.Add(NumberIn(line).value_or(-1))) << line;
    }
    EXPECT_EQ(lines, 150);
  }
  EXPECT_EQ(arrivals.missing(), 0);
}

TEST(AppendWriters, SayThatOneCouldNotWrite) {
  AppendWriters writers({{testing::TempDir() + "/missing"}, 1, 1});
  writers.Go();
  AwaitEnd(&writers);
  EXPECT_FALSE(writers.status().ok());
}

}  // namespace
}  // namespace dirwatcher
