// The unit files, as systemd itself judges them.

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cmd/program_harness.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

namespace fs = std::filesystem;

// The programs that the units start stand in a folder of this test.
class SystemdUnitsTest : public testing::TestWithParam<const char*> {
 protected:
  SystemdUnitsTest() {
    std::string name = testing::TempDir() + "/units_XXXXXX";
    EXPECT_NE(mkdtemp(&name[0]), nullptr);
    dir_ = fs::canonical(name);
    for (const char* program : {"dirwatcher", "flagman", "supervise"}) {
      fs::create_symlink(fs::canonical(absl::StrCat("cmd/", program)),
                         absl::StrCat(dir_, "/", program));
    }
    const std::string unit =
        ReadFile(absl::StrCat("tools/systemd/", GetParam()));
    EXPECT_NE(unit, "");
    // A template is judged by an instance of it.
    const std::string instance =
        absl::StrReplaceAll(GetParam(), {{"@.", "@instance."}});
    unit_ = absl::StrCat(dir_, "/", instance);
    std::ofstream(unit_) << absl::StrReplaceAll(
        unit, {{"/usr/local/bin/", absl::StrCat(dir_, "/")}});
  }
  ~SystemdUnitsTest() override { fs::remove_all(dir_); }

  // Runs systemd-analyze; returns its exit code and all that it says.
  std::pair<int, std::string> Analyze(const std::string& arguments) const {
    const std::string out = absl::StrCat(dir_, "/out");
    const std::string command = absl::StrCat("SYSTEMD_PAGER= systemd-analyze ",
                                             arguments, " > ", out, " 2>&1");
    const int code = std::system(command.c_str());
    return {WEXITSTATUS(code), ReadFile(out)};
  }

  std::string dir_;
  std::string unit_;
};

INSTANTIATE_TEST_SUITE_P(All, SystemdUnitsTest,
                         testing::Values("dirwatcher.service",
                                         "flagman@.service",
                                         "supervise-flush.service"),
                         [](const auto& param) {
                           const std::string name = param.param;
                           return name.substr(0, name.find_first_of("-@."));
                         });

TEST_P(SystemdUnitsTest, AreUnderstood) {
  const auto [code, said] =
      Analyze(absl::StrCat("verify --man=no '", unit_, "'"));
  EXPECT_EQ(code, 0) << said;
  EXPECT_EQ(said, "");
}

TEST_P(SystemdUnitsTest, ExposeLittle) {
  const auto [code, said] = Analyze(
      absl::StrCat("security --offline=true --threshold=20 '", unit_, "'"));
  EXPECT_EQ(code, 0) << said;
}

TEST(SystemdTimer, IsUnderstood) {
  const std::string command =
      "systemd-analyze verify --man=no tools/systemd/supervise-flush.timer";
  FILE* const pipe = popen((command + " 2>&1").c_str(), "re");
  ASSERT_NE(pipe, nullptr);
  std::string said(4096, '\0');
  said.resize(fread(&said[0], 1, said.size(), pipe));
  pclose(pipe);
  // Its service needs the program, which is not installed here.
  EXPECT_EQ(said.find(".timer"), std::string::npos) << said;
}

}  // namespace
}  // namespace dirwatcher
