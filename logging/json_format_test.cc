#include "logging/json_format.h"

#include <unistd.h>

#include <algorithm>
#include <string>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "logging/log_record.h"
#include "nlohmann/json.hpp"

namespace dirwatcher {
namespace {

std::string Line(absl::string_view text) {
  JsonFormat format("backup");
  LogRecord record;
  record.level = LogLevel::kCritical;
  record.time = absl::FromUnixMicros(1675166400000042);
  record.file = "main.cc";
  record.line = 5;
  record.text = text;
  std::string line;
  format.Append(record, &line);
  return line;
}

TEST(JsonFormat, HasAllThatIsKnown) {
  const nlohmann::json expected = {
      {"time", "2023-01-31T12:00:00.000042Z"},
      {"level", "CRITICAL"},
      {"name", "backup"},
      {"message", "Hello"},
      {"file", "main.cc"},
      {"line", 5},
      {"process", getpid()},
      {"thread", getpid()},
  };
  EXPECT_EQ(nlohmann::json::parse(Line("Hello")), expected);
}

TEST(JsonFormat, BeginsWithTheTime) {
  EXPECT_EQ(Line("Hello").rfind("{\"time\":", 0), 0u);
}

TEST(JsonFormat, IsOneLineWhateverIsLogged) {
  for (const char* text : {"a\nb", "\"quoted\"\\", "\x01\x1f\x7f", "\u2028"}) {
    const std::string line = Line(text);
    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
    EXPECT_EQ(line.back(), '\n');
    EXPECT_EQ(nlohmann::json::parse(line)["message"], text);
  }
}

TEST(JsonFormat, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(nlohmann::json::parse(Line("caf\xE9!"))["message"], "caf\uFFFD!");
}

}  // namespace
}  // namespace dirwatcher
