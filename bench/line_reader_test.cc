#include "bench/line_reader.h"

#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;

class LineReaderTest : public testing::Test {
 protected:
  LineReaderTest() {
    EXPECT_EQ(pipe(fds_), 0);
    reader_ = std::make_unique<LineReader>(fds_[0]);
  }
  ~LineReaderTest() override {
    close(fds_[0]);
    if (fds_[1] >= 0) close(fds_[1]);
  }

  void Write(absl::string_view text) const {
    EXPECT_EQ(write(fds_[1], text.data(), text.size()),
              static_cast<ssize_t>(text.size()));
  }

  bool Read() {
    return reader_->Read(
        [&](absl::string_view line) { lines_.emplace_back(line); });
  }

  int fds_[2];
  std::unique_ptr<LineReader> reader_;
  std::vector<std::string> lines_;
};

TEST_F(LineReaderTest, GivesWholeLinesHoweverTheyCome) {
  Write("one\n\ntw");
  EXPECT_TRUE(Read());
  EXPECT_THAT(lines_, ElementsAre("one", ""));
  Write("o\nthr");
  EXPECT_TRUE(Read());
  EXPECT_THAT(lines_, ElementsAre("one", "", "two"));
}

TEST_F(LineReaderTest, GivesWhatIsLeftAtTheEnd) {
  Write("rest");
  close(fds_[1]);
  fds_[1] = -1;
  EXPECT_TRUE(Read());
  EXPECT_FALSE(Read());
  EXPECT_FALSE(Read());
  EXPECT_THAT(lines_, ElementsAre("rest"));
}

TEST_F(LineReaderTest, WaitEndsWhenThereIsSomethingOrTheTimeIsOver) {
  EXPECT_FALSE(WaitReadable({fds_[0]}, absl::Milliseconds(1)));
  Write("x");
  EXPECT_TRUE(WaitReadable({fds_[0]}, absl::InfiniteDuration()));
}

}  // namespace
}  // namespace dirwatcher
