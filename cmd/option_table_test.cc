#include "cmd/option_table.h"

#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

constexpr OptionSpec kSpecs[] = {
    {"Arguments", OptionKind::kArgument, '\0', "dir", "DIR", "where", ""},
    {"Arguments", OptionKind::kArguments, '\0', "magic", "MAGIC", "what", "",
     '\n'},
    {"How", OptionKind::kFlag, 'v', "verbose", "", "say more", ""},
    {"How", OptionKind::kValue, '\0', "log-file", "FILE", "where to", "none"},
    {"How", OptionKind::kInformation, 'h', "help", "", "show this", ""},
};

const OptionTable& Table() {
  static const OptionTable* const table = new OptionTable("X_", kSpecs);
  return *table;
}

TEST(OptionTable, FindsOptionsByTheirLongNames) {
  EXPECT_EQ(Table().Find("magic"), &kSpecs[1]);
  EXPECT_EQ(Table().Find("log-file"), &kSpecs[3]);
  for (const absl::string_view name :
       {"", "log", "--log-file", "v", "DIR", "LOG-FILE"}) {
    EXPECT_EQ(Table().Find(name), nullptr) << name;
  }
}

TEST(OptionTable, NamesOptionsAsTheSourcesDo) {
  EXPECT_EQ(OptionTable::CommandLineName(kSpecs[0]), "DIR");
  EXPECT_EQ(OptionTable::CommandLineName(kSpecs[1]), "MAGIC");
  EXPECT_EQ(OptionTable::CommandLineName(kSpecs[3]), "--log-file");
  EXPECT_EQ(Table().EnvironmentName(kSpecs[1]), "X_MAGIC");
  EXPECT_EQ(Table().EnvironmentName(kSpecs[3]), "X_LOG_FILE");
}

TEST(OptionTable, HelpHasGroupsWithNamesTextsDefaultsAndVariables) {
  EXPECT_EQ(Table().Help(),
            "\n"
            "Arguments:\n"
            "  DIR                      where [env: X_DIR]\n"
            "  MAGIC                    what [env: X_MAGIC]\n"
            "\n"
            "How:\n"
            "  -v, --verbose            say more [env: X_VERBOSE]\n"
            "      --log-file FILE      where to [default: none] "
            "[env: X_LOG_FILE]\n"
            "  -h, --help               show this\n");
}

std::string HelpFor(absl::string_view name, absl::string_view value_name,
                    absl::string_view text, absl::string_view default_text) {
  const OptionSpec specs[] = {
      {"G", OptionKind::kValue, '\0', name, value_name, text, default_text}};
  return OptionTable("X_", specs).Help();
}

TEST(OptionTable, HelpBreaksLinesBetweenWordsButNotWithinBrackets) {
  EXPECT_EQ(HelpFor("a", "N", "0123456789 0123456789 0123456789 0123456789",
                    "none at all"),
            "\nG:\n"
            "      --a N                0123456789 0123456789 0123456789 "
            "0123456789\n"
            "                           [default: none at all] [env: X_A]\n");
}

TEST(OptionTable, HelpFillsLinesUpToColumn80) {
  const std::string indent(27, ' ');
  const std::string fits(80 - 27 - absl::string_view(" [env: X_A]").size(),
                         'x');
  const std::string start = "\nG:\n      --a N                ";
  EXPECT_EQ(HelpFor("a", "N", fits, ""), start + fits + " [env: X_A]\n");
  EXPECT_EQ(HelpFor("a", "N", fits + "x", ""),
            start + fits + "x\n" + indent + "[env: X_A]\n");
}

TEST(OptionTable, HelpPutsTheTextBelowNamesThatAreLong) {
  EXPECT_EQ(HelpFor("fourteen--char", "ABC", "text", ""),
            "\nG:\n"
            "      --fourteen--char ABC\n"
            "                           text [env: X_FOURTEEN__CHAR]\n");
  EXPECT_EQ(HelpFor("thirteen-char", "ABC", "text", ""),
            "\nG:\n"
            "      --thirteen-char ABC  text [env: X_THIRTEEN_CHAR]\n");
}

TEST(OptionTable, HelpBreaksBracketsThatNoLineCanHold) {
  EXPECT_EQ(HelpFor("a", "N", "text",
                    "0123456789 0123456789 0123456789 0123456789 0123456789"),
            "\nG:\n"
            "      --a N                text [default: 0123456789 0123456789 "
            "0123456789\n"
            "                           0123456789 0123456789] [env: X_A]\n");
}

}  // namespace
}  // namespace dirwatcher
