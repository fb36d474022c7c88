// The real flagman, real signals and real programs.

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cmd/program_harness.h"
#include "env/unique_fd.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> Lines(const std::string& text) {
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

class FlagmanTest : public testing::Test {
 protected:
  FlagmanTest() {
    std::string name = testing::TempDir() + "/flagman_XXXXXX";
    EXPECT_NE(mkdtemp(&name[0]), nullptr);
    dir_ = name;
  }
  ~FlagmanTest() override { std::filesystem::remove_all(dir_); }

  // Starts flagman and returns before it is ready.
  void Start(
      std::vector<std::string> arguments,
      const std::function<void()>& prepare = [] {}) {
    arguments.insert(arguments.begin(), "cmd/flagman_for_tests");
    process_ = std::make_unique<Process>(dir_, arguments, prepare);
  }

  // Starts it with -vv and waits until all its actions are set up.
  void StartReady(
      std::vector<std::string> arguments,
      const std::function<void()>& prepare = [] {}) {
    const auto actions = std::count_if(
        arguments.begin(), arguments.end(), [](const std::string& word) {
          return word == "--hup" || word == "--usr1" || word == "--usr2";
        });
    arguments.insert(arguments.begin(), "-vv");
    Start(std::move(arguments), prepare);
    EXPECT_TRUE(Eventually([&] {
      return CountIn(process_->Stderr(), "Set up `") == actions;
    })) << process_->Stderr();
  }

  static int64_t CountIn(const std::string& text, absl::string_view what) {
    int64_t count = 0;
    for (size_t at = 0;
         (at = text.find(std::string(what), at)) != std::string::npos; ++at) {
      ++count;
    }
    return count;
  }

  // Sends a signal and waits until standard output has so many lines.
  void SignalUntil(int number, size_t lines) {
    process_->Signal(number);
    EXPECT_TRUE(Eventually([&] { return Out().size() >= lines; }))
        << process_->Stderr();
  }

  bool AwaitLog(const std::string& text) {
    return Eventually(
        [&] { return absl::StrContains(process_->Stderr(), text); });
  }

  std::vector<std::string> Out() const { return Lines(process_->Stdout()); }
  std::string Path(const std::string& name) const { return dir_ + "/" + name; }

  // Makes a FIFO; whoever reads it waits until it is opened here.
  std::string MakeFifo() const {
    const std::string path = Path("fifo");
    EXPECT_EQ(mkfifo(path.c_str(), 0600), 0);
    return path;
  }
  // Lets one reader of it go on.
  static void LetGo(const std::string& fifo) {
    EXPECT_TRUE(Eventually([&] {
      return UniqueFd(open(fifo.c_str(), O_WRONLY | O_NONBLOCK)).get() >= 0;
    }));
  }

  std::string dir_;
  std::unique_ptr<Process> process_;
};

TEST_F(FlagmanTest, PerformsTheActionsOfEachSignal) {
  StartReady({"--usr1", "print", "a fun message", "--usr1", "print",
              "another message", "--usr2", "print_once",
              "will be printed once"});
  SignalUntil(SIGUSR1, 5);
  SignalUntil(SIGUSR2, 7);
  SignalUntil(SIGUSR1, 9);
  process_->Signal(SIGINT);
  EXPECT_EQ(process_->Wait(), 0);
  EXPECT_THAT(Out(), ElementsAre("init", "init", "init", "a fun message",
                                 "another message", "will be printed once",
                                 "cleanup", "a fun message", "another message",
                                 "cleanup", "cleanup"));
}

TEST_F(FlagmanTest, LosesNoneOfTenThousandSignals) {
  StartReady({"--usr1", "print", "one", "--usr2", "print", "two"});
  // As fast as they are served; the file is looked at by its size alone.
  const std::string out = Path("stdout");
  const auto expected_size = [](int n) {
    return 2 * strlen("init\n") + static_cast<size_t>(n) * strlen("one\n");
  };
  for (int n = 1; n <= 10'000; ++n) {
    process_->Signal(n % 2 == 1 ? SIGUSR1 : SIGUSR2);
    struct stat st = {};
    while (stat(out.c_str(), &st) == 0 &&
           static_cast<size_t>(st.st_size) < expected_size(n)) {
      ASSERT_FALSE(process_->HasEnded());
    }
  }
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 0);
  const std::vector<std::string> lines = Out();
  ASSERT_EQ(lines.size(), 10'004u);
  for (size_t n = 0; n < 10'000; ++n) {
    ASSERT_EQ(lines[n + 2], n % 2 == 0 ? "one" : "two");
  }
}

TEST_F(FlagmanTest, ASignalDuringSetUpIsKept) {
  const std::string fifo = MakeFifo();
  Start({"--usr1", "slow_set_up", fifo});
  ASSERT_TRUE(Eventually([&] { return !Out().empty(); }));
  process_->Signal(SIGUSR1);
  LetGo(fifo);
  ASSERT_TRUE(Eventually([&] { return Out().size() == 2; }));
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 0);
  EXPECT_THAT(Out(), ElementsAre("setting up", "run", "torn down"));
}

TEST_F(FlagmanTest, AnEndDuringSetUpIsKeptToo) {
  const std::string fifo = MakeFifo();
  Start({"--usr1", "slow_set_up", fifo});
  ASSERT_TRUE(Eventually([&] { return !Out().empty(); }));
  process_->Signal(SIGTERM);
  LetGo(fifo);
  EXPECT_EQ(process_->Wait(), 0);
  EXPECT_THAT(Out(), ElementsAre("setting up", "torn down"));
}

TEST_F(FlagmanTest, TheEndInterruptsADelay) {
  StartReady({"--usr1", "delay_print", "begun", "100000"});
  SignalUntil(SIGUSR1, 2);
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 0);
  EXPECT_THAT(Out(), ElementsAre("init", "begun", "cleanup"));
}

TEST_F(FlagmanTest, TheEndInterruptsAProgram) {
  StartReady({"--usr1", "exec", "sh", "-c",
              "trap 'echo asked; exit 3' TERM; echo begun; "
              "while :; do sleep 0.01; done"});
  SignalUntil(SIGUSR1, 1);
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 0);
  EXPECT_THAT(Out(), ElementsAre("begun", "asked"));
  EXPECT_THAT(process_->Stderr(), Not(HasSubstr("ERROR")));
}

TEST_F(FlagmanTest, ASecondSignalEndsItAndAProgramThatIsStuck) {
  StartReady({"--usr1", "exec", "sh", "-c",
              "trap '' TERM INT; echo $$; while :; do sleep 1000; done"});
  SignalUntil(SIGUSR1, 1);
  int child = 0;
  ASSERT_TRUE(absl::SimpleAtoi(Out()[0], &child));
  process_->Signal(SIGINT);
  ASSERT_TRUE(AwaitLog("Received 2 signal."));
  EXPECT_FALSE(process_->HasEnded());
  process_->Signal(SIGINT);
  EXPECT_EQ(process_->Wait(), 128 + SIGINT);
  // Whoever adopts the child may let it lie for a while.
  EXPECT_TRUE(Eventually([child] {
    const std::string stat = ReadFile(absl::StrCat("/proc/", child, "/stat"));
    return stat.empty() || absl::StrContains(stat, ") Z ");
  }));
}

TEST_F(FlagmanTest, AProgramHasDefaultSignalsAndKnowsItsOwn) {
  // The first not through a shell, which clears the mask itself.
  StartReady({"--hup", "exec", "grep", "-E", "^Sig(Blk|Ign)",
              "/proc/self/status", "--hup", "exec", "sh", "-c",
              "echo $FLAGMAN_SIGNAL"});
  SignalUntil(SIGHUP, 3);
  EXPECT_THAT(Out(), ElementsAre("SigBlk:\t0000000000000000",
                                 "SigIgn:\t0000000000000000", "SIGHUP"));
}

TEST_F(FlagmanTest, AProgramThatFailsIsLoggedAndOthersRun) {
  StartReady({"--usr1", "exec", "/no/such/program", "--usr1", "exec", "false",
              "--usr1", "throw", "--usr1", "print", "still here"});
  SignalUntil(SIGUSR1, 2);
  const std::string log = process_->Stderr();
  EXPECT_THAT(log, HasSubstr("ERROR:flagman.cli:Action `exec` for SIGUSR1 "
                             "failed: run /no/such/program: "));
  EXPECT_THAT(log, HasSubstr("failed: false exited with code 1\n"));
  EXPECT_THAT(log, HasSubstr("Action `throw` for SIGUSR1 failed: thrown\n"));
}

TEST_F(FlagmanTest, TouchesFiles) {
  StartReady({"--usr1", "touch", Path("touched")});
  process_->Signal(SIGUSR1);
  EXPECT_TRUE(
      Eventually([&] { return std::filesystem::exists(Path("touched")); }));
}

TEST_F(FlagmanTest, AClosedOutputKillsNothing) {
  StartReady({"--usr1", "print", "lost", "--usr1", "touch", Path("touched")},
             [] {
               int ends[2];
               if (pipe(ends) != 0) _exit(126);
               close(ends[0]);
               dup2(ends[1], 1);
             });
  process_->Signal(SIGUSR1);
  EXPECT_TRUE(
      Eventually([&] { return std::filesystem::exists(Path("touched")); }));
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 0);
}

TEST_F(FlagmanTest, AReaderThatStandsStillDoesNotKeepItFromEnding) {
  const std::string fifo = MakeFifo();
  const UniqueFd read_end(open(fifo.c_str(), O_RDONLY | O_NONBLOCK));
  const std::string message(100'000, 'x');  // more than a pipe holds
  StartReady({"--usr1", "print", message, "--usr1", "touch", Path("touched")},
             [&fifo] { dup2(open(fifo.c_str(), O_WRONLY), 1); });
  process_->Signal(SIGUSR1);
  // It is full: nothing but "init" was taken of what is there.
  ASSERT_TRUE(Eventually([&] {
    int unread = 0;
    return ioctl(read_end.get(), FIONREAD, &unread) == 0 && unread > 60'000;
  }));
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 0);
  EXPECT_FALSE(std::filesystem::exists(Path("touched")));
}

TEST_F(FlagmanTest, ASignalThatComesWhileItsActionsRunIsIgnored) {
  const std::string fifo = MakeFifo();
  StartReady({"--usr1", "exec", "sh", "-c",
              absl::StrCat("echo run; : < ", fifo), "--usr2", "print", "two"});
  SignalUntil(SIGUSR1, 2);
  process_->Signal(SIGUSR1);
  ASSERT_TRUE(AwaitLog("SIGUSR1 ignored: its actions are running"));
  process_->Signal(SIGUSR2);
  ASSERT_TRUE(AwaitLog("Received 12 signal."));
  process_->Signal(SIGUSR2);
  ASSERT_TRUE(AwaitLog("SIGUSR2 waits for its turn already"));
  LetGo(fifo);
  ASSERT_TRUE(Eventually([&] { return Out().size() == 3; }));
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 0);
  EXPECT_THAT(Out(), ElementsAre("init", "run", "two", "cleanup"));
}

TEST_F(FlagmanTest, WithRerunTheActionsRunOnceMore) {
  const std::string fifo = MakeFifo();
  StartReady({"--coalesce", "rerun", "--usr1", "exec", "sh", "-c",
              absl::StrCat("echo run; : < ", fifo)});
  SignalUntil(SIGUSR1, 1);
  for (int i = 0; i < 3; ++i) {
    process_->Signal(SIGUSR1);
    ASSERT_TRUE(Eventually([&] {
      return CountIn(process_->Stderr(), "waits for its turn already") == i + 1;
    }));
  }
  LetGo(fifo);
  ASSERT_TRUE(Eventually([&] { return Out().size() == 2; }));
  LetGo(fifo);
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 0);
  EXPECT_THAT(Out(), ElementsAre("run", "run"));
}

TEST_F(FlagmanTest, SignalsWithoutActionsAreIgnored) {
  StartReady({"--usr1", "print", "one"});
  process_->Signal(SIGHUP);
  ASSERT_TRUE(AwaitLog("DEBUG:flagman.cli:No action answers SIGHUP\n"));
  SignalUntil(SIGUSR1, 2);
}

TEST_F(FlagmanTest, RecordsItsLifeAsDaemonsDo) {
  StartReady({"--usr1", "print", "1"});
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 0);
  const std::string log = process_->Stderr();
  for (const char* record :
       {"INFO:flagman.cli:PID: ", "DEBUG:flagman.cli:Set signal handler: 2\n",
        "DEBUG:flagman.cli:Set signal handler: 15\n",
        "INFO:flagman.cli:Mode: PASSIVE\n",
        "INFO:flagman.cli:Received 15 signal.\n",
        "DEBUG:flagman.cli:The signal was sent by PID ",
        "INFO:flagman.cli:interrupted == True\n",
        "INFO:flagman.cli:Graceful Interrupt...\n"}) {
    EXPECT_THAT(log, HasSubstr(record));
  }
}

TEST_F(FlagmanTest, WhenItEndsNoOtherActionOfTheSignalBegins) {
  StartReady({"--usr1", "delay_print", "begun", "100000", "--usr1", "print",
              "never", "--usr1", "exec", "echo", "never"});
  SignalUntil(SIGUSR1, 3);
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 0);
  EXPECT_THAT(Out(),
              ElementsAre("init", "init", "begun", "cleanup", "cleanup"));
}

TEST_F(FlagmanTest, ASecondSignalLeavesNoProgramBehind) {
  // Each is killed in its turn, or not begun.
  std::vector<std::string> arguments;
  for (int i = 0; i < 8; ++i) {
    arguments.insert(arguments.end(),
                     {"--usr1", "exec", "sh", "-c",
                      absl::StrCat("trap '' TERM; echo $$ >> ", dir_,
                                   "/children; while :; do sleep 1000; done")});
  }
  StartReady(arguments);
  process_->Signal(SIGUSR1);
  const auto children = [this] { return Lines(ReadFile(Path("children"))); };
  ASSERT_TRUE(Eventually([&] { return !children().empty(); }));
  process_->Signal(SIGINT);
  ASSERT_TRUE(AwaitLog("Received 2 signal."));
  process_->Signal(SIGINT);
  EXPECT_EQ(process_->Wait(), 128 + SIGINT);
  EXPECT_EQ(children().size(), 1u);
  EXPECT_TRUE(Eventually([&] {
    const std::string stat =
        ReadFile(absl::StrCat("/proc/", children()[0], "/stat"));
    return stat.empty() || absl::StrContains(stat, ") Z ");
  }));
}

TEST_F(FlagmanTest, TooFewDescriptorsAreAnErrorAndNoCrash) {
  for (rlim_t descriptors = 4; descriptors < 12; ++descriptors) {
    Start({"-q", "--usr1", "print_once", "1"}, [descriptors] {
      const struct rlimit limit = {descriptors, descriptors};
      setrlimit(RLIMIT_NOFILE, &limit);
    });
    if (Eventually([this] { return process_->HasEnded() || !Out().empty(); }) &&
        !process_->HasEnded()) {
      process_->Signal(SIGTERM);
    }
    const int code = process_->Wait();
    EXPECT_TRUE(code == 0 || code == 1 || code == 127 || code == 1000 + SIGTERM)
        << descriptors << ": " << code;
  }
}

TEST_F(FlagmanTest, AFileThatMayNotGrowDoesNotEndIt) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "ThreadSanitizer itself needs larger files";
#endif
  StartReady({"--usr1", "print", std::string(6000, 'x')}, [] {
    const struct rlimit limit = {4096, 4096};
    setrlimit(RLIMIT_FSIZE, &limit);
  });
  process_->Signal(SIGUSR1);
  ASSERT_TRUE(Eventually([this] { return process_->Stdout().size() >= 4096; }));
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 0);
}

TEST_F(FlagmanTest, EndsWhenEveryActionHasClosed) {
  for (const bool successful : {false, true}) {
    std::vector<std::string> arguments = {"--usr1", "print_once", "once"};
    if (successful) arguments.push_back("--successful-empty");
    StartReady(arguments);
    process_->Signal(SIGUSR1);
    EXPECT_EQ(process_->Wait(), successful ? 0 : 1);
    EXPECT_THAT(Out(), ElementsAre("init", "once", "cleanup"));
    EXPECT_THAT(
        process_->Stderr(),
        HasSubstr("WARNING:flagman.cli:Received `ActionClosed`; removing "
                  "action `PrintOnceAction`: Only print once\n"));
    EXPECT_THAT(process_->Stderr(),
                HasSubstr(":No actions remain active; exiting event loop\n"));
  }
}

TEST_F(FlagmanTest, OneThatClosesSilentlyIsRemovedTheNextTime) {
  StartReady({"--usr1", "close_silently", "--usr1", "print", "x"});
  SignalUntil(SIGUSR1, 2);
  EXPECT_THAT(process_->Stderr(), Not(HasSubstr("has closed")));
  process_->Signal(SIGUSR1);
  EXPECT_TRUE(AwaitLog("Action `CloseSilentlyAction` has closed; removing it"));
}

TEST_F(FlagmanTest, TearsDownInReverseOrder) {
  StartReady({"--usr1", "print", "1", "--hup", "touch", "2", "--usr1",
              "delay_print", "3", "0"});
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 0);
  std::vector<std::string> changes;
  for (const std::string& line : Lines(process_->Stderr())) {
    if (absl::StrContains(line, "Set up") ||
        absl::StrContains(line, "Tore down")) {
      changes.push_back(line);
    }
  }
  EXPECT_THAT(changes,
              ElementsAre("DEBUG:flagman.cli:Set up `print` for SIGUSR1",
                          "DEBUG:flagman.cli:Set up `touch` for SIGHUP",
                          "DEBUG:flagman.cli:Set up `delay_print` for SIGUSR1",
                          "DEBUG:flagman.cli:Tore down `delay_print` for "
                          "SIGUSR1",
                          "DEBUG:flagman.cli:Tore down `touch` for SIGHUP",
                          "DEBUG:flagman.cli:Tore down `print` for SIGUSR1"));
}

TEST_F(FlagmanTest, AFailedSetUpTearsDownAndEnds) {
  Start({"--usr1", "print", "1", "--usr1", "delay_print", "2", "soon"});
  EXPECT_EQ(process_->Wait(), 1);
  EXPECT_THAT(Out(), ElementsAre("init", "cleanup"));
  EXPECT_THAT(
      process_->Stderr(),
      HasSubstr("ERROR:flagman.cli:Cannot set up `delay_print` for SIGUSR1: "
                "\"soon\" is not a number of seconds; `delay_print`: print a "
                "message, wait, and say so (message: string, seconds: "
                "number)\n"));
}

TEST_F(FlagmanTest, UnknownActionsAreSkipped) {
  StartReady({"--usr2", "print", "two"});
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 0);
  Start({"--usr1", "nonsense", "a", "--usr2", "print", "two"});
  ASSERT_TRUE(
      AwaitLog("WARNING:flagman.cli:Unknown action `nonsense`; skipping\n"));
  ASSERT_TRUE(Eventually([&] { return Out().size() == 1; }));
  SignalUntil(SIGUSR2, 2);
}

TEST_F(FlagmanTest, WithoutActionsItDoesNotStart) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{}, {"--usr1", "nonsense"}}) {
    Start(arguments);
    EXPECT_EQ(process_->Wait(), 2);
    EXPECT_THAT(
        process_->Stderr(),
        HasSubstr("CRITICAL:flagman.cli:No actions configured; exiting\n"));
  }
}

TEST_F(FlagmanTest, AUsageErrorIsOneLine) {
  Start({"--usr1", "print", "a", "--nonsense"});
  EXPECT_EQ(process_->Wait(), 2);
  EXPECT_EQ(process_->Stderr(),
            "flagman: unknown option \"--nonsense\" among the arguments of "
            "action `print`\n");
  EXPECT_THAT(Out(), IsEmpty());
}

TEST_F(FlagmanTest, SaysWhoItIsBeforeTheLevelHolds) {
  for (const char* level : {"WARNING", "INFO", "DEBUG", "CRITICAL"}) {
    std::vector<std::string> arguments = {"--usr1", "print", "1"};
    if (level == std::string("INFO")) arguments.push_back("-v");
    if (level == std::string("DEBUG")) arguments.push_back("-vv");
    if (level == std::string("CRITICAL")) arguments.push_back("-q");
    Start(arguments);
    ASSERT_TRUE(Eventually([&] { return Out().size() == 1; }));
    const std::vector<std::string> log = Lines(process_->Stderr());
    ASSERT_GE(log.size(), 2u);
    EXPECT_EQ(log[0], absl::StrCat("INFO:flagman.cli:PID: ", process_->pid()));
    EXPECT_EQ(log[1],
              absl::StrCat("INFO:flagman.cli:Setting loglevel to ", level));
    process_->Signal(SIGTERM);
    EXPECT_EQ(process_->Wait(), 0);
  }
}

// A service manager's socket, of which the path has to be short.
class NotifySocket {
 public:
  NotifySocket()
      : dir_(MakeDirectory()),
        path_(dir_ + "/notify"),
        fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    struct sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    memcpy(address.sun_path, path_.data(), path_.size());
    EXPECT_EQ(bind(fd_.get(), reinterpret_cast<struct sockaddr*>(&address),
                   sizeof(address)),
              0);
  }
  ~NotifySocket() { std::filesystem::remove_all(dir_); }

  // What came since the last call.
  std::string Receive() const {
    std::string all;
    char buffer[4096];
    for (ssize_t n; (n = recv(fd_.get(), buffer, sizeof(buffer), 0)) >= 0;) {
      absl::StrAppend(&all, absl::string_view(buffer, static_cast<size_t>(n)),
                      "\n");
    }
    return all;
  }

  std::function<void()> InChild() const {
    return [this] { setenv("NOTIFY_SOCKET", path_.c_str(), 1); };
  }

 private:
  static std::string MakeDirectory() {
    std::string name = "/tmp/flagman.XXXXXX";
    EXPECT_NE(mkdtemp(&name[0]), nullptr);
    return name;
  }

  const std::string dir_;
  const std::string path_;
  const UniqueFd fd_;
};

TEST_F(FlagmanTest, TellsTheServiceManager) {
  const NotifySocket manager;
  const std::string fifo = MakeFifo();
  Start({"--usr1", "slow_set_up", fifo}, manager.InChild());
  ASSERT_TRUE(Eventually([&] { return !Out().empty(); }));
  EXPECT_EQ(manager.Receive(), "");
  LetGo(fifo);
  std::string received;
  EXPECT_TRUE(Eventually([&] {
    received += manager.Receive();
    return received == "READY=1\n";
  }));
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 0);
  EXPECT_EQ(manager.Receive(), "STOPPING=1\n");
}

TEST_F(FlagmanTest, ASetUpThatFailsIsNotReady) {
  const NotifySocket manager;
  Start({"--usr1", "print"}, manager.InChild());
  EXPECT_EQ(process_->Wait(), 1);
  EXPECT_EQ(manager.Receive(), "");
}

TEST_F(FlagmanTest, WithNoSystemdItTellsNobody) {
  const NotifySocket manager;
  StartReady({"--no-systemd", "--usr1", "print", "1"}, manager.InChild());
  SignalUntil(SIGUSR1, 2);
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 0);
  EXPECT_EQ(manager.Receive(), "");
}

TEST_F(FlagmanTest, FeedsTheWatchdogWhileItWaits) {
  const NotifySocket manager;
  StartReady({"--usr1", "print", "1"}, [&manager] {
    manager.InChild()();
    setenv("WATCHDOG_USEC", "20000", 1);
  });
  std::string received;
  EXPECT_TRUE(Eventually([&] {
    received += manager.Receive();
    return CountIn(received, "WATCHDOG=1") > 5;
  }));
}

TEST_F(FlagmanTest, ListsItsActions) {
  Start({"--list"});
  EXPECT_EQ(process_->Wait(), 0);
  EXPECT_THAT(process_->Stdout(), HasSubstr("\nslow_set_up    - wait for a "
                                            "FIFO in SetUp (fifo: string)\n"));
  EXPECT_EQ(process_->Stderr(), "");
}

}  // namespace
}  // namespace dirwatcher
