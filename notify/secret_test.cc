#include "notify/secret.h"

#include <fstream>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class SecretTest : public testing::Test {
 protected:
  SecretTest() {
    std::string name = testing::TempDir() + "/secret_XXXXXX";
    EXPECT_NE(mkdtemp(&name[0]), nullptr);
    dir_ = name;
    source_.default_variable = "DEFAULT";
    source_.credential = "smtp_password";
  }

  std::string MakeFile(const std::string& name, const std::string& text) const {
    std::ofstream(dir_ + "/" + name, std::ios::binary) << text;
    return dir_ + "/" + name;
  }

  absl::StatusOr<std::string> Read() const {
    return ReadSecret(source_, [this](const std::string& name) {
      const auto found = environment_.find(name);
      return found == environment_.end()
                 ? absl::nullopt
                 : absl::optional<std::string>(found->second);
    });
  }

  std::string dir_;
  SecretSource source_;
  std::map<std::string, std::string> environment_;
};

TEST_F(SecretTest, ComesFromAFileWithoutOneLineBreak) {
  source_.file = MakeFile("pw", " hunter2 \n");
  EXPECT_EQ(*Read(), " hunter2 ");
  source_.file = MakeFile("pw", "hunter2\r\n");
  EXPECT_EQ(*Read(), "hunter2");
  source_.file = MakeFile("pw", "hunter2");
  EXPECT_EQ(*Read(), "hunter2");
  source_.file = MakeFile("pw", "");
  EXPECT_EQ(*Read(), "");
}

TEST_F(SecretTest, IsRefusedWithALineBreakWithinWithoutRepeatingIt) {
  source_.file = MakeFile("pw", "hunter2\nBcc: x\n");
  const auto secret = Read();
  EXPECT_EQ(secret.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(secret.status().message()),
              AllOf(HasSubstr(source_.file), Not(HasSubstr("hunter2"))));
}

TEST_F(SecretTest, IsAnErrorIfItsFileCannotBeRead) {
  source_.file = dir_ + "/none";
  EXPECT_THAT(std::string(Read().status().message()),
              AllOf(HasSubstr(source_.file), HasSubstr("No such file")));
  source_.file = dir_;
  EXPECT_FALSE(Read().ok());
  source_.file = MakeFile("long", std::string(70'000, 'x'));
  EXPECT_FALSE(Read().ok());
}

TEST_F(SecretTest, ComesFromTheNamedVariableAndFromNoOther) {
  environment_["DEFAULT"] = "default";
  source_.variable = "MINE";
  EXPECT_EQ(*Read(), "");
  environment_["MINE"] = "mine";
  EXPECT_EQ(*Read(), "mine");
}

TEST_F(SecretTest, ComesFromTheDefaultVariableOrElseFromACredential) {
  EXPECT_EQ(*Read(), "");
  environment_["CREDENTIALS_DIRECTORY"] = dir_;
  EXPECT_EQ(*Read(), "");
  MakeFile("smtp_password", "from systemd\n");
  EXPECT_EQ(*Read(), "from systemd");
  environment_["DEFAULT"] = "default";
  EXPECT_EQ(*Read(), "default");
}

TEST_F(SecretTest, IsDescribedByItsPlace) {
  EXPECT_EQ(DescribeSource(source_),
            "environment variable DEFAULT or credential smtp_password");
  source_.variable = "MINE";
  EXPECT_EQ(DescribeSource(source_), "environment variable MINE");
  source_.file = "/etc/pw";
  EXPECT_EQ(DescribeSource(source_), "/etc/pw");
}

}  // namespace
}  // namespace dirwatcher
