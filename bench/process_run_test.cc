#include "bench/process_run.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "bench/child_process.h"
#include "bench/line_reader.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

Command Shell(const std::string& script) { return {{"sh", "-c", script}}; }

TEST(ProcessRun, TellsTimeAndMemory) {
  const auto run = RunTimed(Shell("exit 0"));
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_GT(run->seconds, 0);
  EXPECT_GT(run->peak_rss_bytes, 100'000);
}

TEST(ProcessRun, SaysHowAProgramFailedAndWhy) {
  EXPECT_EQ(RunTimed(Shell("echo out; echo bad >&2; exit 3")).status(),
            absl::InternalError("sh ended with status 3: bad"));
  EXPECT_EQ(RunTimed(Shell("kill -9 $$")).status(),
            absl::InternalError("sh ended with status 137"));
}

TEST(ProcessRun, SaysWhatIsNotInstalled) {
  EXPECT_EQ(RunTimed({{"no-such-program"}}).status(),
            absl::NotFoundError(
                "no-such-program not installed (tools/setup.sh --dev)"));
}

TEST(ProcessRun, ExplainsWhyAProgramEndedByItself) {
  const auto explain = [](const std::string& script) {
    auto child =
        ChildProcess::Start(Shell(script), {Output::kPipe, Output::kNull});
    LineReader reader((*child)->stdout_fd());
    EXPECT_FALSE(reader.Read([](absl::string_view) {}));
    return ExplainEnd(child->get());
  };
  EXPECT_EQ(explain("echo bad >&2; exit 3"),
            absl::InternalError("sh ended with status 3: bad"));
  EXPECT_EQ(explain("exit 0"), absl::InternalError("sh ended by itself"));
}

TEST(ProcessRun, TakesTheStatusesThatAreGood) {
  EXPECT_TRUE(RunTimed({{"sh", "-c", "exit 1"}, {0, 1}}).ok());
}

TEST(ProcessRun, ReadsLinesHoweverMuchIsWrittenBesides) {
  int lines = 0;
  const auto run = RunReading(
      Shell("i=0; while [ $i -lt 5000 ]; do echo a line; echo another one >&2; "
            "i=$((i+1)); done; printf rest"),
      [&](absl::string_view line) { lines += line == "a line"; });
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(lines, 5000);
}

}  // namespace
}  // namespace dirwatcher
