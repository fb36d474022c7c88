// dirwatcher --notify, and the action `notify` of both programs, with real
// servers.

#include <signal.h>
#include <stdlib.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cmd/program_harness.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "notify/testing/http_service.h"
#include "notify/testing/test_mail_server.h"

namespace dirwatcher {
namespace {

namespace fs = std::filesystem;

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

using Json = nlohmann::json;
using Words = std::vector<std::string>;

class DirwatcherNotifyTest : public DirwatcherTest {
 protected:
  // dirwatcher with these options, for "magic" in the watched directory.
  std::unique_ptr<Process> Watch(const Words& options) const {
    Words arguments = {"--int", "0.02", "--notify-spool", work_dir_ + "/spool"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    arguments.insert(arguments.end(), {"--", dir_, "magic"});
    return Start(arguments);
  }

  static std::string Target(const TestMailServer& server) {
    return absl::StrCat("mailto://127.0.0.1:", server.port(),
                        "?from=log@example.com&to=ops@example.com");
  }

  static std::string Text(const TestMailServer& server, int number) {
    return TestMailServer::Content(server.Read(number), 0);
  }
};

TEST_F(DirwatcherNotifyTest, TellsOfLinesTogetherWithFileLineAndText) {
  const TestMailServer server;
  Append("a.txt", "nothing\nsome magic here\n");
  Append("b.txt", "magic <module>\n");
  const auto process =
      Watch({"--notify", Target(server), "--notify-wait", "0.3"});
  ASSERT_TRUE(Eventually([&] { return server.MailCount() == 1; }));
  EXPECT_EQ(server.Read(1)["headers"]["Subject"], "Found 2 lines in " + dir_);
  EXPECT_THAT(Text(server, 1), AllOf(HasSubstr("a.txt:2: some magic here"),
                                     HasSubstr("b.txt:1: magic <module>"),
                                     HasSubstr("dirwatcher version: ")));
  process->Signal(SIGTERM);
  EXPECT_EQ(process->Wait(), 0);
  EXPECT_EQ(server.MailCount(), 1);
}

TEST_F(DirwatcherNotifyTest, MakesAStormAFewCounts) {
  const TestMailServer server;
  const auto process = Watch({"--notify", Target(server), "--notify-wait",
                              "0.2", "--notify-interval", "3600"});
  Append("a.txt", "first magic\n");
  ASSERT_TRUE(Eventually([&] { return server.MailCount() == 1; }));
  std::string storm;
  for (int i = 0; i < 100'000; ++i) storm += "magic again and again\n";
  Append("a.txt", storm);
  ASSERT_TRUE(Eventually([&] {
    return process->Stderr().find("a.txt:100001:") != std::string::npos;
  }));
  EXPECT_EQ(server.MailCount(), 1);
  process->Signal(SIGINT);  // the rest is told at the end
  EXPECT_EQ(process->Wait(), 0);
  ASSERT_EQ(server.MailCount(), 2);
  EXPECT_EQ(server.Read(2)["headers"]["Subject"],
            "Found 100000 lines in " + dir_);
  EXPECT_THAT(Text(server, 2), AllOf(HasSubstr("... and 99900 more"),
                                     HasSubstr("100000  a.txt")));
}

TEST_F(DirwatcherNotifyTest, TellsWithOncePoll) {
  const HttpService slack("slack");
  Append("a.txt", "magic\n");
  setenv("SLACK_WEBHOOK_URL", (slack.url() + "/services/T1/B1/secret").c_str(),
         1);
  const auto process = Watch({"--notify", "slack://", "--once"});
  EXPECT_EQ(process->Wait(), 0);
  unsetenv("SLACK_WEBHOOK_URL");
  EXPECT_THAT(slack.Accepted(), SizeIs(1));
  EXPECT_THAT(process->Stderr(), Not(HasSubstr("B1")));
}

TEST_F(DirwatcherNotifyTest, KeepsWhatCannotBeToldForTheNextStart) {
  TestMailServer server(Json{{"mail", "hang"}});
  Append("a.txt", "magic one\n");
  const auto process =
      Watch({"--notify", Target(server), "--notify-wait", "0"});
  ASSERT_TRUE(Eventually([&] { return !server.Log().empty(); }));
  process->Signal(SIGTERM);
  EXPECT_EQ(process->Wait(), 0);
  EXPECT_EQ(server.MailCount(), 0);
  server.SetScript(Json::object());
  // What waits is tried when its time has come; supervise does not wait.
  Process flush(work_dir_,
                {"cmd/supervise", "--spool", work_dir_ + "/spool", "--flush"});
  EXPECT_EQ(flush.Wait(), 0) << flush.Stderr();
  ASSERT_EQ(server.MailCount(), 1);
  EXPECT_THAT(Text(server, 1), HasSubstr("a.txt:1: magic one"));
}

TEST_F(DirwatcherNotifyTest, GoesOnWatchingWhileNobodyCanBeTold) {
  const auto process =
      Watch({"--notify", "mailto://127.0.0.1:1?from=a@x&to=b@x",
             "--notify-wait", "0"});
  Append("a.txt", "magic\n");
  ASSERT_TRUE(Eventually([&] {
    return process->Stderr().find("Notification to mailto://127.0.0.1:1") !=
           std::string::npos;
  }));
  Append("a.txt", "more magic\n");
  ASSERT_TRUE(Eventually([&] {
    return process->Stderr().find("a.txt:2: more magic") != std::string::npos;
  }));
  process->Signal(SIGTERM);
  EXPECT_EQ(process->Wait(), 0);
}

TEST_F(DirwatcherNotifyTest, DoesNotStartWithAWrongTarget) {
  for (const auto& [target, code] :
       {std::pair<std::string, int>{"ftp://x", 2},
        {"mailto://u:hunter2@mx?from=a&to=b", 2},
        {"slack://?webhook_url_file=/nonexistent", 1}}) {
    const auto process = Watch({"--notify", target});
    EXPECT_EQ(process->Wait(), code);
    EXPECT_THAT(process->Stderr(),
                AllOf(HasSubstr("target"), Not(HasSubstr("hunter2"))));
  }
}

TEST_F(DirwatcherNotifyTest, HasAnActionThatTells) {
  const TestMailServer server;
  setenv("DIRWATCHER_NOTIFY_SPOOL", (work_dir_ + "/spool").c_str(), 1);
  Append("a.txt", "some magic\n");
  const auto process = Start({dir_, "magic", "--once", "--on-match", "notify",
                              Target(server), "Look: {file}:{line}"});
  EXPECT_EQ(process->Wait(), 0);
  ASSERT_EQ(server.MailCount(), 1);
  EXPECT_EQ(server.Read(1)["headers"]["Subject"], "Look: a.txt:1");
  EXPECT_THAT(Text(server, 1), HasSubstr("text: some magic"));
  EXPECT_THAT(process->Stderr(), Not(HasSubstr("ERROR")));
  EXPECT_TRUE(fs::exists(work_dir_ + "/spool/queue.db"));
}

TEST_F(DirwatcherNotifyTest, HasAnActionThatSaysWhatItCannotTell) {
  setenv("DIRWATCHER_NOTIFY_SPOOL", (work_dir_ + "/spool").c_str(), 1);
  Append("a.txt", "some magic\n");
  const auto process =
      Start({dir_, "magic", "--once", "--on-match", "notify",
             "mailto://127.0.0.1:1?from=a@x&to=b@x", "subject"});
  EXPECT_EQ(process->Wait(), 0);
  EXPECT_THAT(process->Stderr(), HasSubstr("mailto://127.0.0.1:1"));
  const auto wrong = Start(
      {dir_, "magic", "--once", "--on-match", "notify", "ftp://x", "subject"});
  EXPECT_NE(wrong->Wait(), 0);
  EXPECT_THAT(wrong->Stderr(), HasSubstr("unknown scheme"));
}

TEST_F(DirwatcherNotifyTest, IsTheSameActionInFlagman) {
  const TestMailServer server;
  setenv("DIRWATCHER_NOTIFY_SPOOL", (work_dir_ + "/spool").c_str(), 1);
  Process flagman(work_dir_, {"cmd/flagman", "-v", "--usr1", "notify",
                              Target(server), "Woken"});
  ASSERT_TRUE(Eventually([&] {
    return flagman.Stderr().find("Set signal handler") != std::string::npos ||
           flagman.Stderr().find("Mode: ") != std::string::npos;
  }));
  flagman.Signal(SIGUSR1);
  ASSERT_TRUE(Eventually([&] { return server.MailCount() == 1; }));
  EXPECT_EQ(server.Read(1)["headers"]["Subject"], "Woken");
  flagman.Signal(SIGTERM);
  EXPECT_EQ(flagman.Wait(), 0);
}

}  // namespace
}  // namespace dirwatcher
