// TestServer: a server that a test needs, as a process of its own. Testonly.
//
//   const TestServer server({"python3", "env/testing/http_server.py"});
//   Connect("127.0.0.1", server.port());

#ifndef DIRWATCHER_ENV_TESTING_TEST_SERVER_H_
#define DIRWATCHER_ENV_TESTING_TEST_SERVER_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "env/unique_fd.h"

namespace dirwatcher {

// Ends the server when it goes. Thread-compatible.
class TestServer {
 public:
  // Starts it, and waits until it prints the port that it listens on, in a line
  // of its own. It should end when its standard input does, so that it does not
  // outlive a test that crashes. A failure of the test if it does not start.
  explicit TestServer(const std::vector<std::string>& command);
  ~TestServer();

  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  int port() const { return port_; }

 private:
  UniqueFd input_;   // its standard input; never written to
  UniqueFd output_;  // its standard output
  pid_t pid_ = -1;   // -1: it did not start
  int port_ = 0;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_TESTING_TEST_SERVER_H_
