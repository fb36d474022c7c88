#include "env/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "env/unique_fd.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

ChildSettings Shell(const std::string& script) {
  ChildSettings settings;
  settings.command = {"sh", "-c", script};
  return settings;
}

ChildEnd RunToEnd(const ChildSettings& settings) {
  absl::StatusOr<std::unique_ptr<ChildProcess>> child =
      ChildProcess::Start(settings);
  EXPECT_TRUE(child.ok()) << child.status();
  if (!child.ok()) return ChildEnd();
  EXPECT_TRUE((*child)->WaitFor(absl::Minutes(1), -1));
  return (*child)->Reap();
}

// What it writes to standard output.
std::string OutputOf(ChildSettings settings) {
  int fds[2];
  EXPECT_EQ(pipe2(fds, O_CLOEXEC), 0);
  const UniqueFd read_end(fds[0]);
  UniqueFd write_end(fds[1]);
  settings.stdout_fd = write_end.get();
  RunToEnd(settings);
  write_end = UniqueFd();
  std::string result;
  char buffer[1000];
  ssize_t n;
  while ((n = read(read_end.get(), buffer, sizeof(buffer))) > 0) {
    result.append(buffer, static_cast<size_t>(n));
  }
  return result;
}

TEST(ChildProcess, TellsHowItEnded) {
  EXPECT_EQ(RunToEnd(Shell("exit 7")).exit_code, 7);
  const ChildEnd killed = RunToEnd(Shell("kill -9 $$"));
  EXPECT_EQ(killed.signal_number, SIGKILL);
  EXPECT_FALSE(killed.core_dumped);
}

TEST(ChildProcess, TellsWhatItUsed) {
  const ChildEnd end =
      RunToEnd(Shell("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done"));
  EXPECT_GT(end.user_time + end.system_time, absl::Milliseconds(10));
  EXPECT_LT(end.user_time + end.system_time, absl::Minutes(1));
  EXPECT_GT(end.peak_memory_bytes, 500'000);
}

TEST(ChildProcess, HasTheEnvironmentThatIsGivenOrOurs) {
  setenv("CHILD_PROCESS_TEST", "ours", 1);
  ChildSettings settings = Shell("echo $CHILD_PROCESS_TEST");
  EXPECT_EQ(OutputOf(settings), "ours\n");
  settings.environment = {"CHILD_PROCESS_TEST=given"};
  EXPECT_EQ(OutputOf(settings), "given\n");
}

TEST(ChildProcess, HasTheMaskAndTheDispositionsThatAreAskedFor) {
  signal(SIGUSR1, SIG_IGN);
  signal(SIGUSR2, SIG_IGN);
  ChildSettings settings;
  settings.command = {"grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"};
  EXPECT_EQ(OutputOf(settings),
            "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
  sigdelset(&settings.default_signals, SIGUSR1);
  sigaddset(&settings.signal_mask, SIGTERM);
  EXPECT_EQ(OutputOf(settings),
            "SigBlk:\t0000000000004000\nSigIgn:\t0000000000000200\n");
  signal(SIGUSR1, SIG_DFL);
  signal(SIGUSR2, SIG_DFL);
}

TEST(ChildProcess, SaysThatItWasStoppedOnce) {
  const auto child = ChildProcess::Start(Shell("kill -TSTP $$; exit 2"));
  ASSERT_TRUE(child.ok());
  int number = 0;
  while (number == 0 && !(*child)->WaitFor(absl::Milliseconds(1), -1)) {
    number = (*child)->TakeStop();
  }
  EXPECT_EQ(number, SIGTSTP);
  EXPECT_EQ((*child)->TakeStop(), 0);
  EXPECT_EQ((*child)->Signal(SIGCONT), 0);
  EXPECT_TRUE((*child)->WaitFor(absl::Minutes(1), -1));
  EXPECT_EQ((*child)->Reap().exit_code, 2);
}

TEST(ChildProcess, UnknownFormatsAreScriptsOnlyIfThatIsAskedFor) {
  const std::string path =
      absl::StrCat(testing::TempDir(), "/script.", getpid());
  std::ofstream(path) << "echo \"$1\"";
  chmod(path.c_str(), 0700);
  ChildSettings settings;
  settings.command = {path, "a b"};
  EXPECT_FALSE(ChildProcess::Start(settings).ok());
  settings.unknown_formats_are_scripts = true;
  EXPECT_EQ(OutputOf(settings), "a b\n");
  unlink(path.c_str());
}

TEST(ChildProcess, TellsWhatIsMissingFromWhatMayNotBeRun) {
  ChildSettings settings;
  settings.command = {"/no/such/program"};
  EXPECT_TRUE(absl::IsNotFound(ChildProcess::Start(settings).status()));
  settings.command = {testing::TempDir()};
  EXPECT_TRUE(absl::IsPermissionDenied(ChildProcess::Start(settings).status()));
}

// A core may be piped to a program or be forbidden by a hard limit.
TEST(ChildProcess, SaysThatACoreWasDumped) {
  std::ifstream pattern("/proc/sys/kernel/core_pattern");
  std::string where;
  std::getline(pattern, where);
  struct rlimit limit;
  getrlimit(RLIMIT_CORE, &limit);
  if (limit.rlim_max != RLIM_INFINITY || where.empty() || where[0] == '|') {
    GTEST_SKIP() << "no cores here: " << where;
  }
  const ChildEnd end = RunToEnd(Shell(absl::StrCat(
      "cd ", testing::TempDir(), " && ulimit -c unlimited && kill -SEGV $$")));
  EXPECT_EQ(end.signal_number, SIGSEGV);
  EXPECT_TRUE(end.core_dumped);
}

}  // namespace
}  // namespace dirwatcher
