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

// Counts ^C until a line is typed. Signals and lines come through one select():
// a handler of Python's does not run while a read that was about to begin
// waits.
constexpr char kReader[] = R"(
import os, select, signal
interrupts, wakeup = os.pipe()
os.set_blocking(wakeup, False)
signal.set_wakeup_fd(wakeup)
signal.signal(signal.SIGINT, lambda number, frame: None)
print("ready", flush=True)
count = 0
while True:
    readable = select.select([interrupts, 0], [], [])[0]
    if interrupts in readable:
        count += len(os.read(interrupts, 100))
        print("interrupted", flush=True)
    if 0 in readable:
        print("line", input(), "after", count, flush=True)
        break
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
