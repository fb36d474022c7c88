// supervise as its users have it: the real program, real jobs, real servers.

#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cmd/program_harness.h"
#include "env/testing/test_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "notify/testing/http_service.h"
#include "notify/testing/test_mail_server.h"

namespace dirwatcher {
namespace {

namespace fs = std::filesystem;

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

using Json = nlohmann::json;
using Words = std::vector<std::string>;

class SuperviseTest : public testing::Test {
 protected:
  SuperviseTest() {
    std::string name = testing::TempDir() + "/supervise_XXXXXX";
    EXPECT_NE(mkdtemp(&name[0]), nullptr);
    dir_ = name;
    spool_ = dir_ + "/spool";
  }
  ~SuperviseTest() override { fs::remove_all(dir_); }

  // supervise with these arguments and the spool of the test. What it prints
  // goes to a folder of its own, called `name`.
  std::unique_ptr<Process> Start(const Words& arguments,
                                 const std::string& name = "run") const {
    const std::string output = dir_ + "/" + name;
    fs::create_directories(output);
    Words command = {"cmd/supervise", "--spool", spool_};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return std::make_unique<Process>(output, command, [this] {
      for (const auto& [key, value] : environment_) {
        setenv(key.c_str(), value.c_str(), 1);
      }
    });
  }

  struct Result {
    int code = 0;
    std::string out;
    std::string err;
  };
  Result Run(const Words& arguments) const {
    const auto process = Start(arguments);
    Result result;
    result.code = process->Wait();
    result.out = process->Stdout();
    result.err = process->Stderr();
    return result;
  }

  std::string MakeFile(const std::string& name, const std::string& text) const {
    std::ofstream(dir_ + "/" + name, std::ios::binary) << text;
    return dir_ + "/" + name;
  }

  static std::string MailTarget(int port, const std::string& keys = "") {
    return absl::StrCat("mailto://127.0.0.1:", port,
                        "?from=cron@example.com&to=ops@example.com", keys);
  }

  // All that is in the files of a folder.
  static std::string Everything(const std::string& dir) {
    std::string all;
    for (const auto& entry : fs::recursive_directory_iterator(dir)) {
      if (entry.is_regular_file()) all += ReadFile(entry.path());
    }
    return all;
  }

  std::string dir_;
  std::string spool_;
  std::vector<std::pair<std::string, std::string>> environment_;
};

TEST_F(SuperviseTest, TellsOfAFailureByMailAndKeepsTheExitCode) {
  const TestMailServer server;
  const Result result =
      Run({"--to", MailTarget(server.port()), "--name", "backup", "--attach",
           MakeFile("job.log", "content of the log\n"), "--", "sh", "-c",
           "echo out; echo '<module> err' >&2; exit 3"});
  EXPECT_EQ(result.code, 3);
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "<module> err\n");
  ASSERT_EQ(server.MailCount(), 1);
  const auto mail = server.Read(1);
  EXPECT_EQ(mail["headers"]["Subject"], "backup failed: exit code 3");
  const std::string text = TestMailServer::Content(mail, 0);
  EXPECT_THAT(text, HasSubstr("Result:      exit code 3"));
  EXPECT_THAT(text, HasSubstr("out"));
  EXPECT_THAT(text, HasSubstr("<module> err"));
  EXPECT_THAT(text, HasSubstr("backup version: not specified"));
  EXPECT_THAT(server.Raw(1), HasSubstr("job.log.gz"));
  EXPECT_EQ(Run({"--queue"}).out, "Nothing waits.\n");
}

TEST_F(SuperviseTest, IsSilentAboutSuccess) {
  const TestMailServer server;
  const Result result =
      Run({"--to", MailTarget(server.port()), "--", "echo", "fine"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out, "fine\n");
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(server.MailCount(), 0);
  EXPECT_THAT(server.Log(), IsEmpty());
  EXPECT_FALSE(fs::exists(spool_));
}

TEST_F(SuperviseTest, TellsOfSuccessIfItIsAskedTo) {
  const TestMailServer server;
  EXPECT_EQ(Run({"--to", MailTarget(server.port(), "&prefix=%5Bcron%5D%20"),
                 "--always", "--", "true"})
                .code,
            0);
  ASSERT_EQ(server.MailCount(), 1);
  EXPECT_EQ(server.Read(1)["headers"]["Subject"], "[cron] true succeeded");
}

TEST_F(SuperviseTest, HasTheExitCodesOfItsKind) {
  EXPECT_EQ(Run({"--", "sh", "-c", "exit 7"}).code, 7);
  EXPECT_EQ(Run({"--", "sh", "-c", "kill -9 $$"}).code, 128 + 9);
  EXPECT_EQ(Run({"--", "/nonexistent/program"}).code, 127);
  EXPECT_EQ(Run({"--", "nonexistent-program"}).code, 127);
  EXPECT_EQ(Run({"--", MakeFile("data", "text")}).code, 126);
  EXPECT_EQ(Run({"--timeout", "0.1", "--", "sleep", "60"}).code, 124);
}

TEST_F(SuperviseTest, SaysInOneLineHowItIsUsedWrongly) {
  for (const Words& arguments :
       {Words{}, Words{"--"}, Words{"--frob", "--", "true"},
        Words{"--retries", "x", "--", "true"},
        Words{"--to", "ftp://x", "--", "touch", dir_ + "/ran"},
        Words{"--to", "mailto://u:hunter2@mx?from=a&to=b", "--", "touch",
              dir_ + "/ran"},
        Words{"--to", "mailto://u@mx?from=a&to=b&password_file=/nonexistent",
              "--", "touch", dir_ + "/ran"},
        Words{"--to", "sendgrid://?from=a&to=b&ca=/nonexistent", "--", "touch",
              dir_ + "/ran"}}) {
    environment_ = {{"SENDGRID_API_KEY", "k"}};
    const Result result = Run(arguments);
    EXPECT_EQ(result.code, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, StartsWith("supervise: "));
    EXPECT_EQ(result.err.find('\n'), result.err.size() - 1) << result.err;
    EXPECT_THAT(result.err, Not(HasSubstr("hunter2")));
  }
  EXPECT_FALSE(fs::exists(dir_ + "/ran"));
}

TEST_F(SuperviseTest, PrintsToTheConsoleWhenTheCommandHasEnded) {
  const Result result =
      Run({"--to", "console:", "--", "sh", "-c", "echo first >&2; exit 1"});
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, StartsWith("first\nsh failed: exit code 1\n"));
}

TEST_F(SuperviseTest, RunsItAgainAndTellsOfTheLastTry) {
  const TestMailServer server;
  const std::string count = dir_ + "/count";
  const Words job = {
      "--", "sh", "-c",
      "echo x >>" + count + "; [ $(wc -l <" + count + ") -ge 3 ]"};
  Words arguments = {"--to", MailTarget(server.port()), "--retry-delay", "0",
                     "--retries"};
  Words twice = arguments;
  twice.push_back("1");
  twice.insert(twice.end(), job.begin(), job.end());
  EXPECT_EQ(Run(twice).code, 1);
  ASSERT_EQ(server.MailCount(), 1);
  EXPECT_THAT(TestMailServer::Content(server.Read(1), 0),
              HasSubstr("Tries:       2;"));
  Words thrice = arguments;
  thrice.push_back("5");
  thrice.insert(thrice.end(), job.begin(), job.end());
  EXPECT_EQ(Run(thrice).code, 0);
  EXPECT_EQ(server.MailCount(), 1);
}

TEST_F(SuperviseTest, DoesNotRunTwiceUnderOneLock) {
  const std::string lock = dir_ + "/lock";
  const std::string ready = dir_ + "/ready";
  const auto first =
      Start({"--lock", lock, "--", "sh", "-c",
             "touch " + ready + "; while [ -e " + ready + " ]; do :; done"},
            "first");
  ASSERT_TRUE(Eventually([&] { return fs::exists(ready); }));
  const Result second =
      Run({"--to", "console:", "--lock", lock, "--", "touch", dir_ + "/ran"});
  EXPECT_EQ(second.code, 75);
  EXPECT_THAT(second.err, AllOf(HasSubstr("WARNING"), HasSubstr(lock),
                                Not(HasSubstr("failed"))));
  EXPECT_FALSE(fs::exists(dir_ + "/ran"));
  fs::remove(ready);
  EXPECT_EQ(first->Wait(), 0);
  EXPECT_EQ(Run({"--lock", lock, "--", "true"}).code, 0);
}

TEST_F(SuperviseTest, PassesSignalsOnAndLeavesAfterTheCommand) {
  const std::string ready = dir_ + "/ready";
  const auto process = Start({"--", "sh", "-c",
                              "trap 'echo usr1; exit 5' USR1; touch " + ready +
                                  "; while :; do sleep 0.01; done"});
  ASSERT_TRUE(Eventually([&] { return fs::exists(ready); }));
  process->Signal(SIGUSR1);
  EXPECT_EQ(process->Wait(), 5);
  EXPECT_EQ(process->Stdout(), "usr1\n");
}

TEST_F(SuperviseTest, KeepsWhatCannotBeSentAndFlushesIt) {
  const Result failed =
      Run({"--to", MailTarget(1), "--name", "job", "--", "false"});
  EXPECT_EQ(failed.code, 1);
  EXPECT_THAT(failed.err,
              AllOf(StartsWith("supervise: WARNING: "),
                    HasSubstr("mailto://127.0.0.1:1"), HasSubstr("next try")));
  const Result queue = Run({"--queue"});
  EXPECT_EQ(queue.code, 0);
  EXPECT_THAT(queue.out, HasSubstr("job failed: exit code 1"));
  EXPECT_EQ(Run({"--flush"}).code, 75);

  const TestMailServer server(Json{{"mail", "451 later"}});
  const Result refused = Run(
      {"--to", MailTarget(server.port()), "--name", "other", "--", "false"});
  EXPECT_THAT(refused.err, HasSubstr("451"));
  server.Log();
  EXPECT_EQ(Run({"--flush"}).code, 75);
}

TEST_F(SuperviseTest, KeepsOneMessageIdThroughAllTries) {
  TestMailServer server(Json{{"data", "451 later"}});
  EXPECT_EQ(Run({"--to", MailTarget(server.port()), "--", "false"}).code, 1);
  EXPECT_EQ(server.MailCount(), 0);
  const std::string queued = ReadFile(spool_ + "/queue.db");
  server.SetScript(nlohmann::json::object());
  EXPECT_EQ(Run({"--flush"}).code, 0);
  ASSERT_EQ(server.MailCount(), 1);
  std::string id = server.Read(1)["headers"]["Message-ID"];
  ASSERT_THAT(id, AllOf(StartsWith("<"), EndsWith(">")));
  EXPECT_THAT(queued, HasSubstr(id.substr(1, id.size() - 2)));
  EXPECT_EQ(Run({"--flush"}).code, 0);
  EXPECT_EQ(server.MailCount(), 1);
}

TEST_F(SuperviseTest, PutsAwayWhatIsRefusedForGood) {
  const TestMailServer server(Json{{"data", "550 spam"}});
  const Result result = Run({"--to", MailTarget(server.port()), "--", "false"});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("WARNING"), HasSubstr("550")));
  EXPECT_EQ(Run({"--queue"}).out, "Nothing waits.\n");
  EXPECT_THAT(Everything(spool_ + "/dead"), HasSubstr("false failed"));
  EXPECT_EQ(Run({"--flush"}).code, 0);
}

TEST_F(SuperviseTest, TellsAllTargetsSideBySide) {
  const TestMailServer mail;
  const TestMailServer hanging(Json{{"mail", "hang"}});
  const HttpService slack("slack");
  const HttpService sendgrid("sendgrid");
  const HttpService webhook("webhook");
  environment_ = {{"SLACK_WEBHOOK_URL", slack.url() + "/services/T1/B1/secret"},
                  {"SENDGRID_API_KEY", "SG.test"}};
  const Result result =
      Run({"--to", MailTarget(hanging.port()), "--to", MailTarget(mail.port()),
           "--to", "slack://", "--to",
           "sendgrid://?from=cron@example.com&to=ops@example.com&endpoint=" +
               sendgrid.url(),
           "--to", webhook.url() + "/hook/secret?key=secret", "--send-timeout",
           "2", "--", "sh", "-c", "echo '<&>'; exit 9"});
  EXPECT_EQ(result.code, 9);
  EXPECT_EQ(mail.MailCount(), 1);
  EXPECT_THAT(slack.Accepted(), SizeIs(1));
  EXPECT_THAT(sendgrid.Accepted(), SizeIs(1));
  EXPECT_THAT(webhook.Accepted(), SizeIs(1));
  EXPECT_THAT(Run({"--queue"}).out,
              AllOf(HasSubstr(absl::StrCat("127.0.0.1:", hanging.port())),
                    Not(HasSubstr(absl::StrCat("127.0.0.1:", mail.port())))));
}

TEST_F(SuperviseTest, NamesASecretThatIsMissingAndTellsTheOthers) {
  const TestMailServer server;
  const Result result = Run({"--to", "slack://", "--to",
                             "sendgrid://?from=a@x&to=b@x&api_key_env=NO_KEY",
                             "--to", MailTarget(server.port()), "--", "false"});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("WARNING"), HasSubstr("SLACK_WEBHOOK_URL"),
                    HasSubstr("webhook_url"), HasSubstr("NO_KEY"),
                    HasSubstr("api_key")));
  EXPECT_EQ(server.MailCount(), 1);
}

TEST_F(SuperviseTest, LetsNoSecretOut) {
  // Everything fails, as failures are what is talked of most.
  const TestMailServer mail(
      Json{{"user", Json::array({"me", "hunter2-right"})}});
  const HttpService slack("slack", R"([{"status": 500}])");
  const HttpService sendgrid("sendgrid", R"([{"status": 401}])");
  environment_ = {
      {"SLACK_WEBHOOK_URL", slack.url() + "/services/T1/B1/hunter2"},
      {"SENDGRID_API_KEY", "SG.hunter2"}};
  const std::string ready = dir_ + "/ready";
  const auto process = Start(
      {"-v", "--log-file", dir_ + "/log", "--to",
       absl::StrCat("mailto://me@127.0.0.1:", mail.port(),
                    "?from=a@x&to=b@x&tls=none&password_file=",
                    MakeFile("password", "hunter2\n")),
       "--to", "slack://", "--to",
       "sendgrid://?from=a@x&to=b@x&endpoint=" + sendgrid.url(), "--", "sh",
       "-c",
       "touch " + ready + "; while [ -e " + ready + " ]; do :; done; false"});
  ASSERT_TRUE(Eventually([&] { return fs::exists(ready); }));
  EXPECT_THAT(ReadFile(absl::StrCat("/proc/", process->pid(), "/cmdline")),
              AllOf(HasSubstr("slack://"), Not(HasSubstr("hunter2"))));
  fs::remove(ready);
  EXPECT_EQ(process->Wait(), 1);
  EXPECT_THAT(
      ReadFile(dir_ + "/log"),
      AllOf(HasSubstr("slack://"), HasSubstr("sendgrid://"),
            HasSubstr("mailto://me@127.0.0.1"), Not(HasSubstr("hunter2"))));
  EXPECT_EQ(process->Stdout() + process->Stderr(), "");
  const std::string spool = Everything(spool_);
  EXPECT_THAT(spool, HasSubstr("slack://"));
  EXPECT_THAT(spool, Not(HasSubstr("hunter2")));
  const Result queue = Run({"--queue"});
  EXPECT_THAT(queue.out,
              AllOf(HasSubstr("slack://"), Not(HasSubstr("hunter2"))));
}

TEST_F(SuperviseTest, WarnsInItsLogFileIfItHasOne) {
  const Result result = Run({"--log-file", dir_ + "/log", "--to", MailTarget(1),
                             "--", "sh", "-c", "echo job >&2; exit 1"});
  EXPECT_EQ(result.err, "job\n");
  EXPECT_THAT(ReadFile(dir_ + "/log"), HasSubstr("WARNING"));
}

TEST_F(SuperviseTest, SendsThoughTheSpoolCannotBeWritten) {
  const TestMailServer server;
  spool_ = MakeFile("file", "") + "/spool";
  const Result result = Run({"--to", MailTarget(server.port()), "--", "false"});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("WARNING"), HasSubstr(spool_)));
  EXPECT_EQ(server.MailCount(), 1);
}

TEST_F(SuperviseTest, PutsTheFailuresOfManyProcessesTogether) {
  const TestMailServer server;
  const std::string go = dir_ + "/go";
  std::vector<std::unique_ptr<Process>> processes;
  for (int i = 0; i < 4; ++i) {
    processes.push_back(
        Start({"--to", MailTarget(server.port()), "--group-wait", "3", "--name",
               "storm", "--", "sh", "-c",
               "while [ ! -e " + go + " ]; do sleep 0.01; done; exit 1"},
              absl::StrCat("p", i)));
  }
  MakeFile("go", "");
  for (const auto& process : processes) EXPECT_EQ(process->Wait(), 1);
  ASSERT_EQ(server.MailCount(), 1);
  EXPECT_THAT(TestMailServer::Content(server.Read(1), 0),
              HasSubstr("Repeated 4 times"));
}

TEST_F(SuperviseTest, CountsRepeatsWithinTheInterval) {
  const TestMailServer server;
  const auto fail = [&](const std::string& interval, const std::string& code) {
    Run({"--to", MailTarget(server.port()), "--repeat-interval", interval,
         "--name", "job", "--", "sh", "-c", "exit " + code});
  };
  for (int i = 0; i < 4; ++i) fail("3600", "1");
  EXPECT_EQ(server.MailCount(), 1);
  fail("3600", "2");  // another end is no repeat
  EXPECT_EQ(server.MailCount(), 2);
  EXPECT_EQ(Run({"--flush"}).code, 0);
  EXPECT_EQ(server.MailCount(), 2);
  fail("0", "1");
  ASSERT_EQ(server.MailCount(), 3);
  EXPECT_THAT(TestMailServer::Content(server.Read(3), 0),
              HasSubstr("Repeated 4 times"));
}

TEST_F(SuperviseTest, LosesNothingWhenItIsKilledWhileItSends) {
  TestMailServer server(Json{{"data", "hang"}});
  const auto process =
      Start({"--to", MailTarget(server.port()), "--", "false"});
  ASSERT_TRUE(Eventually([&] {
    const auto log = server.Log();
    return !log.empty() && log.back() == "DATA";
  }));
  process->Signal(SIGKILL);
  EXPECT_EQ(process->Wait(), 1000 + SIGKILL);
  server.SetScript(nlohmann::json::object());
  EXPECT_EQ(Run({"--flush"}).code, 0);
  EXPECT_EQ(server.MailCount(), 1);
}

TEST_F(SuperviseTest, EndsSoonIfItIsAskedToWhileItSends) {
  TestMailServer server(Json{{"mail", "hang"}});
  const auto process =
      Start({"--to", MailTarget(server.port()), "--send-timeout", "3000", "--",
             "sh", "-c", "exit 6"});
  ASSERT_TRUE(Eventually([&] { return !server.Log().empty(); }));
  process->Signal(SIGTERM);
  EXPECT_EQ(process->Wait(), 6);
  server.SetScript(nlohmann::json::object());
  EXPECT_EQ(Run({"--flush"}).code, 0);
  EXPECT_EQ(server.MailCount(), 1);
}

TEST_F(SuperviseTest, SendsAMessageOnceThoughManyFlush) {
  TestMailServer server(Json{{"mail", "451 later"}});
  for (int i = 0; i < 5; ++i) {
    Run({"--to", MailTarget(server.port()), "--", "false"});
  }
  server.SetScript(nlohmann::json::object());
  std::vector<std::unique_ptr<Process>> processes;
  for (int i = 0; i < 4; ++i) {
    processes.push_back(Start({"--flush"}, absl::StrCat("p", i)));
  }
  for (const auto& process : processes) process->Wait();
  EXPECT_EQ(Run({"--flush"}).code, 0);
  ASSERT_EQ(server.MailCount(), 5);
  std::set<std::string> ids;
  for (int i = 1; i <= 5; ++i) {
    ids.insert(server.Read(i)["headers"]["Message-ID"]);
  }
  EXPECT_THAT(ids, SizeIs(5));
}

TEST_F(SuperviseTest, SendsWhatIsDueAfterASuccess) {
  TestMailServer server(Json{{"mail", "451 later"}});
  Run({"--to", MailTarget(server.port()), "--", "false"});
  server.SetScript(nlohmann::json::object());
  EXPECT_EQ(Run({"--", "true"}).code, 0);
  EXPECT_EQ(server.MailCount(), 0);  // its time has not come
  EXPECT_THAT(Run({"--queue"}).out, HasSubstr("a try after"));
}

TEST_F(SuperviseTest, PingsBeforeAndAfter) {
  const TestServer server(
      {"python3", "-B", "cmd/testdata/ping_server.py", dir_ + "/pings"});
  const std::string url =
      absl::StrCat("http://127.0.0.1:", server.port(), "/uuid");
  EXPECT_EQ(Run({"--ping", url, "--", "sh", "-c", "exit 3"}).code, 3);
  std::multiset<std::string> pings;
  for (absl::string_view line :
       absl::StrSplit(ReadFile(dir_ + "/pings"), '\n', absl::SkipEmpty())) {
    pings.emplace(line);
  }
  EXPECT_THAT(pings, ElementsAre("GET /uuid/3", "GET /uuid/start"));
  const Result unreachable =
      Run({"--ping", "http://127.0.0.1:1/hunter2", "--", "true"});
  EXPECT_EQ(unreachable.code, 0);
  EXPECT_THAT(unreachable.err,
              AllOf(HasSubstr("WARNING: Ping: "), Not(HasSubstr("hunter2"))));
}

TEST_F(SuperviseTest, TellsOfALockThatCannotBeHad) {
  const Result result = Run({"--to", "console:", "--lock", "/nonexistent/lock",
                             "--", "touch", dir_ + "/ran"});
  EXPECT_EQ(result.code, 126);
  EXPECT_THAT(result.err, AllOf(HasSubstr("touch failed: cannot be executed"),
                                HasSubstr("/nonexistent/lock")));
  EXPECT_FALSE(fs::exists(dir_ + "/ran"));
}

}  // namespace
}  // namespace dirwatcher
