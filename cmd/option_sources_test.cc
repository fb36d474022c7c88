#include "cmd/option_sources.h"

#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "cmd/option_table.h"
#include "cmd/raw_value.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

using Words = std::vector<std::string>;

// A program with options alone.
constexpr OptionSpec kSpecs[] = {
    {"G", OptionKind::kList, 't', "to", "TARGET", "", "", ' '},
    {"G", OptionKind::kList, '\0', "attach", "PATH", "", "", ':'},
    {"G", OptionKind::kList, '\0', "ext", "EXT", "", ""},
    {"G", OptionKind::kValue, 'i', "int", "SECONDS", "", ""},
    {"G", OptionKind::kValue, '\0', "log-file", "FILE", "", ""},
    {"G", OptionKind::kFlag, 'v', "verbose", "", "", ""},
    {"G", OptionKind::kValue, '\0', "config", "FILE", "", ""},
    {"G", OptionKind::kInformation, 'h', "help", "", "", ""},
};
constexpr OptionTable kTable("X_", kSpecs);

// One with arguments and actions.
constexpr OptionSpec kMoreSpecs[] = {
    {"G", OptionKind::kArgument, '\0', "dir", "DIR", "", ""},
    {"G", OptionKind::kArguments, '\0', "magic", "MAGIC", "", "", '\n'},
    {"G", OptionKind::kAction, '\0', "usr1", "ACTION", "", ""},
    {"G", OptionKind::kFlag, 'v', "verbose", "", "", ""},
};
constexpr OptionTable kMoreTable("Y_", kMoreSpecs);

Words TextsOf(const OptionSource& source, absl::string_view name) {
  Words texts;
  const std::vector<RawValue>* const values = source.Find(name);
  if (values == nullptr) return texts;
  for (const RawValue& value : *values) texts.push_back(value.text);
  EXPECT_FALSE(texts.empty());
  return texts;
}

OptionSource CommandLine(const Words& arguments,
                         const OptionTable& table = kTable) {
  absl::StatusOr<OptionSource> source =
      ReadCommandLineOptions(table, arguments);
  EXPECT_TRUE(source.ok()) << source.status();
  return source.ok() ? *std::move(source) : OptionSource();
}

OptionSource Environment(const std::map<std::string, std::string>& variables,
                         const OptionTable& table = kTable) {
  return ReadEnvironmentOptions(
      table,
      [&variables](const std::string& name) -> absl::optional<std::string> {
        const auto found = variables.find(name);
        if (found == variables.end()) return absl::nullopt;
        return found->second;
      });
}

std::string ConfigPath(absl::string_view text) {
  const std::string path = absl::StrCat(
      testing::TempDir(), "/",
      testing::UnitTest::GetInstance()->current_test_info()->name(), ".conf");
  std::ofstream(path) << text;
  return path;
}

OptionSource Config(absl::string_view text, const OptionTable& table = kTable) {
  absl::StatusOr<OptionSource> source =
      ReadConfigOptions(table, {ConfigPath(text), "HERE"});
  EXPECT_TRUE(source.ok()) << source.status();
  return source.ok() ? *std::move(source) : OptionSource();
}

std::string ErrorOf(const absl::StatusOr<OptionSource>& source) {
  EXPECT_EQ(source.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(source.status().message());
}

TEST(OptionSource, MergeAddsOnlyTheOptionsThatAreMissing) {
  OptionSource source;
  source.Add("a", {"1", ""});
  OptionSource other;
  other.Add("a", {"2", ""});
  other.Add("b", {"3", ""});
  other.Add("b", {"4", ""});
  source.Merge(other);
  EXPECT_THAT(TextsOf(source, "a"), ElementsAre("1"));
  EXPECT_THAT(TextsOf(source, "b"), ElementsAre("3", "4"));
  EXPECT_EQ(source.Find("c"), nullptr);
}

TEST(CommandLine, HasWhatIsThereAndNothingElse) {
  const OptionSource source = CommandLine({"--int", "1", "-v", "-i2"});
  EXPECT_THAT(TextsOf(source, "int"), ElementsAre("1", "2"));
  EXPECT_THAT(TextsOf(source, "verbose"), ElementsAre("true"));
  for (const absl::string_view name : {"to", "log-file", "config", "help"}) {
    EXPECT_EQ(source.Find(name), nullptr) << name;
  }
}

TEST(CommandLine, OriginNamesTheLongOptionAndTheValue) {
  EXPECT_EQ(CommandLine({"-i", "a\nb"}).Find("int")->front().origin,
            R"(--int "a\nb")");
  EXPECT_EQ(CommandLine({"d"}, kMoreTable).Find("dir")->front().origin,
            "DIR \"d\"");
}

TEST(CommandLine, ValueMayBeAnythingHoweverItIsWritten) {
  for (const std::string text :
       {"a=b=", "=", "[a]", "[a,b]", "a[b]", "\x7F", "\x7F[", "\x7Fm", "\x01",
        "--int", "-v", "--", "x,y", "a b", "\xFF", "%%", "++", "{}"}) {
    EXPECT_THAT(TextsOf(CommandLine({"--to=" + text}), "to"),
                ElementsAre(text));
    EXPECT_THAT(TextsOf(CommandLine({"--to", text}), "to"), ElementsAre(text));
    EXPECT_THAT(TextsOf(CommandLine({"-t", text}), "to"), ElementsAre(text));
    EXPECT_THAT(TextsOf(CommandLine({"-vt" + text}), "to"), ElementsAre(text));
  }
}

TEST(CommandLine, FlagMayHaveAValueBehindAnEqualsSignAlone) {
  for (const std::string text : {"true", "false", "{}", "[true]", "5", "x"}) {
    EXPECT_THAT(TextsOf(CommandLine({"--verbose=" + text}), "verbose"),
                ElementsAre(text));
  }
  EXPECT_EQ(ErrorOf(ReadCommandLineOptions(kTable, {"--verbose", "true"})),
            "unknown argument \"true\"");
}

TEST(CommandLine, ArgumentsAreTheFirstAndAllOthers) {
  const OptionSource source =
      CommandLine({"d", "-v", "[a,b]", "--", "-v", "--", "--x="}, kMoreTable);
  EXPECT_THAT(TextsOf(source, "dir"), ElementsAre("d"));
  EXPECT_THAT(TextsOf(source, "magic"),
              ElementsAre("[a,b]", "-v", "--", "--x="));
  EXPECT_THAT(TextsOf(source, "verbose"), ElementsAre("true"));
}

TEST(CommandLine, ArgumentMayBeginWithHyphensThatNoOptionHas) {
  const Words words = {"-", "-1", "---", "- x", "-- x", "-!", "--!x", "-\n"};
  EXPECT_THAT(TextsOf(CommandLine(words, kMoreTable), "dir"),
              ElementsAre(words[0]));
  EXPECT_THAT(TextsOf(CommandLine(words, kMoreTable), "magic"),
              ElementsAreArray(words.begin() + 1, words.end()));
}

TEST(CommandLine, ErrorsNameTheWord) {
  const std::vector<std::pair<Words, std::string>> cases = {
      {{"-v", "x"}, "unknown argument \"x\""},
      {{"[x]"}, "unknown argument \"[x]\""},
      {{"-"}, "unknown argument \"-\""},
      {{"--", "-x"}, "unknown argument \"-x\""},
      {{"--", "--"}, "unknown argument \"--\""},
      {{"--verb"}, "unknown option \"--verb\""},
      {{"--frob=[3]\x7F"}, R"(unknown option "--frob=[3]\x7f")"},
      {{"-vx"}, "unknown option \"-x\""},
      {{"-v", "-i"}, "option \"-i\" needs a value"},
      {{"--int"}, "option \"--int\" needs a value"},
      {{"--int=", "1"}, "option \"--int=\" has no value behind the ="},
  };
  for (const auto& [words, message] : cases) {
    EXPECT_EQ(ErrorOf(ReadCommandLineOptions(kTable, words)), message);
  }
  EXPECT_EQ(ErrorOf(ReadCommandLineOptions(kMoreTable, {"--usr1", "print"})),
            "unknown option \"--usr1\"");
}

TEST(CommandLine, ErrorsDoNotShowWhatMayBeSecretInUrls) {
  const std::string url = "mailto://user:secret@host";
  for (const Words& words :
       {Words{url}, Words{"--too=" + url}, Words{"-x" + url},
        Words{"--too", url}, Words{"--", url}, Words{"--to", "x", url}}) {
    const std::string message = ErrorOf(ReadCommandLineOptions(kTable, words));
    EXPECT_EQ(message.find("secret"), std::string::npos) << message;
    EXPECT_EQ(message.find("user"), std::string::npos) << message;
  }
  EXPECT_EQ(ErrorOf(ReadCommandLineOptions(kTable, {"--too=" + url})),
            "unknown option \"--too=mailto://...\"");
}

TEST(Environment, HasVariablesWithTheirOrigin) {
  const OptionSource source = Environment(
      {{"X_LOG_FILE", "a b,c\n"}, {"X_VERBOSE", "false"}, {"INT", "1"}});
  EXPECT_THAT(TextsOf(source, "log-file"), ElementsAre("a b,c\n"));
  EXPECT_EQ(source.Find("log-file")->front().origin, R"(X_LOG_FILE="a b,c\n")");
  EXPECT_THAT(TextsOf(source, "verbose"), ElementsAre("false"));
  EXPECT_EQ(source.Find("int"), nullptr);
}

TEST(Environment, HasNoEmptyVariablesAndNoInformation) {
  const OptionSource source =
      Environment({{"X_INT", ""}, {"X_TO", " \n"}, {"X_HELP", "true"}});
  EXPECT_EQ(source.Find("int"), nullptr);
  EXPECT_EQ(source.Find("to"), nullptr);
  EXPECT_EQ(source.Find("help"), nullptr);
}

TEST(Environment, ListsHaveTheirOwnSeparators) {
  const OptionSource source = Environment({{"X_TO", "\ta:1  b,2\n c\t"},
                                           {"X_ATTACH", "a b:c,d:"},
                                           {"X_EXT", "a b,,c:d"}});
  EXPECT_THAT(TextsOf(source, "to"), ElementsAre("a:1", "b,2", "c"));
  EXPECT_EQ(source.Find("to")->back().origin, "X_TO=\"c\"");
  EXPECT_THAT(TextsOf(source, "attach"), ElementsAre("a b", "c,d", ""));
  EXPECT_THAT(TextsOf(source, "ext"), ElementsAre("a b", "", "c:d"));
}

TEST(Environment, ArgumentsAndActionsStandOnLines) {
  const OptionSource source = Environment({{"Y_DIR", "a\nb"},
                                           {"Y_MAGIC", "\na b\n\nc,d\n"},
                                           {"Y_USR1", "print\n\na b"}},
                                          kMoreTable);
  EXPECT_THAT(TextsOf(source, "dir"), ElementsAre("a\nb"));
  EXPECT_THAT(TextsOf(source, "magic"), ElementsAre("a b", "c,d"));
  EXPECT_THAT(TextsOf(source, "usr1"), ElementsAre("print", "", "a b"));
}

TEST(Config, HasKeysWithTheirOrigin) {
  const std::string path = ConfigPath("\nlog-file = 'a b'\nverbose = true\n");
  const absl::StatusOr<OptionSource> source =
      ReadConfigOptions(kTable, {path, "HERE"});
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_THAT(TextsOf(*source, "log-file"), ElementsAre("a b"));
  EXPECT_EQ(source->Find("log-file")->front().origin,
            path + ":2: log-file = \"a b\"");
  EXPECT_THAT(TextsOf(*source, "verbose"), ElementsAre("true"));
  EXPECT_EQ(source->Find("int"), nullptr);
}

TEST(Config, ListsArgumentsAndActionsMayStandInBrackets) {
  EXPECT_THAT(TextsOf(Config("to = ['a b', 'c']\n"), "to"),
              ElementsAre("a b", "c"));
  EXPECT_THAT(TextsOf(Config("to = a b\n"), "to"), ElementsAre("a b"));
  const OptionSource source =
      Config("dir = d\nmagic = ['a', 'b']\nusr1 = ['print', '']\n", kMoreTable);
  EXPECT_THAT(TextsOf(source, "dir"), ElementsAre("d"));
  EXPECT_THAT(TextsOf(source, "magic"), ElementsAre("a", "b"));
  EXPECT_THAT(TextsOf(source, "usr1"), ElementsAre("print", ""));
}

TEST(Config, ErrorsNameTheLine) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"int = 1\nfrob = 2\n", ":2: unknown key \"frob\""},
      {"help = true\n", ":1: unknown key \"help\""},
      {"config = x\n", ":1: unknown key \"config\""},
      {"int = [1]\n", ":1: \"int\" takes one value, no list"},
      {"to = []\n", ":1: \"to\" needs a value"},
  };
  for (const auto& [text, message] : cases) {
    const std::string path = ConfigPath(text);
    EXPECT_EQ(ErrorOf(ReadConfigOptions(kTable, {path, "HERE"})),
              path + message);
  }
}

TEST(Config, ErrorsOfTheFileBeginWithTheOriginOfItsPath) {
  EXPECT_EQ(ErrorOf(ReadConfigOptions(kTable, {"", "HERE"})),
            "HERE: must not be empty");
  EXPECT_EQ(ErrorOf(ReadConfigOptions(kTable, {"/no/such", "HERE"})),
            "HERE: read /no/such: No such file or directory");
  const std::string path = ConfigPath("[section]\n");
  EXPECT_EQ(ErrorOf(ReadConfigOptions(kTable, {path, "HERE"})),
            absl::StrCat("HERE: ", path, ":1: sections are not supported"));
}

TEST(Config, EmptyFileHasNothing) {
  const OptionSource source = Config("# nothing\n");
  for (const OptionSpec& spec : kSpecs) {
    EXPECT_THAT(TextsOf(source, spec.name), IsEmpty());
  }
}

}  // namespace
}  // namespace dirwatcher
