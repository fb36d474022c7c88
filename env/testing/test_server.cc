#include "env/testing/test_server.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/strings/numbers.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

// Slow machines under sanitizers take seconds to start Python.
constexpr int kStartMs = 60'000;

std::string ReadLine(int fd) {
  std::string line;
  char c;
  for (;;) {
    struct pollfd readable = {fd, POLLIN, 0};
    if (poll(&readable, 1, kStartMs) <= 0) return line;
    if (read(fd, &c, 1) != 1 || c == '\n') return line;
    line += c;
  }
}

}  // namespace

TestServer::TestServer(const std::vector<std::string>& command) {
  int in[2];
  int out[2];
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) {
    ADD_FAILURE() << "pipe";
    return;
  }
  const UniqueFd child_in(in[0]);
  const UniqueFd child_out(out[1]);
  input_ = UniqueFd(in[1]);
  output_ = UniqueFd(out[0]);
  std::vector<std::string> copy = command;
  std::vector<char*> arguments;
  for (std::string& argument : copy) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, child_in.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, child_out.get(), STDOUT_FILENO);
  const int error = posix_spawnp(&pid_, arguments[0], &actions, nullptr,
                                 arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    pid_ = -1;
    ADD_FAILURE() << "cannot start " << command[0];
    return;
  }
  const std::string line = ReadLine(output_.get());
  EXPECT_TRUE(absl::SimpleAtoi(line, &port_)) << "not a port: " << line;
}

TestServer::~TestServer() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

}  // namespace dirwatcher
