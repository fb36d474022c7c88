// TestMailServer: smtp_server.py, and what has arrived there. Testonly.

#ifndef DIRWATCHER_NOTIFY_TESTING_TEST_MAIL_SERVER_H_
#define DIRWATCHER_NOTIFY_TESTING_TEST_MAIL_SERVER_H_

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "env/testing/test_server.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "notify/testing/test_folder.h"

namespace dirwatcher {

// Thread-compatible.
class TestMailServer {
 public:
  // `script` is what smtp_server.py says.
  explicit TestMailServer(
      const nlohmann::json& script = nlohmann::json::object()) {
    SetScript(script);
    server_ = std::make_unique<TestServer>(
        std::vector<std::string>{"python3", "notify/testing/smtp_server.py",
                                 folder_ / "script", folder_.path()});
  }

  int port() const { return server_->port(); }

  // From now on it does so.
  void SetScript(const nlohmann::json& script) {
    folder_.Write("script.new", script.dump());
    std::filesystem::rename(folder_ / "script.new", folder_ / "script");
  }

  // The commands that came: "CONNECT", "MAIL a@b", ...
  std::vector<std::string> Log() const {
    return absl::StrSplit(TestFolder::Read(folder_ / "log"), '\n',
                          absl::SkipEmpty());
  }

  // How many mails it has taken.
  int MailCount() const {
    int count = 0;
    while (std::filesystem::exists(Mail(count + 1, ".json"))) ++count;
    return count;
  }

  // {"from", "to", "tls", "user", "options"} of the n-th, from 1.
  nlohmann::json Envelope(int n) const {
    return nlohmann::json::parse(TestFolder::Read(Mail(n, ".json")));
  }

  // As it came.
  std::string Raw(int n) const { return TestFolder::Read(Mail(n, ".eml")); }

  // As read_mail.py sees it.
  nlohmann::json Read(int n) const {
    return nlohmann::json::parse(TestFolder::Run(
        "python3 notify/testing/read_mail.py " + Mail(n, ".eml")));
  }

  // The content of a part of what Read returned.
  static std::string Content(const nlohmann::json& mail, size_t part) {
    std::string content;
    EXPECT_LT(part, mail["parts"].size());
    if (part >= mail["parts"].size()) return content;
    EXPECT_TRUE(absl::Base64Unescape(
        mail["parts"][part]["content"].get<std::string>(), &content));
    return content;
  }

 private:
  std::string Mail(int n, const std::string& extension) const {
    return folder_ / absl::StrCat(n, extension);
  }

  const TestFolder folder_;
  std::unique_ptr<TestServer> server_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_TESTING_TEST_MAIL_SERVER_H_
