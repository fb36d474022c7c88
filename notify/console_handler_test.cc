#include "notify/console_handler.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

class StringSink : public ByteSink {
 public:
  WriteResult Write(absl::string_view bytes) override {
    if (!failure.ok()) return {0, failure};
    absl::StrAppend(&text, bytes);
    return {bytes.size(), absl::OkStatus()};
  }

  std::string text;
  absl::Status failure;
};

OutgoingMessage MessageOf(std::string subject, std::string text) {
  OutgoingMessage message;
  message.subject = std::move(subject);
  message.text = std::move(text);
  message.signature = "job version: 1";
  return message;
}

TEST(ConsoleHandler, PrintsSubjectTextAndSignature) {
  StringSink sink;
  ConsoleHandler handler(&sink);
  const DeliveryResult result =
      handler.Send(MessageOf("job failed", "line 1\n\tline 2\n"), {});
  EXPECT_EQ(result.outcome, DeliveryOutcome::kDelivered);
  EXPECT_EQ(sink.text, "job failed\n\nline 1\n\tline 2\n\njob version: 1\n");
}

TEST(ConsoleHandler, DefusesWhatATerminalObeys) {
  StringSink sink;
  ConsoleHandler(&sink).Send(MessageOf("\x1B]0;title\x07",
                                       "a\rb\x1B[2J\xC2\x9B"
                                       "1m \xFF \xE2\x80\xAE"),
                             {});
  EXPECT_EQ(sink.text,
            "\\x1b]0;title\\x07\n\na\\rb\\x1b[2J\\u009b1m \\xff "
            "\\u202e\n\njob version: 1\n");
}

TEST(ConsoleHandler, LeavesTextForPeopleAsItIs) {
  StringSink sink;
  const std::string text = "C:\\temp \xC3\xA4 \xF0\x9F\x98\x80";
  ConsoleHandler(&sink).Send(MessageOf("s", text), {});
  EXPECT_EQ(sink.text, absl::StrCat("s\n\n", text, "\n\njob version: 1\n"));
}

TEST(ConsoleHandler, TriesAgainWhenNothingCanBeWritten) {
  StringSink sink;
  sink.failure = absl::UnavailableError("write stderr: broken\n");
  const DeliveryResult result =
      ConsoleHandler(&sink).Send(MessageOf("s", "t"), {});
  EXPECT_EQ(result.outcome, DeliveryOutcome::kTryAgain);
  EXPECT_EQ(result.reason, "write stderr: broken\\n");
}

}  // namespace
}  // namespace dirwatcher
