#include "cmd/program_harness.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace dirwatcher {
namespace {

namespace fs = std::filesystem;

constexpr char kProgram[] = "cmd/dirwatcher";
constexpr absl::Duration kDeadline = absl::Seconds(60);

}  // namespace

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

bool Eventually(const std::function<bool()>& condition) {
  const absl::Time deadline = absl::Now() + kDeadline;
  while (!condition()) {
    if (absl::Now() > deadline) return false;
    const struct timespec pause = {0, 5'000'000};
    nanosleep(&pause, nullptr);
  }
  return true;
}

Process::Process(const std::string& dir,
                 const std::vector<std::string>& command,
                 const std::function<void()>& prepare)
    : dir_(dir) {
  std::vector<char*> argv;
  for (const std::string& argument : command) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  const std::string out = dir + "/stdout";
  const std::string err = dir + "/stderr";
  // What an earlier run left must not be taken for this one's.
  fs::remove(out);
  fs::remove(err);
  pid_ = fork();
  EXPECT_GE(pid_, 0);
  if (pid_ != 0) return;
  dup2(open(out.c_str(), O_WRONLY | O_CREAT, 0600), 1);
  dup2(open(err.c_str(), O_WRONLY | O_CREAT, 0600), 2);
  for (int fd = 3; fd < 64; ++fd) close(fd);
  prepare();
  execvp(argv[0], argv.data());
  _exit(127);
}

Process::~Process() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  Wait();
}

void Process::Signal(int number) const { kill(pid_, number); }

bool Process::HasEnded() const {
  siginfo_t info = {};
  const int flags = WEXITED | WNOHANG | WNOWAIT;
  return waitid(P_PID, static_cast<id_t>(pid_), &info, flags) == 0 &&
         info.si_pid == pid_;
}

int Process::Wait() {
  int status = 0;
  const bool ended =
      Eventually([&] { return waitpid(pid_, &status, WNOHANG) == pid_; });
  EXPECT_TRUE(ended) << "process " << pid_ << " does not end";
  if (!ended) {
    kill(pid_, SIGKILL);
    waitpid(pid_, &status, 0);
  }
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

DirwatcherTest::DirwatcherTest() {
  std::string name = testing::TempDir() + "/dirwatcher_XXXXXX";
  EXPECT_NE(mkdtemp(&name[0]), nullptr);
  work_dir_ = name;
  dir_ = work_dir_ + "/watched";
  fs::create_directory(dir_);
}

DirwatcherTest::~DirwatcherTest() { fs::remove_all(work_dir_); }

void DirwatcherTest::Append(const std::string& name,
                            absl::string_view text) const {
  std::ofstream(dir_ + "/" + name, std::ios::app) << text;
}

std::unique_ptr<Process> DirwatcherTest::Start(
    const std::vector<std::string>& arguments,
    const std::function<void()>& prepare) const {
  std::vector<std::string> command = {kProgram};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return std::make_unique<Process>(work_dir_, command, prepare);
}

std::vector<std::string> Texts(const std::string& log) {
  std::vector<std::string> texts;
  for (absl::string_view line : absl::StrSplit(log, '\n', absl::SkipEmpty())) {
    const size_t prefix = line.find("] ");
    EXPECT_NE(prefix, absl::string_view::npos) << line;
    texts.emplace_back(line.substr(prefix + 2));
  }
  return texts;
}

std::vector<nlohmann::json> Events(const std::string& lines) {
  std::vector<nlohmann::json> events;
  const absl::string_view whole =
      absl::string_view(lines).substr(0, lines.rfind('\n') + 1);
  for (absl::string_view line :
       absl::StrSplit(whole, '\n', absl::SkipEmpty())) {
    nlohmann::json event = nlohmann::json::parse(line, nullptr, false);
    EXPECT_TRUE(event.is_object()) << line;
    if (event.is_object()) events.push_back(std::move(event));
  }
  return events;
}

std::vector<std::string> Kinds(const std::string& lines) {
  std::vector<std::string> kinds;
  for (const nlohmann::json& event : Events(lines)) {
    kinds.push_back(event["event"]);
  }
  return kinds;
}

int Count(const std::string& lines, absl::string_view kind) {
  int count = 0;
  for (const std::string& each : Kinds(lines)) count += each == kind;
  return count;
}

}  // namespace dirwatcher
