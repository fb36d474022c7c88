// JobTest: runs real jobs by supervise/run_job. Testonly.

#ifndef DIRWATCHER_SUPERVISE_TESTING_JOB_TEST_H_
#define DIRWATCHER_SUPERVISE_TESTING_JOB_TEST_H_

#include <stdlib.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cmd/program_harness.h"
#include "gtest/gtest.h"

namespace dirwatcher {

// Has a folder of its own, in which the jobs run.
class JobTest : public testing::Test {
 protected:
  JobTest() {
    std::string name = testing::TempDir() + "/job_XXXXXX";
    EXPECT_NE(mkdtemp(&name[0]), nullptr);
    dir_ = name;
  }
  ~JobTest() override {
    process_ = nullptr;
    std::filesystem::remove_all(dir_);
  }

  // Starts run_job; `prepare` runs in it before anything else.
  void Start(
      const std::vector<std::string>& options,
      const std::vector<std::string>& command,
      const std::function<void()>& prepare = [] {}) {
    std::vector<std::string> all = {std::filesystem::absolute(kProgram),
                                    "--report", dir_ + "/report"};
    all.insert(all.end(), options.begin(), options.end());
    all.push_back("--");
    all.insert(all.end(), command.begin(), command.end());
    const std::string dir = dir_;
    process_ = std::make_unique<Process>(dir_, all, [dir, prepare] {
      std::filesystem::current_path(dir);
      prepare();
    });
  }

  // The exit status, 1000 + n if a signal ended it.
  int Run(
      const std::vector<std::string>& options,
      const std::vector<std::string>& command,
      const std::function<void()>& prepare = [] {}) {
    Start(options, command, prepare);
    return process_->Wait();
  }

  std::string Read(const std::string& name) const {
    return ReadFile(dir_ + "/" + name);
  }
  std::string Report() const { return Read("report"); }

  // Waits until the file is there and not empty.
  bool Appears(const std::string& name) const {
    return Eventually([&] { return !Read(name).empty(); });
  }

  static constexpr char kProgram[] = "supervise/run_job";

  std::string dir_;
  std::unique_ptr<Process> process_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SUPERVISE_TESTING_JOB_TEST_H_
