// HttpService: one of the services of http_services.py, for a test. Testonly.
//
//   HttpService slack("slack", R"([{"status": 500}, null])");
//   settings.webhook_url = slack.url() + "/services/T1/B1/secret";

#ifndef DIRWATCHER_NOTIFY_TESTING_HTTP_SERVICE_H_
#define DIRWATCHER_NOTIFY_TESTING_HTTP_SERVICE_H_

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "notify/testing/test_folder.h"

namespace dirwatcher {

// Thread-compatible. The process is killed at the end.
class HttpService {
 public:
  // `script` as http_services.py has it.
  explicit HttpService(const std::string& kind,
                       const std::string& script = "[]") {
    folder_.Write("script.json", script);
    std::vector<std::string> words = {"python3", "-B",
                                      "notify/testing/http_services.py", kind,
                                      folder_.path()};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    if (posix_spawnp(&pid_, "python3", nullptr, nullptr, arguments.data(),
                     environ) != 0) {
      pid_ = -1;
      ADD_FAILURE() << "python3 cannot be started";
      return;
    }
    const auto deadline =
        std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (port_.empty() && std::chrono::steady_clock::now() < deadline &&
           waitpid(pid_, nullptr, WNOHANG) == 0) {
      port_ = TestFolder::Read(folder_ / "port");
      std::this_thread::yield();
    }
    if (port_.empty()) ADD_FAILURE() << "the service does not listen";
  }
  ~HttpService() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  HttpService(const HttpService&) = delete;
  HttpService& operator=(const HttpService&) = delete;

  std::string url() const { return absl::StrCat("http://127.0.0.1:", port_); }

  // What it has accepted, and what it has answered, so far.
  std::vector<nlohmann::json> Accepted() const { return Lines("accepted"); }
  std::vector<nlohmann::json> Answers() const { return Lines("statuses"); }

 private:
  std::vector<nlohmann::json> Lines(const std::string& name) const {
    std::vector<nlohmann::json> lines;
    std::istringstream text(TestFolder::Read(folder_ / (name + ".jsonl")));
    for (std::string line; std::getline(text, line);) {
      lines.push_back(nlohmann::json::parse(line));
    }
    return lines;
  }

  const TestFolder folder_;
  pid_t pid_ = -1;
  std::string port_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_TESTING_HTTP_SERVICE_H_
