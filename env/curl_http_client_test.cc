#include "env/curl_http_client.h"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "env/system_clock.h"
#include "env/testing/test_certificates.h"
#include "env/testing/test_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace dirwatcher {
namespace {

using testing::HasSubstr;
using testing::Not;

class CurlHttpClientTest : public testing::Test {
 protected:
  CurlHttpClientTest() : folder_(testing::TempDir() + "/http-XXXXXX") {
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
  }
  ~CurlHttpClientTest() override { std::filesystem::remove_all(folder_); }

  // The server's answer to a request that the caller may change.
  absl::StatusOr<HttpResponse> Get(const std::string& path) {
    HttpRequest request = To(path);
    return client_.Send(request);
  }

  HttpRequest To(const std::string& path) {
    if (server_ == nullptr) {
      server_ = std::make_unique<TestServer>(
          std::vector<std::string>{"python3", "env/testing/http_server.py"});
    }
    HttpRequest request;
    request.url = absl::StrCat("http://127.0.0.1:", server_->port(), path);
    return request;
  }

  std::string folder_;
  std::unique_ptr<TestServer> server_;
  CurlHttpClient client_{nullptr};
};

nlohmann::json Json(const absl::StatusOr<HttpResponse>& response) {
  EXPECT_EQ(response.status(), absl::OkStatus());
  return response.ok() ? nlohmann::json::parse(response->body)
                       : nlohmann::json();
}

// All values of a header of the request, as the server saw it.
std::vector<std::string> Seen(const nlohmann::json& echo,
                              const std::string& name) {
  std::vector<std::string> values;
  for (const nlohmann::json& header : echo["headers"]) {
    if (header[0] == name) values.push_back(header[1]);
  }
  return values;
}

TEST_F(CurlHttpClientTest, GetsWhatThereIs) {
  const auto response = Get("/echo?a=%20b");
  const nlohmann::json echo = Json(response);
  EXPECT_EQ(echo["method"], "GET");
  EXPECT_EQ(echo["path"], "/echo?a=%20b");
  EXPECT_EQ(echo["size"], 0);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->Header("x-KIND"), "Echo");
  EXPECT_EQ(response->Header("X-None"), absl::nullopt);
}

TEST_F(CurlHttpClientTest, SendsMethodHeadersAndBody) {
  HttpRequest request = To("/hook");
  request.method = "POST";
  request.headers = {{"Content-Type", "application/json"},
                     {"X-Empty", ""},
                     {"X-Two", "a"},
                     {"X-Two", "b"}};
  request.body = std::string("{\0}", 3);
  const nlohmann::json echo = Json(client_.Send(request));
  EXPECT_EQ(echo["method"], "POST");
  EXPECT_EQ(echo["size"], 3);
  EXPECT_EQ(Seen(echo, "content-type"),
            std::vector<std::string>{"application/json"});
  EXPECT_EQ(Seen(echo, "x-empty"), std::vector<std::string>{""});
  EXPECT_EQ(Seen(echo, "x-two"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(Seen(echo, "expect"), std::vector<std::string>{});
}

TEST_F(CurlHttpClientTest, SaysNothingOfFormsByItself) {
  HttpRequest request = To("/hook");
  request.method = "POST";
  const nlohmann::json echo = Json(client_.Send(request));
  EXPECT_EQ(echo["method"], "POST");
  EXPECT_EQ(Seen(echo, "content-length"), std::vector<std::string>{"0"});
  EXPECT_EQ(Seen(echo, "content-type"), std::vector<std::string>{});
}

TEST_F(CurlHttpClientTest, SendsOtherMethods) {
  HttpRequest request = To("/thing");
  request.method = "DELETE";
  EXPECT_EQ(Json(client_.Send(request))["method"], "DELETE");
  request.method = "PUT";
  request.body = "x";
  EXPECT_EQ(Json(client_.Send(request))["method"], "PUT");
  request.method = "HEAD";
  request.body = "";
  const auto response = client_.Send(request);
  ASSERT_EQ(response.status(), absl::OkStatus());
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "");
}

TEST_F(CurlHttpClientTest, SendsALongBodyWithoutWaitingToBeToldTo) {
  HttpRequest request = To("/hook");
  request.method = "POST";
  request.body = std::string(3 << 20, 'b');
  const nlohmann::json echo = Json(client_.Send(request));
  EXPECT_EQ(echo["size"], 3 << 20);
  EXPECT_EQ(Seen(echo, "expect"), std::vector<std::string>{});
}

TEST_F(CurlHttpClientTest, SendsAFile) {
  std::string content;
  for (int i = 0; i < 200000; ++i) absl::StrAppend(&content, i, "\n");
  const std::string path = folder_ + "/body";
  std::ofstream(path, std::ios::binary) << content;
  HttpRequest request = To("/hook");
  request.method = "POST";
  request.body_path = path;
  const nlohmann::json from_file = Json(client_.Send(request));
  request.body_path = "";
  request.body = content;
  const nlohmann::json from_memory = Json(client_.Send(request));
  EXPECT_EQ(from_file["size"], content.size());
  EXPECT_EQ(from_file["sha256"], from_memory["sha256"]);
  EXPECT_EQ(Seen(from_file, "content-length"),
            std::vector<std::string>{std::to_string(content.size())});
}

TEST_F(CurlHttpClientTest, SaysWhichFileItCannotSend) {
  HttpRequest request = To("/hook");
  request.method = "POST";
  request.body_path = folder_ + "/none";
  absl::Status status = client_.Send(request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("/none"));

  request.body_path = folder_ + "/fifo";
  ASSERT_EQ(mkfifo(request.body_path.c_str(), 0600), 0);
  EXPECT_EQ(client_.Send(request).status().code(),
            absl::StatusCode::kFailedPrecondition);
  request.body_path = folder_;
  EXPECT_EQ(client_.Send(request).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(CurlHttpClientTest, TakesEveryStatusForAResponse) {
  for (const int status : {204, 302, 404, 429, 500, 503}) {
    const auto response = Get(absl::StrCat("/status/", status));
    ASSERT_EQ(response.status(), absl::OkStatus()) << status;
    EXPECT_EQ(response->status, status);
  }
}

TEST_F(CurlHttpClientTest, DropsInterimResponsesAndTrailers) {
  const auto early = Get("/early");
  ASSERT_EQ(early.status(), absl::OkStatus());
  EXPECT_EQ(early->status, 200);
  EXPECT_EQ(early->body, "late");
  EXPECT_EQ(early->Header("X-Early"), absl::nullopt);
  EXPECT_EQ(early->Header("X-Late"), "yes");
  const auto chunks = Get("/chunks/3");
  ASSERT_EQ(chunks.status(), absl::OkStatus());
  EXPECT_EQ(chunks->body, "xxx");
  EXPECT_EQ(chunks->Header("X-Trailer"), absl::nullopt);
}

TEST_F(CurlHttpClientTest, RefusesABodyThatIsTooLong) {
  HttpRequest request = To("/long/1000");
  request.max_response_bytes = 1000;
  EXPECT_EQ(client_.Send(request)->body.size(), 1000u);
  request.max_response_bytes = 999;
  EXPECT_EQ(client_.Send(request).status().code(),
            absl::StatusCode::kResourceExhausted);
  request = To("/chunks/1000");
  request.max_response_bytes = 999;
  EXPECT_EQ(client_.Send(request).status().code(),
            absl::StatusCode::kResourceExhausted);
}

TEST_F(CurlHttpClientTest, ReadsNoFurtherOnceTheBodyIsTooLong) {
  HttpRequest request = To("/endless");
  SystemClock clock;
  const absl::Duration start = clock.Uptime();
  EXPECT_EQ(client_.Send(request).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_LT(clock.Uptime() - start, request.timeout / 2);
}

TEST_F(CurlHttpClientTest, KnowsThatAConnectionBroke) {
  for (const char* path : {"/break", "/silent", "/reset"}) {
    EXPECT_EQ(Get(path).status().code(), absl::StatusCode::kUnavailable)
        << path;
  }
}

TEST_F(CurlHttpClientTest, KnowsThatNobodyListens) {
  HttpRequest request = To("/secret-path");
  server_.reset();
  const absl::Status status = client_.Send(request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("127.0.0.1"));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("secret")));
}

TEST_F(CurlHttpClientTest, GivesUpInTime) {
  HttpRequest request = To("/hang?secret");
  request.timeout = absl::Milliseconds(300);
  SystemClock clock;
  const absl::Duration start = clock.Uptime();
  const absl::Status status = client_.Send(request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("secret")));
  EXPECT_GE(clock.Uptime() - start, absl::Milliseconds(250));
  EXPECT_LT(clock.Uptime() - start, absl::Seconds(20));
  request.timeout = absl::ZeroDuration();
  EXPECT_EQ(client_.Send(request).status().code(),
            absl::StatusCode::kDeadlineExceeded);
}

TEST_F(CurlHttpClientTest, EndsWhenItIsToldTo) {
  absl::StatusOr<InterruptFlag> flag = InterruptFlag::Create();
  ASSERT_TRUE(flag.ok());
  CurlHttpClient client(&*flag);
  HttpRequest request = To("/hang");
  request.timeout = absl::InfiniteDuration();
  std::thread raiser([&] {
    // When libcurl has no reason of its own to look around.
    flag->WaitFor(absl::Milliseconds(700));
    flag->Raise();
  });
  SystemClock clock;
  const absl::Duration start = clock.Uptime();
  EXPECT_EQ(client.Send(request).status().code(), absl::StatusCode::kCancelled);
  EXPECT_LT(clock.Uptime() - start, absl::Seconds(5));
  raiser.join();
  EXPECT_EQ(client.Send(To("/echo")).status().code(),
            absl::StatusCode::kCancelled);
}

TEST_F(CurlHttpClientTest, RefusesUrlsThatAreNotOfTheWeb) {
  for (const char* url :
       {"", "secret", "ftp://localhost/secret", "file:///etc/secret", "http://",
        "http://local host/secret", "smtp://localhost/secret",
        "http://localhost:secret/"}) {
    HttpRequest request;
    request.url = url;
    const absl::Status status = client_.Send(request).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << url;
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("secret")));
  }
}

TEST_F(CurlHttpClientTest, LetsNobodyWriteIntoTheHead) {
  HttpRequest request = To("/echo");
  request.headers = {{"X-A", "a\r\nX-Secret: b"}};
  absl::Status status = client_.Send(request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("Secret")));
  request.headers = {{"X A", "a"}};
  EXPECT_EQ(client_.Send(request).status().code(),
            absl::StatusCode::kInvalidArgument);
  request.headers = {{"", "a"}};
  EXPECT_EQ(client_.Send(request).status().code(),
            absl::StatusCode::kInvalidArgument);
  request.headers.clear();
  request.method = "";
  EXPECT_EQ(client_.Send(request).status().code(),
            absl::StatusCode::kInvalidArgument);
  request.method = "GET / HTTP/1.1\r\nX-B: c\r\n";
  EXPECT_EQ(client_.Send(request).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(CurlHttpClientTest, TrustsOnlyWhomItIsToldTo) {
  const TestCertificates ours(folder_, "ours", "DNS:localhost,IP:127.0.0.1");
  const TestCertificates other(folder_, "other", "DNS:localhost");
  const TestServer server({"python3", "env/testing/http_server.py",
                           ours.certificate(), ours.key()});
  HttpRequest request;
  request.url = absl::StrCat("https://localhost:", server.port(), "/secret");
  request.ca_file = ours.ca();
  EXPECT_EQ(Json(client_.Send(request))["path"], "/secret");

  for (const std::string& ca_file :
       {std::string(), other.ca(), folder_ + "/none"}) {
    request.ca_file = ca_file;
    const absl::Status status = client_.Send(request).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << ca_file;
    EXPECT_THAT(std::string(status.message()), HasSubstr("certificate"));
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("secret")));
  }
}

TEST_F(CurlHttpClientTest, TrustsNobodyOfAnotherName) {
  const TestCertificates wrong(folder_, "wrong", "DNS:other.example");
  const TestServer server({"python3", "env/testing/http_server.py",
                           wrong.certificate(), wrong.key()});
  HttpRequest request;
  request.url = absl::StrCat("https://localhost:", server.port(), "/");
  request.ca_file = wrong.ca();
  EXPECT_EQ(client_.Send(request).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(CurlHttpClientTest, SurvivesAnEncryptedConnectionThatBreaks) {
  const TestCertificates ours(folder_, "ours", "DNS:localhost");
  const TestServer server({"python3", "env/testing/http_server.py",
                           ours.certificate(), ours.key()});
  HttpRequest request;
  request.method = "POST";
  request.url = absl::StrCat("https://localhost:", server.port(), "/reset");
  request.ca_file = ours.ca();
  request.body = std::string(20 << 20, 'b');
  EXPECT_EQ(client_.Send(request).status().code(),
            absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace dirwatcher
