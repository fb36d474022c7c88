#include "cmd/dirwatcher_options.h"

#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/variant.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "logging/log_level.h"
#include "signals/action_runner.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

using Arguments = std::vector<std::string>;
using Environment = std::map<std::string, std::string>;

absl::StatusOr<DirwatcherCommand> Parse(const Arguments& arguments,
                                        const Environment& environment = {}) {
  return ParseDirwatcherCommand(
      arguments,
      [&environment](const std::string& name) -> absl::optional<std::string> {
        const auto it = environment.find(name);
        if (it == environment.end()) return absl::nullopt;
        return it->second;
      });
}

DirwatcherOptions Options(const Arguments& arguments,
                          const Environment& environment = {}) {
  const absl::StatusOr<DirwatcherCommand> command =
      Parse(arguments, environment);
  if (!command.ok() || !absl::holds_alternative<DirwatcherOptions>(*command)) {
    ADD_FAILURE() << "no options: " << command.status();
    return DirwatcherOptions();
  }
  return absl::get<DirwatcherOptions>(*command);
}

// The message of the usage error that must come of it.
std::string ErrorOf(const Arguments& arguments,
                    const Environment& environment = {}) {
  const absl::Status status = Parse(arguments, environment).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  const std::string message(status.message());
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  return message;
}

std::string InformationOf(const Arguments& arguments) {
  const absl::StatusOr<DirwatcherCommand> command = Parse(arguments);
  if (!command.ok() || !absl::holds_alternative<Information>(*command)) {
    ADD_FAILURE() << "no information: " << command.status();
    return "";
  }
  return absl::get<Information>(*command).text;
}

// A file with a text in it, removed at the end.
class ConfigFile {
 public:
  explicit ConfigFile(absl::string_view text)
      : path_(testing::TempDir() + "/options_XXXXXX") {
    const int fd = mkstemp(&path_[0]);
    EXPECT_GE(fd, 0);
    close(fd);
    std::ofstream(path_) << text;
  }
  ~ConfigFile() { std::remove(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(DirwatcherOptions, HaveTheDocumentedDefaults) {
  const DirwatcherOptions options = Options({"/var/log", "ERROR"});
  EXPECT_EQ(options.dir, "/var/log");
  EXPECT_THAT(options.magics, ElementsAre("ERROR"));
  EXPECT_THAT(options.extensions, ElementsAre(".txt"));
  EXPECT_EQ(options.interval, absl::Seconds(1));
  EXPECT_EQ(options.retry_interval, absl::Seconds(1));
  EXPECT_FALSE(options.ignore_case);
  EXPECT_FALSE(options.regex);
  EXPECT_FALSE(options.from_end);
  EXPECT_FALSE(options.recursive);
  EXPECT_EQ(options.wake_by, WakeBy::kAuto);
  EXPECT_FALSE(options.once);
  EXPECT_FALSE(options.json);
  EXPECT_EQ(options.log_level, LogLevel::kInfo);
  EXPECT_EQ(options.log_file, "");
  EXPECT_EQ(options.log_max_bytes, 1 << 20);
  EXPECT_EQ(options.log_backups, 2);
}

// One option, by all the names it has, with a value, and what it should do.
struct OptionCase {
  absl::string_view letter;  // "-i"; empty = none
  absl::string_view name;    // "int"
  absl::string_view value;   // empty = a flag
  std::function<bool(const DirwatcherOptions&)> took_effect;
};

std::vector<OptionCase> AllOptions() {
  using O = DirwatcherOptions;
  return {
      {"-e", "ext", "log",
       [](const O& o) { return o.extensions == Arguments{".log"}; }},
      {"-i", "int", "0.25",
       [](const O& o) { return o.interval == absl::Milliseconds(250); }},
      {"-r", "retry", "7",
       [](const O& o) {
         return o.retry_interval == absl::Seconds(7) &&
                o.interval == absl::Seconds(1);
       }},
      {"-c", "ignore-case", "", [](const O& o) { return o.ignore_case; }},
      {"-x", "regex", "", [](const O& o) { return o.regex; }},
      {"-n", "from-end", "", [](const O& o) { return o.from_end; }},
      {"-R", "recursive", "", [](const O& o) { return o.recursive; }},
      {"-w", "watch", "poll",
       [](const O& o) { return o.wake_by == WakeBy::kPoll; }},
      {"-w", "watch", "inotify",
       [](const O& o) { return o.wake_by == WakeBy::kInotify; }},
      {"", "once", "", [](const O& o) { return o.once; }},
      {"", "json", "", [](const O& o) { return o.json; }},
      {"", "log-level", "debug",
       [](const O& o) { return o.log_level == LogLevel::kDebug; }},
      {"", "log-level", "warning",
       [](const O& o) { return o.log_level == LogLevel::kWarning; }},
      {"", "log-level", "error",
       [](const O& o) { return o.log_level == LogLevel::kError; }},
      {"", "log-file", "/tmp/x.log",
       [](const O& o) { return o.log_file == "/tmp/x.log"; }},
      {"", "log-max-mb", "10",
       [](const O& o) { return o.log_max_bytes == 10 << 20; }},
      {"", "log-backups", "0", [](const O& o) { return o.log_backups == 0; }},
  };
}

std::string VariableOf(absl::string_view name) {
  return absl::StrCat("DIRWATCHER_", absl::AsciiStrToUpper(absl::StrReplaceAll(
                                         name, {{"-", "_"}})));
}

TEST(DirwatcherOptions, EveryOptionWorksByEachOfItsNamesBeforeAndBehind) {
  for (const OptionCase& c : AllOptions()) {
    const std::string long_name = absl::StrCat("--", c.name);
    const std::string value(c.value);
    std::vector<Arguments> ways;
    if (c.value.empty()) {
      ways = {{long_name}, {long_name + "=true"}};
      if (!c.letter.empty()) ways.push_back({std::string(c.letter)});
    } else {
      ways = {{long_name, value}, {long_name + "=" + value}};
      if (!c.letter.empty()) {
        ways.push_back({std::string(c.letter), value});
        ways.push_back({std::string(c.letter) + value});
      }
    }
    for (const Arguments& way : ways) {
      Arguments before = way;
      before.insert(before.end(), {"d", "m"});
      Arguments between = way;
      between.insert(between.begin(), "d");
      between.push_back("m");
      Arguments behind = way;
      behind.insert(behind.begin(), {"d", "m"});
      for (const Arguments& arguments : {before, between, behind}) {
        const DirwatcherOptions options = Options(arguments);
        EXPECT_TRUE(c.took_effect(options)) << way.front();
        EXPECT_EQ(options.dir, "d") << way.front();
        EXPECT_THAT(options.magics, ElementsAre("m")) << way.front();
      }
    }
  }
}

TEST(DirwatcherOptions, EveryOptionWorksInTheEnvironment) {
  for (const OptionCase& c : AllOptions()) {
    const std::string value(c.value.empty() ? "true" : c.value);
    EXPECT_TRUE(
        c.took_effect(Options({"d", "m"}, {{VariableOf(c.name), value}})))
        << c.name;
  }
}

TEST(DirwatcherOptions, EveryOptionWorksInTheConfigFile) {
  for (const OptionCase& c : AllOptions()) {
    const ConfigFile config(
        absl::StrCat(c.name, " = ", c.value.empty() ? "true" : c.value, "\n"));
    EXPECT_TRUE(c.took_effect(Options({"d", "m", "--config", config.path()})))
        << c.name;
  }
}

TEST(DirwatcherOptions, HelpNamesEveryOptionAndItsVariable) {
  const std::string help = InformationOf({"--help"});
  for (const OptionCase& c : AllOptions()) {
    if (!c.letter.empty()) {
      EXPECT_THAT(help,
                  HasSubstr(absl::StrCat("  ", c.letter, ", --", c.name)));
    }
    EXPECT_THAT(help, HasSubstr(absl::StrCat(" --", c.name)));
    EXPECT_THAT(help,
                HasSubstr(absl::StrCat("[env: ", VariableOf(c.name), "]")));
  }
}

TEST(DirwatcherOptions, HelpIsTheGoldenText) {
  std::ifstream file("cmd/testdata/dirwatcher_help.txt");
  ASSERT_TRUE(file.is_open());
  std::ostringstream golden;
  golden << file.rdbuf();
  EXPECT_EQ(InformationOf({"--help"}), golden.str());
  EXPECT_EQ(InformationOf({"-h"}), golden.str());
}

TEST(DirwatcherOptions, HelpFitsIn80Columns) {
  for (const absl::string_view line :
       absl::StrSplit(InformationOf({"--help"}), '\n')) {
    EXPECT_LE(line.size(), 80) << line;
  }
}

TEST(DirwatcherOptions, VersionIsOneLine) {
  EXPECT_THAT(InformationOf({"--version"}),
              testing::MatchesRegex("dirwatcher [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST(DirwatcherOptions, HelpAndVersionWinOverWhatIsMissingOrWrong) {
  EXPECT_THAT(InformationOf({"--int", "x", "--help"}), StartsWith("Usage: "));
  EXPECT_THAT(InformationOf({"--version", "--config", "/no/such/file"}),
              StartsWith("dirwatcher "));
}

TEST(DirwatcherOptions, CommandLineWinsOverEnvironmentAndThatOverFile) {
  const ConfigFile config("int = 3\nretry = 3\next = ['.c', '.d']\n");
  const DirwatcherOptions options =
      Options({"d", "m", "--int", "1"}, {{"DIRWATCHER_CONFIG", config.path()},
                                         {"DIRWATCHER_INT", "2"},
                                         {"DIRWATCHER_RETRY", "2"}});
  EXPECT_EQ(options.interval, absl::Seconds(1));
  EXPECT_EQ(options.retry_interval, absl::Seconds(2));
  EXPECT_THAT(options.extensions, ElementsAre(".c", ".d"));
}

TEST(DirwatcherOptions, ListComesFromOneSourceAlone) {
  EXPECT_THAT(
      Options({"d", "m", "-e", "a"}, {{"DIRWATCHER_EXT", "b"}}).extensions,
      ElementsAre(".a"));
}

TEST(DirwatcherOptions, FlagCanBeTurnedOffAgain) {
  EXPECT_FALSE(
      Options({"d", "m", "--json=false"}, {{"DIRWATCHER_JSON", "true"}}).json);
  const ConfigFile config("json = true\n");
  EXPECT_FALSE(Options({"d", "m", "--config", config.path()},
                       {{"DIRWATCHER_JSON", "false"}})
                   .json);
}

TEST(DirwatcherOptions, EmptyVariableCountsAsNone) {
  EXPECT_EQ(Options({"d", "m"}, {{"DIRWATCHER_INT", ""}}).interval,
            absl::Seconds(1));
}

TEST(DirwatcherOptions, OtherVariablesArePassedOver) {
  Options(
      {"d", "m"},
      {{"DIRWATCHER_HELP", "x"}, {"DIRWATCHER_NO_SUCH", "x"}, {"INT", "x"}});
}

TEST(DirwatcherOptions, PositionalArgumentsMayComeFromTheOtherSources) {
  EXPECT_THAT(Options({"d"}, {{"DIRWATCHER_MAGIC", "a b\n[c],d\n"}}).magics,
              ElementsAre("a b", "[c],d"));
  EXPECT_EQ(
      Options({}, {{"DIRWATCHER_DIR", "/x"}, {"DIRWATCHER_MAGIC", "m"}}).dir,
      "/x");
  const ConfigFile config("dir = /var/log\nmagic = ['disk #1', \"a\\tb\"]\n");
  const DirwatcherOptions options = Options({"--config", config.path()});
  EXPECT_EQ(options.dir, "/var/log");
  EXPECT_THAT(options.magics, ElementsAre("disk #1", "a\tb"));
}

TEST(DirwatcherOptions, MagicMayBeWhateverTheCommandLineCanHold) {
  const Arguments magics = {"[ERROR]", "[a,b]", "[",   "]",     "[]",  "++",
                            "a,b",     "a b",   "'q'", "\"q\"", "{}",  "%",
                            "@x",      "-",     "/x",  "x=y",   "=x",  "\\d",
                            "\x01",    "\x01[", " ",   "\xFF",  "true"};
  Arguments arguments = magics;
  arguments.insert(arguments.begin(), "d");
  EXPECT_EQ(Options(arguments).magics, magics);
  // The same as the only magic, and as an extension.
  for (const std::string& magic : magics) {
    EXPECT_EQ(Options({"d", magic}).magics, Arguments{magic});
    if (magic == "/x") continue;
    EXPECT_EQ(Options({"--ext", magic, "d", "m"}).extensions,
              Arguments{"." + magic});
  }
}

TEST(DirwatcherOptions, TwoDashesEndTheOptions) {
  const DirwatcherOptions options =
      Options({"--json", "--", "-d", "--int", "--", "-m", "--x="});
  EXPECT_TRUE(options.json);
  EXPECT_EQ(options.dir, "-d");
  EXPECT_THAT(options.magics, ElementsAre("--int", "--", "-m", "--x="));
}

TEST(DirwatcherOptions, LettersMayStandTogether) {
  const DirwatcherOptions options = Options({"-cxni2", "d", "m"});
  EXPECT_TRUE(options.ignore_case);
  EXPECT_TRUE(options.regex);
  EXPECT_TRUE(options.from_end);
  EXPECT_EQ(options.interval, absl::Seconds(2));
}

TEST(DirwatcherOptions, LastOneCountsOfAnOptionWithOneValue) {
  EXPECT_EQ(Options({"--int", "1", "d", "m", "--int", "2"}).interval,
            absl::Seconds(2));
}

TEST(DirwatcherOptions, ExtensionIsRepeatableAndGetsItsDotOnce) {
  EXPECT_THAT(
      Options({"-e", "log", "--ext", ".tar.gz", "-e.log", "d", "m"}).extensions,
      ElementsAre(".log", ".tar.gz"));
  EXPECT_THAT(Options({"d", "m"}, {{"DIRWATCHER_EXT", "log,.txt"}}).extensions,
              ElementsAre(".log", ".txt"));
}

TEST(DirwatcherOptions, MagicThatIsThereTwiceIsDropped) {
  EXPECT_THAT(Options({"d", "b", "a", "b", "B"}).magics,
              ElementsAre("b", "a", "B"));
}

TEST(DirwatcherOptions, RetryIsTheIntervalUnlessItIsGiven) {
  EXPECT_EQ(Options({"-i", "5", "d", "m"}).retry_interval, absl::Seconds(5));
}

TEST(DirwatcherOptions, IntervalMayBeAnyDecimalNumberWithinTheLimits) {
  const std::vector<std::pair<std::string, absl::Duration>> cases = {
      {"1", absl::Seconds(1)},
      {"0.001", absl::Milliseconds(1)},
      {".5", absl::Milliseconds(500)},
      {"2.", absl::Seconds(2)},
      {"1e-3", absl::Milliseconds(1)},
      {"1.5E1", absl::Seconds(15)},
      {"31536000", absl::Hours(24 * 365)}};
  for (const auto& [text, interval] : cases) {
    EXPECT_EQ(Options({"-i", text, "d", "m"}).interval, interval) << text;
    EXPECT_EQ(Options({"-r", text, "d", "m"}).retry_interval, interval) << text;
  }
}

// "match print(a|b), SIGUSR1 exec(c)".
std::string ActionsOf(const DirwatcherOptions& options) {
  std::vector<std::string> actions;
  for (const ActionRequest& request : options.actions) {
    actions.push_back(absl::StrCat(request.trigger, " ", request.action, "(",
                                   absl::StrJoin(request.arguments, "|"), ")"));
  }
  return absl::StrJoin(actions, ", ");
}

TEST(DirwatcherOptions, HaveActionsForEventsAndSignals) {
  const DirwatcherOptions options = Options(
      {"d",     "m",      "--usr2",     "touch",      "t", "--usr1",
       "print", "1",      "--hup",      "print_once", "h", "--on-removed",
       "print", "r",      "--on-added", "print",      "a", "--on-match",
       "print", "{text}", "--usr1",     "print",      "2"});
  EXPECT_EQ(ActionsOf(options),
            "match print({text}), added print(a), removed print(r), SIGHUP "
            "print_once(h), SIGUSR1 print(1), SIGUSR1 print(2), SIGUSR2 "
            "touch(t)");
  EXPECT_EQ(options.dir, "d");
  EXPECT_THAT(options.magics, ElementsAre("m"));
}

TEST(DirwatcherOptions, AnActionTakesAllUpToALongOptionOrTwoHyphens) {
  const DirwatcherOptions options =
      Options({"--on-match", "exec", "sh", "-c", "echo", "--all", "--int", "5",
               "--on-added", "print", "x", "--", "d", "m", "--json"});
  EXPECT_EQ(ActionsOf(options), "match exec(sh|-c|echo|--all), added print(x)");
  EXPECT_EQ(options.interval, absl::Seconds(5));
  EXPECT_EQ(options.dir, "d");
  EXPECT_THAT(options.magics, ElementsAre("m", "--json"));
  EXPECT_FALSE(options.ignore_case);
}

TEST(DirwatcherOptions, ActionsComeFromTheEnvironmentAndTheConfigFileToo) {
  const std::string path = testing::TempDir() + "/actions.conf";
  std::ofstream(path) << "on-match = ['print', 'from file']\n"
                      << "on-added = ['exec', 'ls', '-l']\n"
                      << "on-removed = print\naction-jobs = 3\n";
  const DirwatcherOptions options =
      Options({"--config", path, "--action-queue", "7", "d", "m"},
              {{"DIRWATCHER_ON_MATCH", "print\nfrom, environment"}});
  EXPECT_EQ(ActionsOf(options),
            "match print(from, environment), added exec(ls|-l), removed "
            "print()");
  EXPECT_EQ(options.action_jobs, 3u);
  EXPECT_EQ(options.action_queue, 7u);
}

TEST(DirwatcherOptions, LogElsewhereToo) {
  const DirwatcherOptions options =
      Options({"--stdout", "--syslog", "--journald", "d", "m"});
  EXPECT_TRUE(options.log_to_stdout);
  EXPECT_TRUE(options.log_to_syslog);
  EXPECT_TRUE(options.log_to_journald);
}

TEST(DirwatcherUsageError, NamesTheOptionAndTheValue) {
  const std::vector<std::pair<Arguments, std::string>> cases = {
      {{}, "DIR is missing; see dirwatcher --help"},
      {{"d"}, "MAGIC is missing; see dirwatcher --help"},
      {{"", "m"}, R"(DIR "": must not be empty)"},
      {{"d", ""}, R"(MAGIC "": must not be empty)"},
      {{"d", "ok", "a\nb"}, R"(MAGIC "a\nb": must not contain a newline)"},
      {{"d", "(", "--regex"},
       R"(MAGIC "(": with --regex it is no regular expression: missing ): ()"},
      {{"-x", "d", "ok", "\x1B["},
       R"(MAGIC "\x1b[": with --regex it is no regular expression: missing ]: [)"},
      {{"-x", "d", "\\d\\"},
       R"(MAGIC "\\d\\": with --regex it is no regular expression: trailing \\)"},
      {{"--frob", "d", "m"}, R"(unknown option "--frob")"},
      {{"d", "m", "--frob=3"}, R"(unknown option "--frob=3")"},
      {{"-q", "d", "m"}, R"(unknown option "-q")"},
      {{"-cq", "d", "m"}, R"(unknown option "-q")"},
      {{"--in", "1", "d", "m"}, R"(unknown option "--in")"},
      {{"--nonsense", "d", "m"}, R"(unknown option "--nonsense")"},
      {{"--json", "--stdout", "d", "m"},
       "--stdout cannot be had with --json, which writes there, too"},
      {{"--on-match"}, R"(option "--on-match" needs an action)"},
      {{"d", "m", "--usr1", "--json"}, R"(option "--usr1" needs an action)"},
      {{"d", "m", "--usr1", "print", "a", "-n"},
       "unknown option \"-n\" among the arguments of action `print`"},
      {{"--action-jobs", "0", "d", "m"},
       R"(--action-jobs "0": must be at least 1)"},
      {{"--action-jobs", "1001", "d", "m"},
       R"(--action-jobs "1001": must be a whole number from 0 to 1000)"},
      {{"--action-queue", "x", "d", "m"},
       R"(--action-queue "x": must be a whole number from 0 to 1000000)"},
      {{"--\x1B", "d", "m"}, R"(unknown option "--\x1b")"},
      {{"d", "m", "--int"}, R"(option "--int" needs a value)"},
      {{"d", "m", "-i"}, R"(option "-i" needs a value)"},
      {{"--int=", "1", "d", "m"},
       R"(option "--int=" has no value behind the =)"},
      {{"--json=", "d", "m"}, R"(option "--json=" has no value behind the =)"},
      {{"--json=yes", "d", "m"}, R"(--json "yes": must be true or false)"},
      {{"--int", "", "d", "m"}, R"(--int "": is not a number of seconds)"},
      {{"--int", "1x", "d", "m"}, R"(--int "1x": is not a number of seconds)"},
      {{"--int", " 1", "d", "m"}, R"(--int " 1": is not a number of seconds)"},
      {{"--int", "0x10", "d", "m"},
       R"(--int "0x10": is not a number of seconds)"},
      {{"--int", "1,5", "d", "m"},
       R"(--int "1,5": is not a number of seconds)"},
      {{"--int", "nan", "d", "m"},
       R"(--int "nan": is not a number of seconds)"},
      {{"--int", "inf", "d", "m"},
       R"(--int "inf": is not a number of seconds)"},
      {{"--int", "0", "d", "m"}, R"(--int "0": must be more than 0 seconds)"},
      {{"--int", "-1", "d", "m"}, R"(--int "-1": must be more than 0 seconds)"},
      {{"--int", "1e-400", "d", "m"},
       R"(--int "1e-400": must be more than 0 seconds)"},
      {{"--int", "1e-9", "d", "m"},
       R"(--int "1e-9": must be from 0.001 to 31536000 seconds)"},
      {{"--int", "1e400", "d", "m"},
       R"(--int "1e400": must be from 0.001 to 31536000 seconds)"},
      {{"-i", "31536001", "d", "m"},
       R"(--int "31536001": must be from 0.001 to 31536000 seconds)"},
      {{"--retry", "0", "d", "m"},
       R"(--retry "0": must be more than 0 seconds)"},
      {{"--int", "--json", "d", "m"},
       R"(--int "--json": is not a number of seconds)"},
      {{"-e", "", "d", "m"}, R"(--ext "": must not be empty)"},
      {{"-e", ".", "d", "m"}, R"(--ext ".": must not be empty)"},
      {{"-e", "ok", "-e", "a/b", "d", "m"},
       R"(--ext "a/b": must not contain a /)"},
      {{"--watch", "magic", "d", "m"},
       R"(--watch "magic": must be one of auto, poll, inotify)"},
      {{"--log-level", "INFO", "d", "m"},
       R"(--log-level "INFO": must be one of debug, info, warning, error)"},
      {{"--log-file", "", "d", "m"}, R"(--log-file "": must not be empty)"},
      {{"--log-max-mb", "-1", "d", "m"},
       R"(--log-max-mb "-1": must be a whole number from 0 to 1000000)"},
      {{"--log-max-mb", "1.5", "d", "m"},
       R"(--log-max-mb "1.5": must be a whole number from 0 to 1000000)"},
      {{"--log-max-mb", "99999999999999999999", "d", "m"},
       R"(--log-max-mb "99999999999999999999": must be a whole number from 0 to 1000000)"},
      {{"--log-backups", "1001", "d", "m"},
       R"(--log-backups "1001": must be a whole number from 0 to 1000)"},
      {{"--config", "", "d", "m"}, R"(--config "": must not be empty)"},
      {{"--config", "/no/such", "d", "m"},
       R"(--config "/no/such": read /no/such: No such file or directory)"},
      {{"--config", "/", "d", "m"}, R"(--config "/": read /: Is a directory)"},
  };
  for (const auto& [arguments, message] : cases) {
    EXPECT_EQ(ErrorOf(arguments), message);
  }
}

TEST(DirwatcherUsageError, NamesTheVariable) {
  EXPECT_EQ(ErrorOf({"d", "m"}, {{"DIRWATCHER_INT", "x"}}),
            R"(DIRWATCHER_INT="x": is not a number of seconds)");
  EXPECT_EQ(ErrorOf({"d", "m"}, {{"DIRWATCHER_JSON", "1"}}),
            R"(DIRWATCHER_JSON="1": must be true or false)");
  EXPECT_EQ(ErrorOf({"d", "m"}, {{"DIRWATCHER_EXT", "log,,txt"}}),
            R"(DIRWATCHER_EXT="": must not be empty)");
  EXPECT_EQ(ErrorOf({"d", "m"}, {{"DIRWATCHER_CONFIG", "/no/such"}}),
            R"(DIRWATCHER_CONFIG="/no/such": read /no/such: )"
            "No such file or directory");
}

TEST(DirwatcherUsageError, NamesTheConfigFileAndTheLine) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"\nfrob = 1\n", ":2: unknown key \"frob\""},
      {"help = true\n", ":1: unknown key \"help\""},
      {"config = x\n", ":1: unknown key \"config\""},
      {"log_level = info\n", ":1: unknown key \"log_level\""},
      {"int = 1\nretry = 0\n",
       ":2: retry = \"0\": must be more than 0 seconds"},
      {"int = [1]\n", ":1: \"int\" takes one value, no list"},
      {"ext = []\n", ":1: \"ext\" needs a value"},
      {"ext = ['a', '']\n", ":1: ext = \"\": must not be empty"},
      {"json = yes\n", ":1: json = \"yes\": must be true or false"},
  };
  for (const auto& [text, message] : cases) {
    const ConfigFile config(text);
    EXPECT_EQ(ErrorOf({"d", "m", "--config", config.path()}),
              config.path() + message);
  }
  const ConfigFile broken("[dirwatcher]\n");
  EXPECT_EQ(ErrorOf({"d", "m", "--config", broken.path()}),
            absl::StrCat("--config \"", broken.path(), "\": ", broken.path(),
                         ":1: sections are not supported"));
}

}  // namespace
}  // namespace dirwatcher
