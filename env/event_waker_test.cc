#include "env/event_waker.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "env/system_clock.h"
#include "env/unique_fd.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::Duration kNow = absl::ZeroDuration();

void Block(std::vector<int> numbers) {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : numbers) sigaddset(&set, number);
  ASSERT_EQ(pthread_sigmask(SIG_BLOCK, &set, nullptr), 0);
}

std::vector<int> NumbersOf(const WakeReasons& woken) {
  std::vector<int> numbers;
  for (const ReceivedSignal& signal : woken.signals) {
    numbers.push_back(signal.number);
  }
  return numbers;
}

// A thread that runs `action` as soon as the thread that made it sleeps.
std::thread WhenThisThreadSleeps(std::function<void()> action) {
  const std::string path =
      absl::StrCat("/proc/self/task/", syscall(SYS_gettid), "/stat");
  return std::thread([path, action] {
    while (true) {
      std::ifstream stat(path);
      std::string line;
      std::getline(stat, line);
      if (line.find(") S ") != std::string::npos) break;
      std::this_thread::yield();
    }
    action();
  });
}

// Its signals are SIGUSR1, SIGUSR2 and SIGHUP; it watches nothing at first.
class EventWakerTest : public ::testing::Test {
 protected:
  EventWakerTest() {
    Block({SIGUSR1, SIGUSR2, SIGHUP});
    waker_ = *EventWaker::Create({SIGUSR1, SIGUSR2, SIGHUP});
    root_ = absl::StrCat(::testing::TempDir(), "/waker-XXXXXX");
    EXPECT_NE(mkdtemp(&root_[0]), nullptr);
  }
  ~EventWakerTest() override {
    EXPECT_EQ(std::system(absl::StrCat("rm -rf '", root_, "'").c_str()), 0);
  }

  std::string At(const std::string& name) const {
    return absl::StrCat(root_, "/", name);
  }
  void Write(const std::string& name, const std::string& content = "x\n") {
    const UniqueFd fd(open(At(name).c_str(),
                           O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    EXPECT_EQ(write(fd.get(), content.data(), content.size()),
              static_cast<ssize_t>(content.size()));
  }
  void MakeDirectory(const std::string& name) {
    EXPECT_EQ(mkdir(At(name).c_str(), 0755), 0);
  }
  void Rename(const std::string& from, const std::string& to) {
    EXPECT_EQ(rename(At(from).c_str(), At(to).c_str()), 0);
  }
  // What has changed since it was asked last; inotify tells it at once.
  ChangeHints Changes() { return waker_->Wait(kNow).changes; }
  void ExpectNoChange() { EXPECT_TRUE(Changes().empty()); }

  SystemClock clock_;
  std::unique_ptr<EventWaker> waker_;
  std::string root_;
};

// --- Time ---

TEST_F(EventWakerTest, NeverSleepsLessThanAsked) {
  for (const absl::Duration timeout :
       {absl::Nanoseconds(1), absl::Microseconds(1), absl::Microseconds(1500),
        absl::Milliseconds(20) + absl::Nanoseconds(1)}) {
    const absl::Duration start = clock_.Uptime();
    const WakeReasons woken = waker_->Wait(timeout);
    EXPECT_GE(clock_.Uptime() - start, timeout);
    EXPECT_THAT(woken.signals, IsEmpty());
    EXPECT_TRUE(woken.changes.empty());
  }
}

TEST_F(EventWakerTest, ZeroAndLessDoNotWait) {
  const absl::Duration start = clock_.Uptime();
  for (int i = 0; i < 1000; ++i) {
    waker_->Wait(kNow);
    waker_->Wait(-absl::Seconds(1));
    waker_->Wait(-absl::InfiniteDuration());
  }
  EXPECT_LT(clock_.Uptime() - start, absl::Seconds(60));
}

TEST_F(EventWakerTest, VeryLongTimeoutsSleepAndDoNotOverflow) {
  for (const absl::Duration timeout :
       {absl::InfiniteDuration(), absl::Hours(24 * 365 * 200000LL),
        absl::Hours(24 * 365 * 400000LL), absl::Hours(24)}) {
    // Sent only when this thread sleeps: a wait that does not would come back
    // without it.
    std::thread sender = WhenThisThreadSleeps([] { kill(getpid(), SIGUSR1); });
    const WakeReasons woken = waker_->Wait(timeout);
    EXPECT_THAT(NumbersOf(woken), ElementsAre(SIGUSR1)) << timeout;
    sender.join();
  }
}

// --- Signals ---

TEST_F(EventWakerTest, ASignalThatCameBeforeTheWaitEndsItAtOnce) {
  kill(getpid(), SIGHUP);
  const WakeReasons woken = waker_->Wait(absl::InfiniteDuration());
  ASSERT_THAT(NumbersOf(woken), ElementsAre(SIGHUP));
  EXPECT_EQ(woken.signals[0].sender_pid, getpid());
  EXPECT_THAT(waker_->Wait(kNow).signals, IsEmpty());
}

TEST_F(EventWakerTest, OneWaitReportsAllThatIsPending) {
  ASSERT_TRUE(waker_->Watch(root_, "").ok());
  Write("a");
  for (const int number : {SIGUSR2, SIGHUP, SIGUSR1}) kill(getpid(), number);
  const WakeReasons woken = waker_->Wait(absl::InfiniteDuration());
  EXPECT_THAT(NumbersOf(woken),
              ::testing::UnorderedElementsAre(SIGHUP, SIGUSR1, SIGUSR2));
  EXPECT_THAT(woken.changes.names, ElementsAre("a"));
}

TEST_F(EventWakerTest, DoesNotTakeSignalsThatAreNotItsOwn) {
  Block({SIGWINCH});
  kill(getpid(), SIGWINCH);
  EXPECT_THAT(waker_->Wait(kNow).signals, IsEmpty());
}

TEST_F(EventWakerTest, IsWokenByAnotherThread) {
  std::thread thread([this] { waker_->Wake(); });
  EXPECT_TRUE(waker_->Wait(absl::InfiniteDuration()).woken);
  thread.join();
  EXPECT_FALSE(waker_->Wait(absl::ZeroDuration()).woken);
}

TEST_F(EventWakerTest, BeingWokenTwiceBeforeAWaitIsBeingWokenOnce) {
  waker_->Wake();
  waker_->Wake();
  EXPECT_TRUE(waker_->Wait(absl::InfiniteDuration()).woken);
  EXPECT_FALSE(waker_->Wait(absl::ZeroDuration()).woken);
}

TEST_F(EventWakerTest, RefusesASignalThatIsNotBlocked) {
  EXPECT_EQ(EventWaker::Create({SIGALRM}).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(EventWakerTest, RefusesWhatIsNoSignalAndASignalNamedTwice) {
  EXPECT_EQ(EventWaker::Create({SIGUSR1, SIGUSR1}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(EventWaker::Create({1000}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

// --- Changes ---

TEST_F(EventWakerTest, NamesWhatWasCreatedWrittenTruncatedAndRemoved) {
  ASSERT_TRUE(waker_->Watch(root_, "").ok());
  Write("a");
  EXPECT_THAT(Changes().names, ElementsAre("a"));
  Write("a");
  EXPECT_THAT(Changes().names, ElementsAre("a"));
  EXPECT_EQ(truncate(At("a").c_str(), 0), 0);
  EXPECT_THAT(Changes().names, ElementsAre("a"));
  EXPECT_EQ(chmod(At("a").c_str(), 0600), 0);
  EXPECT_THAT(Changes().names, ElementsAre("a"));
  EXPECT_EQ(unlink(At("a").c_str()), 0);
  EXPECT_THAT(Changes().names, ElementsAre("a"));
  ExpectNoChange();
}

TEST_F(EventWakerTest, NamesBothEndsOfARename) {
  Write("a");
  ASSERT_TRUE(waker_->Watch(root_, "").ok());
  Rename("a", "b");
  EXPECT_THAT(Changes().names, ElementsAre("a", "b"));
}

TEST_F(EventWakerTest, NamesEachOnceInOrder) {
  ASSERT_TRUE(waker_->Watch(root_, "").ok());
  for (int i = 0; i < 100; ++i) {
    Write("b");
    Write("c");
    Write("a");
  }
  const ChangeHints hints = Changes();
  EXPECT_THAT(hints.names, ElementsAre("a", "b", "c"));
  EXPECT_FALSE(hints.overflow);
  EXPECT_FALSE(hints.directories_changed);
}

TEST_F(EventWakerTest, NamesMayHoldAnyByte) {
  ASSERT_TRUE(waker_->Watch(root_, "").ok());
  const std::vector<std::string> names = {"new\nline", std::string(255, 'x'),
                                          "\xff\xfe"};
  for (const std::string& name : names) Write(name);
  EXPECT_THAT(Changes().names, ::testing::ElementsAreArray(names));
}

TEST_F(EventWakerTest, AChangeWhileItSleepsEndsTheWait) {
  ASSERT_TRUE(waker_->Watch(root_, "").ok());
  std::thread writer = WhenThisThreadSleeps([this] { Write("a"); });
  EXPECT_THAT(waker_->Wait(absl::InfiniteDuration()).changes.names,
              ElementsAre("a"));
  writer.join();
}

TEST_F(EventWakerTest, ReadingChangesNothing) {
  Write("a");
  ASSERT_TRUE(waker_->Watch(root_, "").ok());
  {
    std::ifstream file(At("a"));
    std::string line;
    std::getline(file, line);
    EXPECT_EQ(line, "x");
  }
  const UniqueFd dir(open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ExpectNoChange();
}

TEST_F(EventWakerTest, TellsOfWritesThroughAMappingWhenTheFileIsClosed) {
  Write("a", std::string(10, '\0'));
  UniqueFd fd(open(At("a").c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_TRUE(waker_->Watch(root_, "").ok());
  void* const map =
      mmap(nullptr, 10, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  ASSERT_NE(map, MAP_FAILED);
  *static_cast<char*>(map) = 'x';
  munmap(map, 10);
  fd = UniqueFd();
  EXPECT_THAT(Changes().names, ElementsAre("a"));
}

TEST_F(EventWakerTest, IsNotWokenByWritesToARemovedFile) {
  const UniqueFd fd(
      open(At("a").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  ASSERT_TRUE(waker_->Watch(root_, "").ok());
  EXPECT_EQ(unlink(At("a").c_str()), 0);
  EXPECT_THAT(Changes().names, ElementsAre("a"));
  EXPECT_EQ(write(fd.get(), "x", 1), 1);
  ExpectNoChange();
}

TEST_F(EventWakerTest, ABusyWriterCannotKeepAWaitForEver) {
  ASSERT_TRUE(waker_->Watch(root_, "").ok());
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    const UniqueFd a(
        open(At("a").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    const UniqueFd b(
        open(At("b").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    while (!stop) {
      EXPECT_EQ(pwrite(a.get(), "x", 1, 0), 1);
      EXPECT_EQ(pwrite(b.get(), "x", 1, 0), 1);
    }
  });
  for (int i = 0; i < 100; ++i) {
    const ChangeHints hints = waker_->Wait(absl::InfiniteDuration()).changes;
    EXPECT_FALSE(hints.empty());
  }
  kill(getpid(), SIGUSR1);
  EXPECT_THAT(NumbersOf(waker_->Wait(kNow)), ElementsAre(SIGUSR1));
  stop = true;
  writer.join();
}

TEST_F(EventWakerTest, SaysThatNotificationsWereLostAndGoesOn) {
  ASSERT_TRUE(waker_->Watch(root_, "").ok());
  int64_t queue = 0;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> queue;
  ASSERT_GT(queue, 0);
  const UniqueFd a(open(At("a").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  const UniqueFd b(open(At("b").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  // By turns, as equal events in a row become one.
  for (int64_t i = 0; i < queue / 2 + 1; ++i) {
    ASSERT_EQ(pwrite(a.get(), "x", 1, 0), 1);
    ASSERT_EQ(pwrite(b.get(), "x", 1, 0), 1);
  }
  // It comes last, and a very long queue is not read at once.
  bool overflow = false;
  for (int64_t i = 0; i < queue / 1000 + 1 && !overflow; ++i) {
    overflow = Changes().overflow;
  }
  EXPECT_TRUE(overflow);
  EXPECT_EQ(waker_->overflow_count(), 1);
  ExpectNoChange();
  Write("c");
  EXPECT_THAT(Changes().names, ElementsAre("c"));
  EXPECT_EQ(waker_->overflow_count(), 1);
}

// --- Directories ---

TEST_F(EventWakerTest, PutsThePrefixBeforeTheNames) {
  MakeDirectory("sub");
  ASSERT_TRUE(waker_->Watch(root_, "").ok());
  ASSERT_TRUE(waker_->Watch(At("sub"), "sub/").ok());
  Write("sub/a");
  Write("b");
  const ChangeHints hints = Changes();
  EXPECT_THAT(hints.names, ElementsAre("b", "sub/a"));
  EXPECT_FALSE(hints.directories_changed);
}

TEST_F(EventWakerTest, OneDirectoryUnderTwoPrefixesIsNamedUnderBoth) {
  ASSERT_TRUE(waker_->Watch(root_, "").ok());
  ASSERT_TRUE(waker_->Watch(At("."), "again/").ok());
  Write("a");
  EXPECT_THAT(Changes().names, ElementsAre("a", "again/a"));
  waker_->Unwatch("again/");
  Write("a");
  EXPECT_THAT(Changes().names, ElementsAre("a"));
}

TEST_F(EventWakerTest, ObservingAPrefixAgainReplacesTheFormerWatch) {
  MakeDirectory("old");
  MakeDirectory("new");
  ASSERT_TRUE(waker_->Watch(At("old"), "").ok());
  ASSERT_TRUE(waker_->Watch(At("new"), "").ok());
  Write("old/a");
  Write("new/b");
  EXPECT_THAT(Changes().names, ElementsAre("b"));
  ASSERT_TRUE(waker_->Watch(At("new"), "").ok());
  Write("new/c");
  EXPECT_THAT(Changes().names, ElementsAre("c"));
}

TEST_F(EventWakerTest, ObservingAPathThatBecameAnotherDirectoryFollowsIt) {
  MakeDirectory("d");
  ASSERT_TRUE(waker_->Watch(At("d"), "").ok());
  Rename("d", "away");
  EXPECT_TRUE(Changes().directories_changed);
  MakeDirectory("d");
  ASSERT_TRUE(waker_->Watch(At("d"), "").ok());
  Write("away/old");
  Write("d/new");
  EXPECT_THAT(Changes().names, ElementsAre("new"));
}

TEST_F(EventWakerTest, UnwatchStopsThePrefixAndAllBelow) {
  for (const char* name : {"sub", "sub/deep", "subway"}) MakeDirectory(name);
  ASSERT_TRUE(waker_->Watch(root_, "").ok());
  for (const char* prefix : {"sub/", "sub/deep/", "subway/"}) {
    ASSERT_TRUE(waker_->Watch(At(prefix), prefix).ok());
  }
  const auto write_all = [this] {
    for (const char* name : {"a", "sub/a", "sub/deep/a", "subway/a"}) {
      Write(name);
    }
    return Changes().names;
  };
  EXPECT_THAT(write_all(), ElementsAre("a", "sub/a", "sub/deep/a", "subway/a"));
  waker_->Unwatch("sub/");
  EXPECT_THAT(write_all(), ElementsAre("a", "subway/a"));
  waker_->Unwatch("never/");
  waker_->Unwatch("");
  EXPECT_THAT(write_all(), IsEmpty());
  ASSERT_TRUE(waker_->Watch(root_, "").ok());
  EXPECT_THAT(write_all(), ElementsAre("a"));
}

TEST_F(EventWakerTest,
       ADirectoryThatComesGoesOrMovesBelowIsNamedAndCalledThat) {
  ASSERT_TRUE(waker_->Watch(root_, "").ok());
  const auto names_of_directories = [this] {
    const ChangeHints hints = Changes();
    EXPECT_TRUE(hints.subdirectories_changed) << hints.names.front();
    EXPECT_FALSE(hints.directories_changed) << hints.names.front();
    ExpectNoChange();
    return hints.names;
  };
  MakeDirectory("sub");
  EXPECT_THAT(names_of_directories(), ElementsAre("sub"));
  Rename("sub", "moved");
  EXPECT_THAT(names_of_directories(), ElementsAre("moved", "sub"));
  EXPECT_EQ(rmdir(At("moved").c_str()), 0);
  EXPECT_THAT(names_of_directories(), ElementsAre("moved"));
}

TEST_F(EventWakerTest, TheDirectoryItselfBeingMovedRemovedOrChangedIsSaid) {
  MakeDirectory("d");
  ASSERT_TRUE(waker_->Watch(At("d"), "").ok());
  EXPECT_EQ(chmod(At("d").c_str(), 0700), 0);
  EXPECT_TRUE(Changes().directories_changed);
  Rename("d", "e");
  EXPECT_TRUE(Changes().directories_changed);
  EXPECT_EQ(rmdir(At("e").c_str()), 0);
  EXPECT_TRUE(Changes().directories_changed);
  // The watch is gone with it; another directory may take its prefix.
  MakeDirectory("d");
  ASSERT_TRUE(waker_->Watch(At("d"), "").ok());
  Write("d/a");
  EXPECT_THAT(Changes().names, ElementsAre("a"));
}

TEST_F(EventWakerTest, GivesTheSystemsWatchesBack) {
  const auto watches = [] {
    int n = 0;
    for (int fd = 0; fd < 1000; ++fd) {
      std::ifstream info(absl::StrCat("/proc/self/fdinfo/", fd));
      std::string line;
      while (std::getline(info, line)) n += line.rfind("inotify wd:", 0) == 0;
    }
    return n;
  };
  for (const char* name : {"a", "b"}) MakeDirectory(name);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(waker_->Watch(At("a"), "").ok());
    ASSERT_TRUE(waker_->Watch(At("b"), "").ok());
    ASSERT_TRUE(waker_->Watch(At("a"), "sub/").ok());
    EXPECT_EQ(watches(), 2);
    waker_->Unwatch("sub/");
    EXPECT_EQ(watches(), 1);
    waker_->Unwatch("");
    EXPECT_EQ(watches(), 0);
  }
}

TEST_F(EventWakerTest, RefusesWhatIsNoDirectory) {
  Write("file");
  EXPECT_EQ(waker_->Watch(At("file"), "").code(),
            absl::StatusCode::kFailedPrecondition);
  const absl::Status missing = waker_->Watch(At("missing"), "");
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(missing.message(), absl::StrCat("observe ", At("missing"),
                                            ": No such file or directory"));
}

TEST_F(EventWakerTest, AFailedWatchLeavesTheFormerOne) {
  ASSERT_TRUE(waker_->Watch(root_, "").ok());
  EXPECT_FALSE(waker_->Watch(At("missing"), "").ok());
  Write("a");
  EXPECT_THAT(Changes().names, ElementsAre("a"));
}

TEST_F(EventWakerTest, RefusesFileSystemsThatDoNotTellOfEveryChange) {
  EXPECT_EQ(waker_->Watch("/proc/self", "").code(),
            absl::StatusCode::kUnimplemented);
}

TEST_F(EventWakerTest, OutOfDescriptorsIsResourceExhaustedAndMayBeTriedAgain) {
  rlimit old;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &old), 0);
  const int next = dup(0);
  close(next);
  rlimit low = old;
  low.rlim_cur = next;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  const absl::Status refused = waker_->Watch(root_, "");
  const auto no_waker = EventWaker::Create({});
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &old), 0);
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted) << refused;
  EXPECT_EQ(no_waker.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(waker_->Watch(root_, "").ok());
  Write("a");
  EXPECT_THAT(Changes().names, ElementsAre("a"));
}

}  // namespace
}  // namespace dirwatcher
