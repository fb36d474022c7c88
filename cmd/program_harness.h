// Runs the real program for end-to-end tests, as a user or a service manager
// would. Testonly.

#ifndef DIRWATCHER_CMD_PROGRAM_HARNESS_H_
#define DIRWATCHER_CMD_PROGRAM_HARNESS_H_

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace dirwatcher {

std::string ReadFile(const std::string& path);

// Waits until `condition` holds; false if it does not within a minute.
bool Eventually(const std::function<bool()>& condition);

// A child process. Killed at the end if it still runs.
class Process {
 public:
  // Its standard output and error are the files "stdout" and "stderr" in `dir`.
  // `prepare` runs in the child before the program.
  Process(
      const std::string& dir, const std::vector<std::string>& command,
      const std::function<void()>& prepare = [] {});
  ~Process();

  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void Signal(int number) const;

  bool HasEnded() const;

  // The exit status, 1000 + n if signal n ended it; a failure if it does not
  // end within a minute.
  int Wait();

  std::string Stdout() const { return ReadFile(dir_ + "/stdout"); }
  std::string Stderr() const { return ReadFile(dir_ + "/stderr"); }

 private:
  const std::string dir_;
  pid_t pid_ = -1;
};

// A directory of its own for each test, and dirwatcher to watch what is in it.
class DirwatcherTest : public testing::Test {
 protected:
  DirwatcherTest();
  ~DirwatcherTest() override;

  void Append(const std::string& name, absl::string_view text) const;

  // dirwatcher with these arguments.
  std::unique_ptr<Process> Start(
      const std::vector<std::string>& arguments,
      const std::function<void()>& prepare = [] {}) const;

  std::string work_dir_;
  std::string dir_;  // below work_dir_, empty at first
};

// What stands behind the prefixes of a log.
std::vector<std::string> Texts(const std::string& log);

// The events in JSON lines; an unfinished last line is left out.
std::vector<nlohmann::json> Events(const std::string& lines);

// Their kinds, in order.
std::vector<std::string> Kinds(const std::string& lines);

// How many events of a kind there are.
int Count(const std::string& lines, absl::string_view kind);

}  // namespace dirwatcher

#endif  // DIRWATCHER_CMD_PROGRAM_HARNESS_H_
