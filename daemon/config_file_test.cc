#include "daemon/config_file.h"

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The one value of the one entry in `text`.
std::string Value(absl::string_view text) {
  const auto entries = ParseConfig(text, "x.toml");
  if (!entries.ok()) return entries.status().ToString();
  if (entries->size() != 1 || entries->front().values.size() != 1) {
    return "not one value";
  }
  return entries->front().values.front();
}

std::string ErrorOf(absl::string_view text) {
  return std::string(ParseConfig(text, "x.toml").status().message());
}

TEST(ParseConfig, ReadsKeysAndValuesWithTheirLines) {
  const auto entries = ParseConfig(
      "\xEF\xBB\xBF# comment\r\n"
      "\n"
      "  int=0.5 \n"
      "; comment\n"
      "\tlog-max-mb = 10 # comment\r\n"
      "ext = [\".log\", '.txt', bare]\n"
      "last = x",
      "x.toml");
  ASSERT_TRUE(entries.ok()) << entries.status();
  ASSERT_EQ(entries->size(), 4);
  EXPECT_EQ((*entries)[0].key, "int");
  EXPECT_THAT((*entries)[0].values, ElementsAre("0.5"));
  EXPECT_FALSE((*entries)[0].is_list);
  EXPECT_EQ((*entries)[0].line, 3);
  EXPECT_EQ((*entries)[1].key, "log-max-mb");
  EXPECT_THAT((*entries)[1].values, ElementsAre("10"));
  EXPECT_EQ((*entries)[1].line, 5);
  EXPECT_EQ((*entries)[2].key, "ext");
  EXPECT_THAT((*entries)[2].values, ElementsAre(".log", ".txt", "bare"));
  EXPECT_TRUE((*entries)[2].is_list);
  EXPECT_EQ((*entries)[3].key, "last");
  EXPECT_THAT((*entries)[3].values, ElementsAre("x"));
}

TEST(ParseConfig, EmptyFileHasNoEntries) {
  EXPECT_THAT(*ParseConfig("", "x"), IsEmpty());
  EXPECT_THAT(*ParseConfig("\n# only this", "x"), IsEmpty());
}

TEST(ParseConfig, ListMayGoOverLinesAndHoldComments) {
  const auto entries = ParseConfig(
      "a = [ # why\n"
      "  'x', # first, of two]\n"
      "\n"
      "  \"y\" , \n"
      "]\n"
      "b = []\n",
      "x");
  ASSERT_TRUE(entries.ok()) << entries.status();
  EXPECT_THAT((*entries)[0].values, ElementsAre("x", "y"));
  EXPECT_THAT((*entries)[1].values, IsEmpty());
  EXPECT_EQ((*entries)[1].line, 6);
}

TEST(ParseConfig, StringHoldsWhatIsSyntaxElsewhere) {
  EXPECT_EQ(Value("m = \"issue #5, [x] = 'y'\"  # comment"),
            "issue #5, [x] = 'y'");
  EXPECT_EQ(Value("m = 'a \"b\" \\d # [c], = d'"), "a \"b\" \\d # [c], = d");
  EXPECT_EQ(Value("m = [\"a,b]\"]"), "a,b]");
  EXPECT_EQ(Value("m = \" \""), " ");
  EXPECT_EQ(Value("m = \"\""), "");
  EXPECT_EQ(Value("m = ''"), "");
}

TEST(ParseConfig, StringHasTomlsEscapes) {
  EXPECT_EQ(Value(R"(m = "\b\t\n\f\r\"\\")"), "\b\t\n\f\r\"\\");
  EXPECT_EQ(Value(R"(m = "\u0041\u00e9\u20AC\U0001F600")"),
            "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
}

TEST(ParseConfig, BareValueGoesToTheEndOfTheLineOrTheComment) {
  EXPECT_EQ(Value("m = disk full  # comment"), "disk full");
  EXPECT_EQ(Value("m = issue#5"), "issue#5");
  EXPECT_EQ(Value("m = a, b = [c]"), "a, b = [c]");
  EXPECT_EQ(Value("m = a \"b\""), "a \"b\"");
  EXPECT_EQ(Value("m = x\\d"), "x\\d");
}

TEST(ParseConfig, WhatItDoesNotUnderstandIsAnErrorWithItsLine) {
  EXPECT_EQ(ErrorOf("a = 1\n[section]\n"),
            "x.toml:2: sections are not supported");
  EXPECT_EQ(ErrorOf("\n\njson\n"), "x.toml:3: this is not KEY = VALUE");
  EXPECT_EQ(ErrorOf("= 1"), "x.toml:1: this is not KEY = VALUE");
  EXPECT_EQ(ErrorOf("a b = 1"), "x.toml:1: this is not KEY = VALUE");
  EXPECT_EQ(ErrorOf("a.b = 1"), "x.toml:1: this is not KEY = VALUE");
  EXPECT_EQ(ErrorOf("\"a\" = 1"), "x.toml:1: this is not KEY = VALUE");
  EXPECT_EQ(ErrorOf("a =\nb = 1"), "x.toml:1: there is no value");
  EXPECT_EQ(ErrorOf("a = # b"), "x.toml:1: there is no value");
  EXPECT_EQ(ErrorOf("a = 1\nb = 2\na = 3\n"),
            "x.toml:3: \"a\" stands here again");
  EXPECT_EQ(ErrorOf("a = \"x\" y"), "x.toml:1: something follows the value");
  EXPECT_EQ(ErrorOf("a = [1] 2"), "x.toml:1: something follows the value");
  EXPECT_EQ(ErrorOf("a = \"x\nb = \"\n"),
            "x.toml:1: the string has no closing \"");
  EXPECT_EQ(ErrorOf("a = 'x"), "x.toml:1: the string has no closing '");
  EXPECT_EQ(ErrorOf("a = \"x\\"),
            "x.toml:1: unknown escape in a string; a "
            "backslash is written \\\\, or put the "
            "string in '...'");
  EXPECT_THAT(ErrorOf("a = \"\\d\""), HasSubstr("unknown escape"));
  EXPECT_THAT(ErrorOf("a = \"\\u12\""), HasSubstr("too few digits"));
  EXPECT_THAT(ErrorOf("a = \"\\uD800\""), HasSubstr("names no character"));
  EXPECT_THAT(ErrorOf("a = \"\\u0000\""), HasSubstr("names no character"));
  EXPECT_THAT(ErrorOf("a = \"\\U00110000\""), HasSubstr("names no character"));
  EXPECT_EQ(ErrorOf("a = \"\"\"x\"\"\""),
            "x.toml:1: strings of many lines are not supported");
  EXPECT_EQ(ErrorOf("\na = [1,\n2\n"), "x.toml:2: the list has no ]");
  EXPECT_EQ(ErrorOf("a = ['1'\n '2']"),
            "x.toml:2: between two values there is no comma");
  EXPECT_EQ(ErrorOf("a = [,]"), "x.toml:1: there is no value");
  EXPECT_EQ(ErrorOf(absl::string_view("a = x\0y", 7)),
            "x.toml:1: the file holds a NUL byte");
}

// Whatever the text, the parser ends and does not read beyond it.
TEST(ParseConfig, EveryCutOfAFileIsReadOrRefused) {
  const std::string text =
      "a = [\"x\\u0041\", 'y', # c\n z]\r\nb = \"\\n\" # d\n; e\nc = f";
  for (size_t n = 0; n <= text.size(); ++n) {
    const auto entries = ParseConfig(text.substr(0, n), "x");
    if (entries.ok()) {
      EXPECT_LE(entries->size(), 3);
    }
  }
}

TEST(ReadConfigFile, ReadsAFile) {
  const std::string path = testing::TempDir() + "/config_file_test.toml";
  std::ofstream(path) << "a = 1\n";
  const auto entries = ReadConfigFile(path);
  ASSERT_TRUE(entries.ok()) << entries.status();
  EXPECT_EQ(entries->size(), 1);
  std::remove(path.c_str());
}

TEST(ReadConfigFile, NamesTheFileThatCannotBeRead) {
  const absl::Status missing = ReadConfigFile("/no/such/file").status();
  EXPECT_TRUE(absl::IsNotFound(missing));
  EXPECT_EQ(missing.message(), "read /no/such/file: No such file or directory");
  EXPECT_EQ(ReadConfigFile("/").status().message(), "read /: Is a directory");
  EXPECT_EQ(ReadConfigFile("/dev/zero").status().message(),
            "read /dev/zero: longer than 1048576 bytes");
}

}  // namespace
}  // namespace dirwatcher
