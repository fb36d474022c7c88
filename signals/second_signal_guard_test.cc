#include "signals/second_signal_guard.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <mutex>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "signals/signal_set.h"

namespace dirwatcher {
namespace {

const SignalSet kStop = {SIGINT, SIGTERM};

// How a child ends that runs `program`: its exit code, 1000 + n if a signal did
// it. The child has no thread but this one.
int ExitOf(const std::function<void()>& program) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);  // a child that hangs ends the test with a failure
    if (!BlockSignals(kStop).ok()) _exit(99);
    program();
    _exit(0);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

[[noreturn]] void HangForEver() {
  while (true) pause();
}

TEST(SecondSignalGuard, EndsTheProcessThoughTheMainThreadHangs) {
  EXPECT_EQ(ExitOf([] {
              SecondSignalGuard guard(kStop, nullptr);
              if (!guard.Arm().ok()) _exit(98);
              kill(getpid(), SIGTERM);
              HangForEver();
            }),
            128 + SIGTERM);
  EXPECT_EQ(ExitOf([] {
              SecondSignalGuard guard(kStop, nullptr);
              if (!guard.Arm().ok() || !guard.Arm().ok()) _exit(98);
              kill(getpid(), SIGINT);
              HangForEver();
            }),
            128 + SIGINT);
}

TEST(SecondSignalGuard, EndsTheProcessForASignalThatWasPendingWhenItWasArmed) {
  EXPECT_EQ(ExitOf([] {
              SecondSignalGuard guard(kStop, nullptr);
              kill(getpid(), SIGINT);
              if (!guard.Arm().ok()) _exit(98);
              HangForEver();
            }),
            128 + SIGINT);
}

TEST(SecondSignalGuard, FlushesFirst) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  EXPECT_EQ(ExitOf([&] {
              SecondSignalGuard guard(kStop, [&] {
                if (write(ends[1], "flushed", 7) != 7) _exit(97);
              });
              if (!guard.Arm().ok()) _exit(98);
              kill(getpid(), SIGTERM);
              HangForEver();
            }),
            128 + SIGTERM);
  char buffer[8];
  EXPECT_EQ(read(ends[0], buffer, sizeof(buffer)), 7);
  close(ends[0]);
  close(ends[1]);
}

TEST(SecondSignalGuard, GivesUpAFlushThatHangs) {
  EXPECT_EQ(ExitOf([] {
              std::mutex held_by_the_hanging_thread;
              held_by_the_hanging_thread.lock();
              SecondSignalGuard guard(
                  kStop, [&] { held_by_the_hanging_thread.lock(); },
                  absl::Milliseconds(10));
              if (!guard.Arm().ok()) _exit(98);
              kill(getpid(), SIGTERM);
              HangForEver();
            }),
            128 + SIGTERM);
}

TEST(SecondSignalGuard, ExitNowEndsTheProcessArmedOrNot) {
  EXPECT_EQ(ExitOf([] {
              SecondSignalGuard guard(kStop, nullptr);
              guard.ExitNow(SIGINT);
            }),
            128 + SIGINT);
}

TEST(SecondSignalGuard, DoesNothingBeforeItIsArmedAndAfterItIsGone) {
  EXPECT_EQ(ExitOf([] {
              SecondSignalGuard never_armed(kStop, nullptr);
              {
                SecondSignalGuard guard(kStop, nullptr);
                if (!guard.Arm().ok()) _exit(98);
              }
              kill(getpid(), SIGTERM);
              sigset_t pending;
              sigpending(&pending);
              _exit(sigismember(&pending, SIGTERM) == 1 ? 42 : 43);
            }),
            42);
}

}  // namespace
}  // namespace dirwatcher
