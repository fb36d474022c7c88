// Kills a process that adds and delivers messages, at any moment, again and
// again, and counts what came out.

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "env/system_clock.h"
#include "gtest/gtest.h"
#include "logging/fake_logger.h"
#include "notify/dispatcher.h"
#include "notify/message_handler.h"
#include "notify/spool.h"

namespace dirwatcher {
namespace {

namespace fs = std::filesystem;

constexpr int kRounds = 60;
constexpr int kTargets = 2;

// Appends a line in one go, which survives the death of the process.
void AppendLine(const std::string& path, const std::string& line) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  const std::string text = line + "\n";
  if (write(fd, text.data(), text.size()) !=
      static_cast<ssize_t>(text.size())) {
    abort();
  }
  close(fd);
}

std::vector<std::string> Lines(const std::string& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// A recipient who writes down what he accepts.
class Recorder : public MessageHandler {
 public:
  explicit Recorder(std::string path) : path_(std::move(path)) {}
  DeliveryResult Send(const OutgoingMessage& message,
                      const DeliveryAttempt&) override {
    AppendLine(path_, message.id);
    return DeliveryResult::Delivered();
  }

 private:
  const std::string path_;
};

class Job {
 public:
  explicit Job(std::string dir) : dir_(std::move(dir)) {}

  std::string AddedPath() const { return dir_ + "/added"; }
  std::string TargetPath(const std::string& target) const {
    return absl::StrCat(dir_, "/", target);
  }

  void Deliver(Spool* spool) const {
    SystemClock clock;
    FakeLogger logger;
    Dispatcher dispatcher(
        DispatchOptions(), spool,
        [this](const std::string& target) {
          return Dispatcher::Route{
              target, std::make_unique<Recorder>(TargetPath(target))};
        },
        &clock, &logger);
    DeliverySelection selection;
    selection.others = DeliverySelection::kAll;
    if (!dispatcher.Deliver(selection).ok()) abort();
  }

  std::unique_ptr<Spool> OpenSpool() const {
    auto spool = Spool::Open(dir_ + "/spool", absl::Now());
    if (!spool.ok()) abort();
    return *std::move(spool);
  }

  // Adds and delivers until it is killed.
  [[noreturn]] void RunUntilKilled(int round) const {
    const std::unique_ptr<Spool> spool = OpenSpool();
    for (int i = 0;; ++i) {
      OutgoingMessage message;
      message.id = absl::StrCat("m", round, ".", i);
      message.attachments = {{"added", AddedPath()}};
      std::vector<std::string> targets;
      for (int t = 0; t < kTargets; ++t)
        targets.push_back(absl::StrCat("t", t));
      if (!spool->Add(message, targets, RepeatRule(), absl::Now()).ok()) {
        abort();
      }
      AppendLine(AddedPath(), message.id);
      if (i % 3 == 2) Deliver(spool.get());
    }
  }

 private:
  const std::string dir_;
};

void KillMyselfIn(absl::Duration delay) {
  struct sigevent event = {};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGKILL;
  timer_t timer;
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) abort();
  struct itimerspec when = {};
  when.it_value = absl::ToTimespec(delay);
  timer_settime(timer, 0, &when, nullptr);
}

TEST(Spool, LosesNothingWhenItsProcessIsKilledAtAnyMoment) {
  std::string dir = testing::TempDir() + "/kill_XXXXXX";
  ASSERT_NE(mkdtemp(&dir[0]), nullptr);
  const Job job(dir);
  std::mt19937 random(20231114);
  for (int round = 0; round < kRounds; ++round) {
    const absl::Duration life =
        absl::Microseconds(500 + static_cast<int>(random() % 40'000));
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      KillMyselfIn(life);
      job.RunUntilKilled(round);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    ASSERT_EQ(WTERMSIG(status), SIGKILL) << "in round " << round;
  }
  const std::unique_ptr<Spool> spool = job.OpenSpool();
  job.Deliver(spool.get());
  ASSERT_TRUE(spool->List()->empty());

  const std::vector<std::string> added = Lines(job.AddedPath());
  EXPECT_GT(added.size(), 20U);
  for (int t = 0; t < kTargets; ++t) {
    std::map<std::string, int> got;
    for (const std::string& id : Lines(job.TargetPath(absl::StrCat("t", t)))) {
      ++got[id];
    }
    for (const std::string& id : added) EXPECT_GE(got[id], 1) << id;
    // Only what was under way when the process was killed may come twice.
    int repeated = 0;
    for (const auto& [id, count] : got) repeated += count - 1;
    EXPECT_LE(repeated, kRounds);
  }
  // Copies of attachments go with their messages; what a killed process had
  // begun to copy stays for an hour.
  size_t folders = 0;
  for (const auto& entry : fs::directory_iterator(dir + "/spool/files")) {
    folders += entry.exists() ? 1U : 0U;
  }
  EXPECT_LE(folders, static_cast<size_t>(kRounds));
  fs::remove_all(dir);
}

}  // namespace
}  // namespace dirwatcher
