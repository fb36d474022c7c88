#include "notify/supervisor.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <exception>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "env/system_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "logging/fake_logger.h"
#include "logging/log_level.h"

namespace dirwatcher {

// Not in the unnamed namespace, so that its name in a stack is this one.
__attribute__((noinline)) void FunctionThatThrows() {
  throw std::runtime_error("disk full");
}

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Writes what it is told to a file, which outlives the process.
class FileHandler : public MessageHandler {
 public:
  FileHandler(std::string path, DeliveryResult result)
      : path_(std::move(path)), result_(std::move(result)) {}

  DeliveryResult Send(const OutgoingMessage& message,
                      const DeliveryAttempt&) override {
    std::ofstream out(path_, std::ios::app);
    out << "subject: " << message.subject << "\n" << message.text;
    for (const Attachment& attachment : message.attachments) {
      out << "attachment: " << attachment.name << "\n";
    }
    out << message.signature << "\n";
    return result_;
  }

 private:
  const std::string path_;
  const DeliveryResult result_;
};

class ThrowingHandler : public MessageHandler {
 public:
  DeliveryResult Send(const OutgoingMessage&, const DeliveryAttempt&) override {
    throw std::runtime_error("handler");
  }
};

class StderrLogger : public Logger {
 private:
  void Write(LogLevel level, absl::string_view text, SourceLocation) override {
    const std::string line = absl::StrCat(LogLevelName(level), " ", text, "\n");
    (void)!write(STDERR_FILENO, line.data(), line.size());
  }
};

class SupervisorTest : public testing::Test {
 protected:
  SupervisorTest() {
    std::string name = testing::TempDir() + "/supervisor_XXXXXX";
    EXPECT_NE(mkdtemp(&name[0]), nullptr);
    dir_ = name;
    // The same folder there and here.
    testing::FLAGS_gtest_death_test_style = "fast";
  }

  std::string Told(const std::string& name) const {
    std::ifstream in(dir_ + "/" + name);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }

  std::unique_ptr<MessageHandler> Recorder(
      const std::string& name,
      DeliveryResult result = DeliveryResult::Delivered()) const {
    return std::make_unique<FileHandler>(dir_ + "/" + name, std::move(result));
  }

  std::string dir_;
  SystemClock clock_;
  FakeLogger logger_;
};

TEST_F(SupervisorTest, HasEveryHandlerSend) {
  SupervisorOptions options;
  options.project_name = "backup";
  options.project_version = "1.2";
  Supervisor supervisor(options, &clock_, &logger_);
  supervisor.Add(Recorder("a"));
  supervisor.Add(Recorder("b"));
  MessageDetails details{"late", "The disk is slow.\n", {}};
  details.Attach("/var/log/one");
  details.Attach(std::vector<std::string>{"/two/", "three"});
  EXPECT_EQ(supervisor.Notify(details), 2);
  EXPECT_EQ(Told("a"),
            "subject: late\nThe disk is slow.\nattachment: one\n"
            "attachment: two\nattachment: three\nbackup version: 1.2\n");
  EXPECT_EQ(Told("a"), Told("b"));
  EXPECT_THAT(logger_.TakeRecords(), IsEmpty());
}

TEST_F(SupervisorTest, LetsNoHandlerStopAnother) {
  Supervisor supervisor(SupervisorOptions(), &clock_, &logger_);
  supervisor.Add(std::make_unique<ThrowingHandler>());
  supervisor.Add(Recorder("refused", DeliveryResult::Refused("no such user")));
  supervisor.Add(
      Recorder("mute", DeliveryResult::NotConfigured("url is not set")));
  supervisor.Add(Recorder("last"));
  EXPECT_EQ(supervisor.Notify({"s", "t", {}}), 1);
  EXPECT_THAT(Told("last"), HasSubstr("unknown client version: not specified"));
  using Record = FakeLogger::Record;
  EXPECT_THAT(
      logger_.TakeRecords(),
      ElementsAre(
          Record(LogLevel::kWarning, "Message \"s\" was not sent: handler"),
          Record(LogLevel::kWarning,
                 "Message \"s\" was not sent: no such user"),
          Record(LogLevel::kWarning,
                 "Message \"s\" was not sent: url is not set")));
}

TEST_F(SupervisorTest, TellsOfAnExceptionThatNobodyCatches) {
  const std::string log_file = dir_ + "/program.log";
  std::ofstream(log_file) << "log\n";
  const auto die = [&] {
    StderrLogger logger;
    SupervisorOptions options;
    options.project_name = "job";
    options.log_file = log_file;
    Supervisor supervisor(options, &clock_, &logger);
    supervisor.Add(std::make_unique<ThrowingHandler>());
    supervisor.Add(Recorder("told"));
    // A thread, as the test itself would catch it.
    std::thread(FunctionThatThrows).join();
  };
  EXPECT_EXIT(die(), testing::KilledBySignal(SIGABRT),
              "ERROR global error handler line: [0-9]+ "
              "\\(notify/supervisor_test.cc\\)\n"
              "ERROR uncaught std::runtime_error: disk full\n"
              "ERROR 0x");
  const std::string told = Told("told");
  EXPECT_THAT(told, HasSubstr("subject: ERROR\n"
                              "uncaught std::runtime_error: disk full\n0x"));
  EXPECT_THAT(told, HasSubstr("FunctionThatThrows"));
  EXPECT_THAT(told, HasSubstr("attachment: program.log\n"
                              "job version: not specified\n"));
}

TEST_F(SupervisorTest, TellsOfATerminationWithoutException) {
  const auto die = [&] {
    StderrLogger logger;
    Supervisor supervisor(SupervisorOptions(), &clock_, &logger);
    supervisor.Add(Recorder("told"));
    std::terminate();
  };
  EXPECT_EXIT(die(), testing::KilledBySignal(SIGABRT),
              "ERROR std::terminate was called");
  EXPECT_THAT(Told("told"), HasSubstr("std::terminate was called\n0x"));
  EXPECT_THAT(Told("told"), Not(HasSubstr("attachment")));
}

TEST_F(SupervisorTest, TellsOnceIfManyThreadsFailTogether) {
  const auto die = [&] {
    StderrLogger logger;
    Supervisor supervisor(SupervisorOptions(), &clock_, &logger);
    supervisor.Add(Recorder("told"));
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) threads.emplace_back(FunctionThatThrows);
    for (std::thread& thread : threads) thread.join();
  };
  EXPECT_EXIT(die(), testing::KilledBySignal(SIGABRT), "global error handler");
  const std::string told = Told("told");
  EXPECT_EQ(told.find("subject: ERROR"), told.rfind("subject: ERROR"));
  EXPECT_THAT(told, HasSubstr("disk full"));
}

TEST_F(SupervisorTest, LeavesErrorsAloneIfItIsToldSo) {
  const auto die = [&] {
    SupervisorOptions options;
    options.handle_errors = false;
    Supervisor supervisor(options, &clock_, &logger_);
    supervisor.Add(Recorder("told"));
    std::terminate();
  };
  EXPECT_EXIT(die(), testing::KilledBySignal(SIGABRT), "");
  EXPECT_EQ(Told("told"), "");
}

TEST_F(SupervisorTest, KeepsTheExitCode) {
  const auto end = [&] {
    Supervisor supervisor(SupervisorOptions(), &clock_, &logger_);
    supervisor.Add(Recorder("told"));
    exit(7);
  };
  EXPECT_EXIT(end(), testing::ExitedWithCode(7), "");
  EXPECT_EQ(Told("told"), "");
}

TEST_F(SupervisorTest, GivesTerminationBackToWhoHadItBefore) {
  const std::terminate_handler before = std::get_terminate();
  {
    Supervisor supervisor(SupervisorOptions(), &clock_, &logger_);
    EXPECT_NE(std::get_terminate(), before);
  }
  EXPECT_EQ(std::get_terminate(), before);
}

}  // namespace
}  // namespace dirwatcher
