#include "sinks/json_event_sink.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/variant.h"
#include "dirwatch/event.h"
#include "env/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "logging/byte_sink.h"
#include "logging/fake_logger.h"
#include "logging/fd_byte_sink.h"
#include "logging/log_level.h"
#include "nlohmann/json.hpp"
#include "sinks/json_schema_checker.h"

namespace dirwatcher {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::StartsWith;

constexpr size_t kUnlimited = size_t{1} << 40;

// Takes a number of bytes, then fails until it is given room again.
class FakeByteSink : public ByteSink {
 public:
  WriteResult Write(absl::string_view bytes) override {
    ++writes_;
    WriteResult result;
    result.written_bytes = std::min(bytes.size(), room_);
    room_ -= result.written_bytes;
    bytes_.append(bytes.data(), result.written_bytes);
    if (result.written_bytes < bytes.size()) {
      result.status = absl::ResourceExhaustedError("no room\nleft");
    }
    return result;
  }

  void GiveRoom(size_t bytes) { room_ = bytes; }
  int writes() const { return writes_; }
  const std::string& bytes() const { return bytes_; }

 private:
  size_t room_ = kUnlimited;
  int writes_ = 0;
  std::string bytes_;
};

class JsonEventSinkTest : public testing::Test {
 protected:
  JsonEventSinkTest() {
    clock_.SetNow(absl::FromCivil(absl::CivilSecond(2023, 1, 31, 12, 0, 0),
                                  absl::UTCTimeZone()) +
                  absl::Microseconds(1));
  }

  // What the sink writes of one event behind its time.
  std::string Line(const Event& event) {
    FakeByteSink out;
    JsonEventSink sink(&clock_, &out, &logger_);
    sink.OnEvent(event);
    sink.Flush();
    constexpr absl::string_view kStart =
        R"({"time":"2023-01-31T12:00:00.000001Z",)";
    EXPECT_THAT(out.bytes(), StartsWith(std::string(kStart)));
    EXPECT_THAT(out.bytes(), EndsWith("}\n"));
    const std::string& line = out.bytes();
    return line.substr(kStart.size(), line.size() - kStart.size() - 2);
  }

  FakeClock clock_;
  FakeLogger logger_;
};

Started ExampleStarted() {
  Started e;
  e.version = "1.2.3";
  e.pid = 4711;
  e.dir = "/var/log";
  e.extensions = {".log", ".txt"};
  e.magics = {"ERROR", "panic"};
  e.interval = absl::Milliseconds(1500);
  return e;
}

LineMatched ExampleMatch() {
  LineMatched e;
  e.file = "app.log";
  e.line = 17;
  e.offset_bytes = 5'000'000'000;
  e.magic = "ERROR";
  e.text = "an \"ERROR\"";
  return e;
}

Gap ExampleGap() {
  Gap e;
  e.file = "app.log";
  e.from = 10;
  e.to = 20;
  e.reason = "it was removed";
  return e;
}

Stopped ExampleStopped() {
  Stopped e;
  e.signal = "SIGTERM";
  e.uptime = absl::Seconds(61) + absl::Microseconds(5);
  e.files = 1;
  e.lines = 2;
  e.matches = 3;
  e.bytes = 4;
  return e;
}

TEST_F(JsonEventSinkTest, WritesTheKeysOfEachKindInTheirOrder) {
  EXPECT_EQ(Line(ExampleStarted()),
            R"("event":"started","version":"1.2.3","pid":4711,)"
            R"("dir":"/var/log","ext":[".log",".txt"],)"
            R"("magic":["ERROR","panic"],"interval":1.5)");
  EXPECT_EQ(Line(DirectoryMissing{"/d", MissingReason::kNotFound}),
            R"("event":"directory_missing","dir":"/d","reason":"not found")");
  EXPECT_EQ(
      Line(DirectoryMissing{"/d", MissingReason::kNotADirectory}),
      R"("event":"directory_missing","dir":"/d","reason":"not a directory")");
  EXPECT_EQ(
      Line(DirectoryMissing{"/d", MissingReason::kPermissionDenied}),
      R"("event":"directory_missing","dir":"/d","reason":"permission denied")");
  EXPECT_EQ(Line(DirectoryFound{"/d"}),
            R"("event":"directory_found","dir":"/d")");
  EXPECT_EQ(Line(FileAdded{"a.txt"}), R"("event":"added","file":"a.txt")");
  EXPECT_EQ(Line(FileRemoved{"a.txt"}), R"("event":"removed","file":"a.txt")");
  EXPECT_EQ(Line(FileRenamed{"b.txt", "a.txt"}),
            R"("event":"renamed","file":"b.txt","from":"a.txt")");
  EXPECT_EQ(Line(FileTruncated{"a.txt"}),
            R"("event":"truncated","file":"a.txt")");
  EXPECT_EQ(Line(ExampleMatch()),
            R"("event":"match","file":"app.log","line":17,)"
            R"("offset":5000000000,"magic":"ERROR","text":"an \"ERROR\"")");
  EXPECT_EQ(Line(ExampleGap()),
            R"("event":"gap","file":"app.log","from":10,"to":20,)"
            R"("reason":"it was removed")");
  EXPECT_EQ(Line(FileError{"a.txt", "no"}),
            R"("event":"error","file":"a.txt","message":"no")");
  EXPECT_EQ(Line(DirectoryError{"/d", "no"}),
            R"("event":"error","dir":"/d","message":"no")");
  EXPECT_EQ(Line(WatchDegraded{"/d", "no"}),
            R"("event":"error","dir":"/d","message":"no")");
  EXPECT_EQ(Line(ExampleStopped()),
            R"("event":"stopped","signal":"SIGTERM","uptime":61.000005,)"
            R"("files":1,"lines":2,"matches":3,"bytes":4)");
}

TEST_F(JsonEventSinkTest, SaysCutOnlyWhereTheTextWasCut) {
  LineMatched e = ExampleMatch();
  EXPECT_THAT(Line(e), testing::Not(HasSubstr("cut")));
  e.cut = true;
  EXPECT_THAT(Line(e), EndsWith(R"(,"cut":true)"));
}

TEST_F(JsonEventSinkTest, WhatNobodyKnowsIsNull) {
  Gap gap = ExampleGap();
  gap.to = absl::nullopt;
  EXPECT_THAT(Line(gap), HasSubstr(R"("from":10,"to":null,)"));
  Stopped stopped = ExampleStopped();
  stopped.signal = absl::nullopt;
  EXPECT_THAT(Line(stopped), HasSubstr(R"("signal":null,)"));
}

TEST_F(JsonEventSinkTest, NameThatIsNotUtf8IsToldTwice) {
  EXPECT_EQ(Line(FileAdded{"a\xFF.txt"}),
            "\"event\":\"added\",\"file\":\"a\xEF\xBF\xBD.txt\","
            "\"file_base64\":\"Yf8udHh0\"");
  EXPECT_EQ(Line(FileRenamed{"b.txt", "a\xFF.txt"}),
            "\"event\":\"renamed\",\"file\":\"b.txt\",\"from\":\"a\xEF\xBF\xBD"
            ".txt\",\"from_base64\":\"Yf8udHh0\"");
  EXPECT_EQ(Line(FileRenamed{"a\xFF.txt", "b.txt"}),
            "\"event\":\"renamed\",\"file\":\"a\xEF\xBF\xBD.txt\","
            "\"file_base64\":\"Yf8udHh0\",\"from\":\"b.txt\"");
}

TEST_F(JsonEventSinkTest, EveryKindOfEventObeysTheSchema) {
  std::ifstream file("docs/events.schema.json");
  ASSERT_TRUE(file.is_open());
  const JsonSchemaChecker checker(json::parse(file));

  constexpr absl::string_view kEvil = "\xFF\n\"";
  LineMatched cut = ExampleMatch();
  cut.file = cut.text = kEvil;
  cut.cut = true;
  Gap open_gap = ExampleGap();
  open_gap.file = kEvil;
  open_gap.to = absl::nullopt;
  Stopped not_by_signal = ExampleStopped();
  not_by_signal.signal = absl::nullopt;
  not_by_signal.uptime = absl::ZeroDuration();
  const std::vector<Event> events = {
      ExampleStarted(),
      DirectoryMissing{"/d", MissingReason::kNotFound},
      DirectoryMissing{"/d", MissingReason::kNotADirectory},
      DirectoryMissing{"/d", MissingReason::kPermissionDenied},
      DirectoryFound{"/d"},
      FileAdded{"a.txt"},
      FileAdded{kEvil},
      FileRemoved{"a.txt"},
      FileRemoved{kEvil},
      FileRenamed{"b.txt", "a.txt"},
      FileRenamed{kEvil, kEvil},
      FileTruncated{"a.txt"},
      FileTruncated{kEvil},
      ExampleMatch(),
      cut,
      ExampleGap(),
      open_gap,
      FileError{"a.txt", "no"},
      FileError{kEvil, kEvil},
      DirectoryError{"/d", "no"},
      WatchDegraded{"/d", "no"},
      ExampleStopped(),
      not_by_signal,
  };
  std::set<size_t> kinds;
  for (const Event& event : events) {
    kinds.insert(event.index());
    const std::string line = absl::StrCat(
        R"({"time":"2023-01-31T12:00:00.000001Z",)", Line(event), "}");
    const absl::Status status = checker.Check(json::parse(line));
    EXPECT_TRUE(status.ok()) << status;

    // The schema is strict: nothing may be added or left out.
    json more = json::parse(line);
    more["more"] = 1;
    EXPECT_FALSE(checker.Check(more).ok()) << line;
    json less = json::parse(line);
    less.erase(less.contains("file") ? "file" : "event");
    EXPECT_FALSE(checker.Check(less).ok()) << line;
  }
  EXPECT_EQ(kinds.size(), absl::variant_size<Event>::value);
}

TEST_F(JsonEventSinkTest, WritesNothingBeforeItIsFlushed) {
  FakeByteSink out;
  JsonEventSink sink(&clock_, &out, &logger_);
  sink.OnEvent(FileAdded{"a.txt"});
  sink.OnEvent(FileAdded{"b.txt"});
  EXPECT_EQ(out.writes(), 0);
  sink.Flush();
  EXPECT_EQ(out.writes(), 1);
  sink.Flush();
  EXPECT_EQ(out.writes(), 1);  // nothing is left
}

TEST_F(JsonEventSinkTest, WritesWhen64KiBHaveComeTogether) {
  FakeByteSink out;
  JsonEventSink sink(&clock_, &out, &logger_);
  const std::string name(1000, 'x');
  while (out.writes() == 0) sink.OnEvent(FileAdded{name});
  EXPECT_GE(out.bytes().size(), 64 << 10);
  EXPECT_LT(out.bytes().size(), (64 << 10) + 1100);
}

TEST_F(JsonEventSinkTest, StampsEachEventWithItsOwnTime) {
  FakeByteSink out;
  JsonEventSink sink(&clock_, &out, &logger_);
  sink.OnEvent(FileAdded{"a"});
  clock_.Advance(absl::Microseconds(2));
  sink.OnEvent(FileAdded{"b"});
  sink.Flush();
  EXPECT_THAT(out.bytes(), HasSubstr(".000001Z\",\"event\":\"added\",\"file\":"
                                     "\"a\""));
  EXPECT_THAT(out.bytes(), HasSubstr(".000003Z\",\"event\":\"added\",\"file\":"
                                     "\"b\""));
}

TEST_F(JsonEventSinkTest, WritesWhatIsLeftWhenItGoes) {
  FakeByteSink out;
  { JsonEventSink(&clock_, &out, &logger_).OnEvent(FileAdded{"a.txt"}); }
  EXPECT_THAT(out.bytes(), EndsWith("\"file\":\"a.txt\"}\n"));
  EXPECT_THAT(logger_.TakeRecords(), IsEmpty());
}

TEST_F(JsonEventSinkTest, SaysOnceThatItCannotWriteAndLaterHowManyItDropped) {
  FakeByteSink out;
  JsonEventSink sink(&clock_, &out, &logger_);
  out.GiveRoom(0);
  sink.OnEvent(FileAdded{"a"});
  sink.OnEvent(FileAdded{"b"});
  sink.Flush();
  EXPECT_THAT(logger_.TakeRecords(),
              ElementsAre(Pair(LogLevel::kError,
                               "Cannot write events: no room\\nleft; they are "
                               "dropped until it works again")));
  sink.OnEvent(FileAdded{"c"});
  sink.Flush();
  EXPECT_THAT(logger_.TakeRecords(), IsEmpty());
  EXPECT_EQ(sink.dropped_events(), 3);

  out.GiveRoom(kUnlimited);
  sink.OnEvent(FileAdded{"d"});
  sink.Flush();
  EXPECT_THAT(logger_.TakeRecords(),
              ElementsAre(Pair(LogLevel::kWarning,
                               "Events can be written again; 3 events were "
                               "dropped")));
  EXPECT_THAT(out.bytes(), HasSubstr("\"file\":\"d\""));
  EXPECT_EQ(std::count(out.bytes().begin(), out.bytes().end(), '\n'), 1);

  sink.OnEvent(FileAdded{"e"});
  sink.Flush();
  EXPECT_THAT(logger_.TakeRecords(), IsEmpty());
  EXPECT_EQ(sink.dropped_events(), 3);
}

TEST_F(JsonEventSinkTest, SaysAtItsEndHowManyItDroppedIfItNeverWorkedAgain) {
  FakeByteSink out;
  out.GiveRoom(0);
  {
    JsonEventSink sink(&clock_, &out, &logger_);
    sink.OnEvent(FileAdded{"a"});
    sink.Flush();
    logger_.TakeRecords();
  }
  EXPECT_THAT(logger_.TakeRecords(),
              ElementsAre(Pair(LogLevel::kWarning, "1 event was dropped")));
}

// However many bytes get out before the output fails, and fails again, what is
// written is whole lines, and each event is either there or counted.
TEST_F(JsonEventSinkTest, WritesWholeLinesWhereverTheOutputFails) {
  std::string three_lines;
  {
    FakeByteSink out;
    JsonEventSink sink(&clock_, &out, &logger_);
    for (const char* name : {"a", "b", "c"}) sink.OnEvent(FileAdded{name});
    sink.Flush();
    three_lines = out.bytes();
  }
  for (size_t first = 0; first < three_lines.size(); ++first) {
    for (const size_t second : {0, 1, 10, 60, 100}) {
      FakeByteSink out;
      JsonEventSink sink(&clock_, &out, &logger_);
      for (const char* name : {"a", "b", "c"}) sink.OnEvent(FileAdded{name});
      out.GiveRoom(first);
      sink.Flush();
      for (const char* name : {"d", "e"}) sink.OnEvent(FileAdded{name});
      out.GiveRoom(second);
      sink.Flush();
      sink.OnEvent(FileAdded{"f"});
      out.GiveRoom(kUnlimited);
      sink.Flush();

      std::vector<std::string> lines = absl::StrSplit(out.bytes(), '\n');
      EXPECT_EQ(lines.back(), "");
      lines.pop_back();
      std::string previous;
      for (const std::string& line : lines) {
        const json event = json::parse(line, nullptr, false);
        ASSERT_TRUE(event.is_object()) << line;
        const std::string name = event["file"];
        EXPECT_LT(previous, name);
        previous = name;
      }
      EXPECT_EQ(previous, "f");
      EXPECT_EQ(static_cast<int64_t>(lines.size()) + sink.dropped_events(), 6)
          << "room for " << first << ", then for " << second;
    }
  }
}

TEST_F(JsonEventSinkTest, SurvivesAFullDiskAndAClosedOutput) {
  signal(SIGPIPE, SIG_IGN);
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  int pipe_fds[2];
  ASSERT_EQ(pipe2(pipe_fds, O_CLOEXEC), 0);
  close(pipe_fds[0]);
  const std::vector<std::pair<int, std::string>> cases = {
      {full, "No space left on device"},
      {pipe_fds[1], "Broken pipe"},
      {-1, "Bad file descriptor"}};
  for (const auto& [fd, reason] : cases) {
    FakeLogger logger;
    FdByteSink out(fd, "standard output");
    JsonEventSink sink(&clock_, &out, &logger);
    for (int i = 0; i < 3; ++i) {
      sink.OnEvent(FileAdded{"a"});
      sink.Flush();
    }
    EXPECT_EQ(sink.dropped_events(), 3);
    EXPECT_THAT(
        logger.TakeRecords(),
        ElementsAre(Pair(
            LogLevel::kError,
            absl::StrCat("Cannot write events: write to standard output: ",
                         reason, "; they are dropped until it works again"))));
  }
  close(full);
  close(pipe_fds[1]);
}

}  // namespace
}  // namespace dirwatcher
