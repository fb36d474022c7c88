// dirwatcher --once and grep -n agree on real text. By design they differ in
// two things, which are taken out here: a '\r' before '\n' is no part of a
// line's text, and neither are NULs at its beginning.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cmd/program_harness.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

namespace fs = std::filesystem;

using Line = std::pair<std::string, int64_t>;  // file and number

class GrepTest : public DirwatcherTest {
 protected:
  // Copies up to `limit` files of up to a megabyte into the watched directory,
  // under names of their own.
  int CopyTexts(const std::string& from, int limit) {
    std::vector<fs::path> paths;
    const auto options = fs::directory_options::skip_permission_denied;
    for (const fs::directory_entry& entry :
         fs::recursive_directory_iterator(from, options)) {
      std::error_code error;
      if (entry.is_regular_file(error) && !error &&
          entry.file_size() < (1 << 20)) {
        paths.push_back(entry.path());
      }
    }
    std::sort(paths.begin(), paths.end());
    int copied = 0;
    for (const fs::path& path : paths) {
      if (copied == limit) break;
      fs::copy_file(path, absl::StrCat(dir_, "/", number_++, ".txt"));
      ++copied;
    }
    return copied;
  }

  std::set<Line> ByDirwatcher(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--once", "--json", dir_});
    auto process = Start(arguments);
    EXPECT_EQ(process->Wait(), 0);
    std::set<Line> lines;
    for (const nlohmann::json& event : Events(process->Stdout())) {
      if (event["event"] != "match") continue;
      EXPECT_TRUE(lines.emplace(event["file"], event["line"]).second)
          << "told twice: " << event;
    }
    return lines;
  }

  std::set<Line> ByGrep(const std::string& options,
                        const std::string& pattern) const {
    const std::string own = work_dir_ + "/grep";
    fs::create_directories(own);
    Process process(
        own, {"sh", "-c",
              absl::StrCat("cd ", dir_, " && LC_ALL=C grep -a ", options,
                           " -e '", pattern, "' -r --no-messages . || true")});
    EXPECT_EQ(process.Wait(), 0);
    std::set<Line> lines;
    for (absl::string_view line :
         absl::StrSplit(process.Stdout(), '\n', absl::SkipEmpty())) {
      const std::vector<std::string> parts =
          absl::StrSplit(line, absl::MaxSplits(':', 2));
      int64_t number = 0;
      if (parts.size() < 3 || !absl::SimpleAtoi(parts[1], &number)) continue;
      lines.emplace(std::string(absl::StripPrefix(parts[0], "./")), number);
    }
    return lines;
  }

  int number_ = 0;
};

TEST_F(GrepTest, AgreesWithGrepOnGoldenInputs) {
  ASSERT_GE(CopyTexts("testdata", 100), 8);
  for (const std::string magic : {"magic", "a", "MAGIC"}) {
    EXPECT_EQ(ByDirwatcher({magic}), ByGrep("-nF", magic)) << magic;
    EXPECT_EQ(ByDirwatcher({magic, "-c"}), ByGrep("-nFi", magic)) << magic;
  }
}

TEST_F(GrepTest, AgreesWithGrepOnTheDocumentationOfTheSystem) {
  ASSERT_GT(CopyTexts("/usr/share/doc", 400), 50);
  for (const std::string magic : {"the", "License", "e", "Bazel", "\xc3"}) {
    const std::set<Line> found = ByDirwatcher({magic});
    EXPECT_EQ(found, ByGrep("-nF", magic)) << magic;
  }
  EXPECT_EQ(ByDirwatcher({"license", "-c"}), ByGrep("-nFi", "license"));
  EXPECT_EQ(ByDirwatcher({"the", "License"}), ByGrep("-nE", "the|License"));
  EXPECT_EQ(ByDirwatcher({"-x", "[Cc]opyright +.*[0-9]{4}"}),
            ByGrep("-nE", "[Cc]opyright +.*[0-9]{4}"));
}

}  // namespace
}  // namespace dirwatcher
