#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "signals/action.h"
#include "signals/action_registry.h"
#include "signals/fake_action_host.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class BuiltinActionsTest : public testing::Test {
 protected:
  // Makes the action and sets it up.
  absl::Status SetUpAction(const std::string& name,
                           const std::vector<std::string>& arguments) {
    const ActionSpec* const spec = ActionRegistry::Global().Find(name);
    if (spec == nullptr) return absl::NotFoundError(name);
    action_ = spec->make();
    return action_->SetUp(&host_, arguments);
  }

  absl::Status Run() { return action_->Run(cause_); }

  FakeActionHost host_;
  ActionCause cause_;
  std::unique_ptr<Action> action_;
};

TEST_F(BuiltinActionsTest, AllAreRegistered) {
  std::vector<std::string> documentation;
  for (const ActionSpec* spec : ActionRegistry::Global().All()) {
    documentation.push_back(absl::StrCat(spec->name, " ", spec->class_name));
  }
  EXPECT_THAT(documentation,
              ElementsAre("delay_print DelayPrintAction", "exec ExecAction",
                          "print PrintAction", "print_once PrintOnceAction",
                          "touch TouchAction"));
}

TEST_F(BuiltinActionsTest, PrintSaysWhenItBeginsAndEnds) {
  ASSERT_TRUE(SetUpAction("print", {"a message"}).ok());
  EXPECT_TRUE(Run().ok());
  EXPECT_TRUE(Run().ok());
  action_->Close();
  EXPECT_THAT(host_.TakeLines(),
              ElementsAre("init", "a message", "a message", "cleanup"));
}

TEST_F(BuiltinActionsTest, PrintPutsInWhatHappened) {
  ASSERT_TRUE(SetUpAction("print", {"{file}: {text}"}).ok());
  cause_.values = {{"file", "a.log"}, {"text", "{file}"}};
  EXPECT_TRUE(Run().ok());
  EXPECT_THAT(host_.TakeLines(), ElementsAre("init", "a.log: {file}"));
}

TEST_F(BuiltinActionsTest, PrintOnceCloses) {
  ASSERT_TRUE(SetUpAction("print_once", {"a message"}).ok());
  const absl::Status status = Run();
  EXPECT_TRUE(IsActionClosed(status));
  EXPECT_EQ(status.message(), "Only print once");
}

TEST_F(BuiltinActionsTest, DelayPrintWaits) {
  ASSERT_TRUE(SetUpAction("delay_print", {"a message", "1.5"}).ok());
  EXPECT_TRUE(Run().ok());
  EXPECT_THAT(host_.waits(), ElementsAre(absl::Seconds(1.5)));
  EXPECT_THAT(host_.TakeLines(),
              ElementsAre("init", "a message", "finished delaying"));
}

TEST_F(BuiltinActionsTest, DelayPrintThatIsInterruptedHasNotFinished) {
  ASSERT_TRUE(SetUpAction("delay_print", {"a message", "30"}).ok());
  host_.Interrupt();
  EXPECT_TRUE(Run().ok());
  action_->Close();
  EXPECT_THAT(host_.TakeLines(), ElementsAre("init", "a message", "cleanup"));
}

TEST_F(BuiltinActionsTest, WrongArgumentsAreRefusedBeforeAnythingHappens) {
  const std::vector<std::vector<std::string>> wrong = {
      {"print"},
      {"print", "a", "b"},
      {"print_once"},
      {"delay_print", "a"},
      {"delay_print", "a", "1", "2"},
      {"delay_print", "a", "soon"},
      {"delay_print", "a", "-1"},
      {"delay_print", "a", "nan"},
      {"delay_print", "a", ""},
      {"exec"},
      {"exec", ""},
      {"touch"},
      {"touch", ""},
      {"touch", "a", "b"},
  };
  for (const auto& command : wrong) {
    const absl::Status status = SetUpAction(
        command[0],
        std::vector<std::string>(command.begin() + 1, command.end()));
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << command[0] << status;
  }
  EXPECT_THAT(host_.TakeLines(), IsEmpty());
  EXPECT_EQ(SetUpAction("delay_print", {"a", "soon"}).message(),
            "\"soon\" is not a number of seconds");
  EXPECT_EQ(SetUpAction("print", {"a", "b"}).message(),
            "takes 1 argument, not 2");
}

TEST_F(BuiltinActionsTest, ExecRunsAProgramWithWhatHappened) {
  ASSERT_TRUE(SetUpAction("exec", {"mail", "-s", "{file}", "{other}"}).ok());
  cause_.values = {{"file", "a b; c"}};
  cause_.environment = {{"FLAGMAN_SIGNAL", "SIGUSR1"}};
  EXPECT_TRUE(Run().ok());
  ASSERT_EQ(host_.programs().size(), 1u);
  EXPECT_THAT(host_.programs()[0].command,
              ElementsAre("mail", "-s", "a b; c", "{other}"));
  EXPECT_EQ(host_.programs()[0].environment, cause_.environment);
}

TEST_F(BuiltinActionsTest, ExecTellsHowAProgramFailed) {
  ASSERT_TRUE(SetUpAction("exec", {"backup"}).ok());
  host_.set_on_run([](const Program&) {
    ProgramEnd end;
    end.exit_code = 3;
    return end;
  });
  EXPECT_EQ(Run().message(), "backup exited with code 3");
  host_.set_on_run([](const Program&) {
    ProgramEnd end;
    end.signal_number = SIGSEGV;
    return end;
  });
  EXPECT_EQ(Run().message(), "backup was ended by SIGSEGV");
  host_.set_on_run(
      [](const Program&) { return absl::NotFoundError("run backup: none"); });
  EXPECT_EQ(Run().message(), "run backup: none");
}

TEST_F(BuiltinActionsTest, AProgramThatIsInterruptedHasNotFailed) {
  ASSERT_TRUE(SetUpAction("exec", {"backup"}).ok());
  host_.set_on_run([](const Program&) {
    ProgramEnd end;
    end.signal_number = SIGTERM;
    end.interrupted = true;
    return end;
  });
  EXPECT_TRUE(Run().ok());
}

TEST_F(BuiltinActionsTest, TouchMakesAFileAndRenewsIt) {
  const std::string path =
      absl::StrCat(testing::TempDir(), "/touched.", getpid());
  unlink(path.c_str());
  ASSERT_TRUE(SetUpAction("touch", {path}).ok());
  EXPECT_TRUE(Run().ok());
  struct stat st;
  ASSERT_EQ(stat(path.c_str(), &st), 0);
  EXPECT_EQ(st.st_size, 0);

  std::ofstream(path) << "content";
  const struct timespec old[2] = {{1000, 0}, {1000, 0}};
  ASSERT_EQ(utimensat(AT_FDCWD, path.c_str(), old, 0), 0);
  EXPECT_TRUE(Run().ok());
  ASSERT_EQ(stat(path.c_str(), &st), 0);
  EXPECT_GT(st.st_mtime, 1000);
  EXPECT_EQ(st.st_size, 7);
  unlink(path.c_str());
}

TEST_F(BuiltinActionsTest, TouchNamesWhatItCannotTouch) {
  ASSERT_TRUE(SetUpAction("touch", {"/no/such/dir/{file}"}).ok());
  cause_.values = {{"file", "a.log"}};
  const absl::Status status = Run();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("touch /no/such/dir/a.log"));
}

}  // namespace
}  // namespace dirwatcher
