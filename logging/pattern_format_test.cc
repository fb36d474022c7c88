#include "logging/pattern_format.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "logging/log_record.h"

namespace dirwatcher {
namespace {

using ::testing::HasSubstr;

LogRecord Example() {
  LogRecord record;
  record.level = LogLevel::kWarning;
  record.time = absl::FromUnixMillis(1675166400007);
  record.file = "main.cc";
  record.line = 5;
  record.text = "Hello";
  return record;
}

std::string Line(absl::string_view pattern, const LogRecord& record) {
  absl::StatusOr<PatternFormat> format =
      PatternFormat::Parse(pattern, "backup");
  if (!format.ok()) return std::string(format.status().message());
  std::string line = "before ";
  format->Append(record, &line);
  return line.substr(7);
}

std::string Line(absl::string_view pattern) { return Line(pattern, Example()); }

class InBerlin : public testing::Test {
 protected:
  InBerlin() {
    setenv("TZ", "Europe/Berlin", 1);
    tzset();
  }
  ~InBerlin() override {
    unsetenv("TZ");
    tzset();
  }
};

TEST_F(InBerlin, TheDefaultIsThatOfDaemons) {
  EXPECT_EQ(Line(PatternFormat::kDefault),
            "2023-01-31 13:00:00,007 - APP:[backup] - [30]WARNING - "
            "MSG:> Hello\n");
}

TEST_F(InBerlin, TheTimeFollowsTheSeconds) {
  absl::StatusOr<PatternFormat> format =
      PatternFormat::Parse("%(asctime)s", "backup");
  ASSERT_TRUE(format.ok());
  std::string lines;
  LogRecord record = Example();
  for (const int millis : {0, 999, 1000, 86'400'000, 0}) {
    record.time = absl::UnixEpoch() + absl::Milliseconds(millis);
    format->Append(record, &lines);
  }
  EXPECT_EQ(lines,
            "1970-01-01 01:00:00,000\n1970-01-01 01:00:00,999\n"
            "1970-01-01 01:00:01,000\n1970-01-02 01:00:00,000\n"
            "1970-01-01 01:00:00,000\n");
}

TEST(PatternFormat, KnowsEveryAttribute) {
  EXPECT_EQ(Line("%(name)s|%(levelno)s|%(levelno)d|%(levelname)s|%(message)s"),
            "backup|30|30|WARNING|Hello\n");
  EXPECT_EQ(Line("%(filename)s:%(lineno)d"), "main.cc:5\n");
  EXPECT_EQ(Line("%(process)d"), absl::StrCat(getpid(), "\n"));
  std::string in_thread;
  std::thread([&] { in_thread = Line("%(thread)d"); }).join();
  EXPECT_EQ(Line("%(thread)d"), absl::StrCat(getpid(), "\n"));
  EXPECT_NE(in_thread, Line("%(thread)d"));
}

TEST(PatternFormat, NamesEveryLevel) {
  LogRecord record = Example();
  std::string all;
  for (const LogLevel level :
       {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError,
        LogLevel::kCritical}) {
    record.level = level;
    all += Line("%(levelno)d %(levelname)s", record);
  }
  EXPECT_EQ(all, "10 DEBUG\n20 INFO\n30 WARNING\n40 ERROR\n50 CRITICAL\n");
}

TEST(PatternFormat, PadsToAWidthOnEitherSide) {
  EXPECT_EQ(Line("[%(levelname)-9s] [%(levelname)9s] [%(levelname)3s]"),
            "[WARNING  ] [  WARNING] [WARNING]\n");
}

TEST(PatternFormat, KeepsWhatIsNoAttribute) {
  EXPECT_EQ(Line("100%% (sure) %%(name)s"), "100% (sure) %(name)s\n");
  EXPECT_EQ(Line(""), "\n");
}

TEST(PatternFormat, WhatIsWrittenIntoALineIsNotReadAsAPattern) {
  LogRecord record = Example();
  record.text = "%(name)s %%";
  EXPECT_EQ(Line("%(message)s", record), "%(name)s %%\n");
}

TEST(PatternFormat, NamesWhatIsWrong) {
  EXPECT_TRUE(
      absl::IsInvalidArgument(PatternFormat::Parse("%(user)s", "x").status()));
  EXPECT_THAT(Line("a %(user)s"), HasSubstr("unknown attribute \"user\""));
  EXPECT_THAT(Line("%()s"), HasSubstr("unknown attribute \"\""));
  EXPECT_THAT(Line("50% off"), HasSubstr("\" off\""));
  EXPECT_THAT(Line("50%"), HasSubstr("no (attribute)"));
  EXPECT_THAT(Line("%(name"), HasSubstr("\"(name\""));
  EXPECT_THAT(Line("%(name)d"), HasSubstr("behind %(name) has to stand s"));
  EXPECT_THAT(Line("%(lineno)x"), HasSubstr("s or d"));
  EXPECT_THAT(Line("%(name)1001s"), HasSubstr("width over 1000"));
  EXPECT_THAT(Line("%(name)99999999999999999999999s"), HasSubstr("width over"));
  EXPECT_THAT(Line("a\nb"), HasSubstr("one line"));
}

}  // namespace
}  // namespace dirwatcher
