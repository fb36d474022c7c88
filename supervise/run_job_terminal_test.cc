// Jobs on a terminal, as a shell runs them.

#include <filesystem>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "supervise/testing/job_test.h"

namespace dirwatcher {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Counts ^C until a line is typed.
constexpr char kReader[] = R"(
import os
import signal
count = 0
def on_interrupt(number, frame):
    global count
    count += 1
    os.write(1, b"interrupted\n")  # print() may be what was interrupted
signal.signal(signal.SIGINT, on_interrupt)
print("ready", flush=True)
line = input()
print("line", line, "after", count, flush=True)
)";

class RunJobTerminalTest : public JobTest {
 protected:
  // What the terminal shows of `command`, while `typed` is typed.
  std::string Session(const std::string& typed,
                      const std::vector<std::string>& command) {
    std::vector<std::string> all = {
        "python3", "supervise/testing/terminal_session.py", typed};
    all.insert(all.end(), command.begin(), command.end());
    Process session(dir_, all);
    EXPECT_EQ(session.Wait(), 0) << session.Stderr();
    return session.Stdout();
  }
};

TEST_F(RunJobTerminalTest, InterruptReachesTheCommandOnceAndItMayRead) {
  EXPECT_THAT(Session("ready=c,interrupted=hello",
                      {kProgram, "--", "python3", "-c", kReader}),
              AllOf(HasSubstr("line hello after 1\n"),
                    HasSubstr("terminal back\n"), HasSubstr("job ended 0\n")));
}

TEST_F(RunJobTerminalTest, InterruptEndsTheRetries) {
  const std::string shown =
      Session("ready=c", {kProgram, "--retries", "5", "--delay", "0.01", "--",
                          "sh", "-c", "echo ready; exec sleep 1000"});
  EXPECT_THAT(shown, HasSubstr("job ended 130\n"));
  EXPECT_EQ(shown.find("ready"), shown.rfind("ready")) << shown;
}

TEST_F(RunJobTerminalTest, IsStoppedWithTheCommandAndContinued) {
  EXPECT_THAT(Session("ready=z,job stopped=hello",
                      {kProgram, "--", "python3", "-c", kReader}),
              AllOf(HasSubstr("job stopped"), HasSubstr("line hello after 0\n"),
                    HasSubstr("terminal back\n"), HasSubstr("job ended 0\n")));
}

TEST_F(RunJobTerminalTest, ACommandInAPipelineGetsTheTerminalWhenItReads) {
  EXPECT_THAT(
      Session("ready=hello", {"sh", "-c", "\"$0\" -- python3 -c \"$1\" | cat",
                              kProgram, kReader}),
      AllOf(HasSubstr("line hello after 0\n"), Not(HasSubstr("job stopped")),
            HasSubstr("job ended 0\n")));
}

TEST_F(RunJobTerminalTest, InterruptReachesACommandInAPipelineOnce) {
  EXPECT_THAT(
      Session("ready=c,interrupted=hello",
              {"sh", "-c",
               "trap : INT; \"$0\" -- python3 -c \"$1\" | (trap '' INT; cat)",
               kProgram, kReader}),
      AllOf(HasSubstr("line hello after 1\n"), HasSubstr("terminal back\n")));
}

TEST_F(RunJobTerminalTest, AMissingCommandGivesTheTerminalBack) {
  EXPECT_THAT(
      Session("", {kProgram, "--", "./missing"}),
      AllOf(HasSubstr("terminal back\n"), HasSubstr("job ended 127\n")));
}

}  // namespace
}  // namespace dirwatcher
