#include "logging/line_sink.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "logging/byte_sink.h"
#include "logging/glog_format.h"
#include "logging/log_record.h"
#include "logging/record_format.h"

namespace dirwatcher {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

using ::testing::MatchesRegex;
using ::testing::StartsWith;

// Takes a number of bytes, then fails until it is given room again.
class FakeByteSink : public ByteSink {
 public:
  WriteResult Write(absl::string_view bytes) override {
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
  const std::string& bytes() const { return bytes_; }

 private:
  size_t room_ = 1'000'000;
  std::string bytes_;
};

LogRecord RecordOf(absl::string_view text) {
  LogRecord record;
  record.time = absl::UnixEpoch() + absl::Milliseconds(250);
  record.file = "place.cc";
  record.line = 12;
  record.text = text;
  return record;
}

void Send(LineSink* sink, absl::string_view text) {
  sink->Send(RecordOf(text));
}

std::unique_ptr<RecordFormat> Glogs() { return std::make_unique<GlogFormat>(); }

TEST(LineSink, WritesARecordAsOneLineWithGlogsPrefix) {
  FakeByteSink out;
  LineSink sink(Glogs(), &out);
  Send(&sink, "hello");
  EXPECT_THAT(out.bytes(),
              MatchesRegex(
                  "I[0-9]+ [0-9:]+\\.250000 +[0-9]+ place\\.cc:12\\] hello\n"));
}

TEST(LineSink, WritesRecordsBeyondGlogsLimitWhole) {
  FakeByteSink out;
  LineSink sink(Glogs(), &out);
  const std::string message(100'000, 'x');
  LogRecord record = RecordOf(message);
  record.level = LogLevel::kError;
  sink.SendSoon(record);
  EXPECT_THAT(out.bytes(), StartsWith("E"));
  EXPECT_THAT(out.bytes(), EndsWith("] " + message + "\n"));
}

TEST(LineSink, ComplainsOnceWhileRecordsAreLost) {
  FakeByteSink out;
  FakeByteSink complaints;
  LineSink sink(Glogs(), &out, &complaints);
  out.GiveRoom(0);
  Send(&sink, "one");
  EXPECT_THAT(complaints.bytes(),
              HasSubstr("] Cannot log: no room\\nleft; records are lost until "
                        "it works again\n"));
  const std::string said = complaints.bytes();
  Send(&sink, "two");
  EXPECT_EQ(complaints.bytes(), said);
  EXPECT_EQ(sink.lost_records(), 2);
}

TEST(LineSink, SaysHowManyWereLostOnceItWorksAgain) {
  FakeByteSink out;
  LineSink sink(Glogs(), &out);
  out.GiveRoom(0);
  Send(&sink, "one");
  Send(&sink, "two");
  out.GiveRoom(1000);
  Send(&sink, "three");
  EXPECT_THAT(out.bytes(),
              MatchesRegex("W[^\n]*\\] 2 records were lost: no room\\\\nleft\n"
                           "I[^\n]*\\] three\n"));
  Send(&sink, "four");
  EXPECT_THAT(out.bytes(), EndsWith("] four\n"));
}

TEST(LineSink, ComplainsAnewWhenItFailsAnew) {
  FakeByteSink out;
  FakeByteSink complaints;
  LineSink sink(Glogs(), &out, &complaints);
  for (int i = 1; i <= 2; ++i) {
    out.GiveRoom(0);
    Send(&sink, "lost");
    out.GiveRoom(1000);
    Send(&sink, "written");
    EXPECT_THAT(out.bytes(), HasSubstr("] 1 record was lost: "));
  }
  EXPECT_EQ(sink.lost_records(), 2);
  const std::string& said = complaints.bytes();
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 2);
}

TEST(LineSink, RecordAfterATornOneBeginsOnANewLine) {
  FakeByteSink out;
  LineSink sink(Glogs(), &out);
  out.GiveRoom(10);
  Send(&sink, "torn");
  const std::string torn = out.bytes();
  EXPECT_EQ(torn.size(), 10);
  out.GiveRoom(1000);
  Send(&sink, "whole");
  EXPECT_THAT(out.bytes(), StartsWith(torn + "\nW"));
  EXPECT_THAT(out.bytes(), EndsWith("] whole\n"));
}

TEST(LineSink, LossOfTheNoticeOfALossIsCountedToo) {
  FakeByteSink out;
  LineSink sink(Glogs(), &out);
  out.GiveRoom(0);
  Send(&sink, "one");
  Send(&sink, "two");
  Send(&sink, "three");
  out.GiveRoom(1000);
  Send(&sink, "four");
  EXPECT_THAT(out.bytes(), HasSubstr("] 3 records were lost: "));
}

void SendSoon(LineSink* sink, absl::string_view message) {
  sink->SendSoon(RecordOf(message));
}

TEST(LineSink, RecordsThatCanWaitAreWrittenTogetherAndInOrder) {
  FakeByteSink out;
  LineSink sink(Glogs(), &out);
  SendSoon(&sink, "one");
  SendSoon(&sink, "two");
  EXPECT_EQ(out.bytes(), "");
  Send(&sink, "three");
  EXPECT_THAT(out.bytes(), MatchesRegex("[^\n]*\\] one\n[^\n]*\\] two\n"
                                        "[^\n]*\\] three\n"));
  SendSoon(&sink, "four");
  sink.Flush();
  EXPECT_THAT(out.bytes(), EndsWith("] four\n"));
}

TEST(LineSink, NoMoreWaitsThanABatch) {
  FakeByteSink out;
  LineSink sink(Glogs(), &out, nullptr, /*batch_bytes=*/1000);
  for (int i = 0; i < 100; ++i) SendSoon(&sink, "x");
  EXPECT_GT(out.bytes().size(), 3000u);
}

TEST(LineSink, WhatWaitsIsWrittenInTheEnd) {
  FakeByteSink out;
  {
    LineSink sink(Glogs(), &out);
    SendSoon(&sink, "last");
  }
  EXPECT_THAT(out.bytes(), EndsWith("] last\n"));
}

TEST(LineSink, OfABatchThatIsWrittenInPartTheRestIsCounted) {
  FakeByteSink out;
  FakeByteSink complaints;
  LineSink sink(Glogs(), &out, &complaints);
  Send(&sink, "written");
  const size_t record = out.bytes().size();
  out.GiveRoom(2 * record + 5);
  for (int i = 0; i < 5; ++i) SendSoon(&sink, "waiting");
  sink.Flush();
  EXPECT_EQ(sink.lost_records(), 3) << "two are out, one of the others in part";
  EXPECT_THAT(complaints.bytes(), HasSubstr("] Cannot log: "));
  out.GiveRoom(1000);
  Send(&sink, "again");
  EXPECT_THAT(out.bytes(),
              MatchesRegex("[^\n]*\\] written\n"
                           "[^\n]*\\] waiting\n"
                           "[^\n]*\\] waiting\n[^\n]*\n"
                           "W[^\n]*\\] 3 records were lost: [^\n]*\n"
                           "[^\n]*\\] again\n"));
}

}  // namespace
}  // namespace dirwatcher
