#include "cmd/action_arguments.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "signals/action.h"
#include "signals/action_registry.h"
#include "signals/action_runner.h"

namespace dirwatcher {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr ActionOption kOptions[] = {{"--hup", "HUP"}, {"--usr1", "USR1"}};

ActionRegistry MakeRegistry() {
  ActionRegistry registry;
  ActionSpec print;
  print.name = "print";
  print.description = "print a message";
  print.parameters = {{"message", "string"}};
  EXPECT_TRUE(registry.Add(print).ok());
  ActionSpec exec;
  exec.name = "exec";
  exec.description =
      "run a program, without a shell, and wait for it until it has ended";
  exec.parameters = {{"command", "string"}, {"arguments", "string..."}};
  exec.takes_hyphens = true;
  EXPECT_TRUE(registry.Add(exec).ok());
  return registry;
}

absl::StatusOr<ActionArguments> Take(
    const std::vector<std::string>& arguments) {
  return TakeActionArguments(
      arguments, kOptions, MakeRegistry(),
      [](absl::string_view word) { return word == "-q" || word == "--quiet"; });
}

// "USR1 print(a|b) ... : others".
std::string Taken(const std::vector<std::string>& arguments) {
  const absl::StatusOr<ActionArguments> taken = Take(arguments);
  if (!taken.ok()) return std::string(taken.status().message());
  std::string text;
  for (const ActionRequest& request : taken->requests) {
    absl::StrAppend(&text, request.trigger, " ", request.action, "(",
                    absl::StrJoin(request.arguments, "|"), ") ");
  }
  return absl::StrCat(text, ": ", absl::StrJoin(taken->others, " "));
}

TEST(TakeActionArguments, GivesAnActionAllUpToTheNextOption) {
  EXPECT_EQ(Taken({"--usr1", "print", "a", "b", "--hup", "exec", "c"}),
            "USR1 print(a|b) HUP exec(c) : ");
}

TEST(TakeActionArguments, KeepsTheOrderAlsoForOneSignal) {
  EXPECT_EQ(Taken({"--usr1", "print", "1", "--hup", "print", "2", "--usr1",
                   "exec", "3"}),
            "USR1 print(1) HUP print(2) USR1 exec(3) : ");
}

TEST(TakeActionArguments, LeavesOtherOptionsToOthers) {
  EXPECT_EQ(Taken({"-x", "a", "--usr1", "print", "b", "-q", "c", "d"}),
            "USR1 print(b) : -x a -q c d");
  EXPECT_EQ(Taken({}), ": ");
}

TEST(TakeActionArguments, TwoHyphensEndAnActionAndAllOptions) {
  EXPECT_EQ(Taken({"--usr1", "print", "a", "--", "--hup", "b"}),
            "USR1 print(a) : -- --hup b");
}

TEST(TakeActionArguments, AnEqualsSignMayStandBeforeTheAction) {
  EXPECT_EQ(Taken({"--usr1=print", "a=b", "--usr1=x=y"}),
            "USR1 print(a=b) USR1 x=y() : ");
}

TEST(TakeActionArguments, EmptyWordsAndLoneHyphensAreArguments) {
  EXPECT_EQ(Taken({"--usr1", "print", "", "-"}), "USR1 print(|-) : ");
}

TEST(TakeActionArguments, HyphensAreArgumentsOfActionsThatTakeThem) {
  EXPECT_EQ(Taken({"--usr1", "exec", "ls", "-la", "--all", "-q"}),
            "USR1 exec(ls|-la|--all) : -q");
  EXPECT_EQ(Taken({"--usr1", "print", "-la"}),
            "unknown option \"-la\" among the arguments of action `print`");
  EXPECT_EQ(Taken({"--usr1", "nonsense", "--a\n"}),
            "unknown option \"--a\\n\" among the arguments of action "
            "`nonsense`");
}

TEST(TakeActionArguments, AnOptionNeedsAnAction) {
  const std::string missing = "option \"--usr1\" needs an action";
  EXPECT_EQ(Taken({"--usr1"}), missing);
  EXPECT_EQ(Taken({"--usr1", "--hup", "print"}), missing);
  EXPECT_EQ(Taken({"--usr1", "-q"}), missing);
  EXPECT_EQ(Taken({"--usr1", "--", "print"}), missing);
  EXPECT_EQ(Taken({"--usr1", "-print"}), missing);
  EXPECT_EQ(Taken({"--usr1", ""}), missing);
  EXPECT_TRUE(absl::IsInvalidArgument(Take({"--usr1"}).status()));
}

TEST(ListActions, WrapsAtEightyColumnsWithAHangingIndent) {
  EXPECT_EQ(
      ListActions(MakeRegistry(), NameStyle::kPlain),
      "name  - description [(argument: type, ...)]\n"
      "----------------------------------------------------------------------"
      "----------\n"
      "exec  - run a program, without a shell, and wait for it until it has "
      "ended\n"
      "        (command: string, arguments: string...)\n"
      "print - print a message (message: string)\n");
}

TEST(ListActions, CanHaveNamesInBold) {
  const std::string list = ListActions(MakeRegistry(), NameStyle::kBold);
  EXPECT_THAT(list, testing::HasSubstr("\x1b[1mexec\x1b[0m  - run"));
  EXPECT_THAT(list, testing::HasSubstr("\x1b[1mprint\x1b[0m - print"));
}

TEST(ListActions, NoLineIsLongerThanEightyColumns) {
  ActionRegistry registry;
  for (int n = 1; n < 40; ++n) {
    ActionSpec spec;
    spec.name =
        std::string(static_cast<size_t>(n) % 20 + 1, 'a') + std::to_string(n);
    for (int word = 0; word < 30; ++word) {
      absl::StrAppend(&spec.description, word == 0 ? "" : " ",
                      std::string(static_cast<size_t>(word * n) % 17 + 1, 'w'));
    }
    ASSERT_TRUE(registry.Add(spec).ok());
  }
  const std::string list = ListActions(registry, NameStyle::kPlain);
  for (const absl::string_view line : absl::StrSplit(list, '\n')) {
    EXPECT_LE(line.size(), 80u) << line;
  }
}

}  // namespace
}  // namespace dirwatcher
