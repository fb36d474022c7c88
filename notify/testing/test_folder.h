// TestFolder: a folder of its own for a test, and what tests do with files and
// Python scripts there. Testonly.

#ifndef DIRWATCHER_NOTIFY_TESTING_TEST_FOLDER_H_
#define DIRWATCHER_NOTIFY_TESTING_TEST_FOLDER_H_

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace dirwatcher {

// Removed with all that is in it. Thread-compatible.
class TestFolder {
 public:
  TestFolder() : path_(testing::TempDir() + "/notify-XXXXXX") {
    if (mkdtemp(path_.data()) == nullptr) {
      ADD_FAILURE() << "mkdtemp " << path_;
    }
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const {
    return path_ + "/" + name;
  }

  // Writes a file, and returns its path.
  std::string Write(const std::string& name, absl::string_view content) const {
    const std::string path = *this / name;
    std::ofstream file(path, std::ios::binary);
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
    return path;
  }

  // How many files and folders are in it.
  size_t Count() const {
    size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      static_cast<void>(entry);
      ++count;
    }
    return count;
  }

  static std::string Read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream content;
    content << file.rdbuf();
    return content.str();
  }

  // What a command prints. REQUIRES: nothing in it means anything to a shell.
  static std::string Run(const std::string& command) {
    std::string output;
    FILE* const pipe = popen(command.c_str(), "re");
    if (pipe == nullptr) {
      ADD_FAILURE() << command;
      return output;
    }
    char buffer[4096];
    for (size_t n; (n = fread(buffer, 1, sizeof(buffer), pipe)) > 0;) {
      output.append(buffer, n);
    }
    EXPECT_EQ(pclose(pipe), 0) << command;
    return output;
  }

 private:
  std::string path_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_TESTING_TEST_FOLDER_H_
