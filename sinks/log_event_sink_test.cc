#include "sinks/log_event_sink.h"

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "dirwatch/event.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "logging/fake_logger.h"
#include "logging/log_level.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

using Records = std::vector<FakeLogger::Record>;

Records Tell(const Event& event) {
  FakeLogger logger;
  LogEventSink sink(&logger);
  sink.OnEvent(event);
  sink.Flush();
  return logger.TakeRecords();
}

Records One(LogLevel level, absl::string_view text) {
  return {{level, std::string(text)}};
}

TEST(LogEventSink, TellsTheStartAsABanner) {
  Started e;
  e.version = "1.2.3";
  e.pid = 4711;
  e.dir = "/var/log\x1B";
  e.extensions = {".log", ".txt"};
  e.magics = {"disk full", "\t\""};
  e.interval = absl::Milliseconds(1500);
  const std::string rule(60, '-');
  EXPECT_THAT(
      Tell(e),
      ElementsAre(Pair(LogLevel::kInfo, rule),
                  Pair(LogLevel::kInfo, "Started dirwatcher 1.2.3, PID 4711"),
                  Pair(LogLevel::kInfo, "Directory: /var/log\\x1b"),
                  Pair(LogLevel::kInfo, "Extensions: .log, .txt"),
                  Pair(LogLevel::kInfo, "Magic: \"disk full\", \"\\t\"\""),
                  Pair(LogLevel::kInfo, "Interval: 1.5s"),
                  Pair(LogLevel::kInfo, rule)));
}

TEST(LogEventSink, TellsTheEndAsABanner) {
  Stopped e;
  e.signal = "SIGTERM";
  e.uptime = absl::Hours(26) + absl::Microseconds(5);
  e.files = 3;
  e.lines = 200;
  e.matches = 7;
  e.bytes = 12'345;
  e.polls = {17, absl::Milliseconds(1210), absl::Milliseconds(1400),
             absl::Milliseconds(1404)};
  e.latency_by_notification = {7, absl::Microseconds(142),
                               absl::Microseconds(265), absl::Milliseconds(4)};
  const std::string rule(60, '-');
  EXPECT_THAT(
      Tell(e),
      ElementsAre(Pair(LogLevel::kInfo, rule),
                  Pair(LogLevel::kInfo, "Stopped dirwatcher"),
                  Pair(LogLevel::kInfo, "Uptime was 26:00:00.000005"),
                  Pair(LogLevel::kInfo,
                       "Files: 3, lines: 200, matches: 7, bytes: 12345"),
                  Pair(LogLevel::kInfo,
                       "Polls: 17, median 1.21 s, 99 % 1.4 s, longest 1.4 s"),
                  Pair(LogLevel::kInfo,
                       "Latency by notification: 7, median 142 us, 99 % 265 "
                       "us, longest 4 ms"),
                  Pair(LogLevel::kInfo, rule)));
}

TEST(LogEventSink, WarnsOfAMissingDirectoryInTheWordsOfTheReason) {
  EXPECT_EQ(Tell(DirectoryMissing{"/d", MissingReason::kNotFound}),
            One(LogLevel::kWarning, "Directory not found: /d"));
  EXPECT_EQ(Tell(DirectoryMissing{"/d", MissingReason::kNotADirectory}),
            One(LogLevel::kWarning, "Not a directory: /d"));
  EXPECT_EQ(Tell(DirectoryMissing{"/d", MissingReason::kPermissionDenied}),
            One(LogLevel::kWarning, "Permission denied: /d"));
}

TEST(LogEventSink, TellsWhatBecomesOfFiles) {
  EXPECT_EQ(Tell(DirectoryFound{"/d"}), One(LogLevel::kInfo, "Watching /d"));
  EXPECT_EQ(Tell(FileAdded{"a.txt"}),
            One(LogLevel::kInfo, "Added file: a.txt"));
  EXPECT_EQ(Tell(FileRemoved{"a.txt"}),
            One(LogLevel::kInfo, "Removed file: a.txt"));
  EXPECT_EQ(Tell(FileRenamed{"b.txt", "a.txt"}),
            One(LogLevel::kInfo, "Renamed file: a.txt -> b.txt"));
  EXPECT_EQ(
      Tell(FileTruncated{"a.txt"}),
      One(LogLevel::kWarning, "Truncated file: a.txt; restarting at line 1"));
}

TEST(LogEventSink, TellsAMatchWithNameLineAndText) {
  LineMatched e;
  e.file = "app.log";
  e.line = 17;
  e.offset_bytes = 300;
  e.magic = "ERROR";
  e.text = "an ERROR here";
  EXPECT_EQ(Tell(e), One(LogLevel::kInfo,
                         "Found \"ERROR\" in app.log:17: an ERROR here"));
}

TEST(LogEventSink, SaysThatTheTextOfAMatchWasCut) {
  LineMatched e;
  e.file = "app.log";
  e.line = 1;
  e.magic = "x";
  e.text = "xyz";
  e.cut = true;
  EXPECT_EQ(Tell(e),
            One(LogLevel::kInfo, "Found \"x\" in app.log:1: xyz [cut]"));
}

TEST(LogEventSink, TellsTheBytesOfAGap) {
  Gap e;
  e.file = "app.log";
  e.from = 10;
  e.to = 20;
  e.reason = "it was removed";
  EXPECT_EQ(Tell(e),
            One(LogLevel::kWarning,
                "Gap in app.log: bytes 10..20 were not read: it was removed"));
  e.to = absl::nullopt;
  EXPECT_EQ(Tell(e),
            One(LogLevel::kWarning,
                "Gap in app.log: bytes 10..? were not read: it was removed"));
}

TEST(LogEventSink, TellsErrors) {
  EXPECT_EQ(Tell(FileError{"a.txt", "open a.txt: Permission denied"}),
            One(LogLevel::kError,
                "Cannot read a.txt: open a.txt: Permission denied"));
  EXPECT_EQ(Tell(DirectoryError{"/d", "Input/output error"}),
            One(LogLevel::kError, "Cannot list /d: Input/output error"));
  EXPECT_EQ(Tell(WatchDegraded{"/d", "no watches left; polling"}),
            One(LogLevel::kWarning,
                "Cannot rely on change notifications for /d: no watches left; "
                "polling"));
}

TEST(LogEventSink, NothingFromOutsideReachesTheLogUnescaped) {
  constexpr absl::string_view kEvil = "\n\x1B[2J\xFF";
  constexpr absl::string_view kTame = "\\n\\x1b[2J\\xff";
  LineMatched match;
  match.file = match.magic = match.text = kEvil;
  Gap gap;
  gap.file = gap.reason = kEvil;
  Started started;
  started.dir = std::string(kEvil);
  started.extensions = started.magics = {std::string(kEvil)};
  const std::vector<Event> events = {
      started,
      DirectoryMissing{kEvil, MissingReason::kNotFound},
      DirectoryFound{kEvil},
      FileAdded{kEvil},
      FileRemoved{kEvil},
      FileRenamed{kEvil, kEvil},
      FileTruncated{kEvil},
      match,
      gap,
      FileError{kEvil, kEvil},
      DirectoryError{kEvil, kEvil},
      WatchDegraded{kEvil, kEvil},
  };
  for (const Event& event : events) {
    int tame = 0;
    for (const auto& [level, text] : Tell(event)) {
      EXPECT_EQ(text.find_first_of("\n\x1B\xFF"), std::string::npos) << text;
      if (text.find(std::string(kTame)) != std::string::npos) ++tame;
    }
    EXPECT_GE(tame, 1) << "event number " << event.index();
  }
}

}  // namespace
}  // namespace dirwatcher
