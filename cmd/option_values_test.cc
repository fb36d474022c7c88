#include "cmd/option_values.h"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cmd/raw_value.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

RawValue Value(absl::string_view text) { return {std::string(text), "HERE"}; }

// The message of the usage error that `result` must be.
template <typename T>
std::string ErrorOf(const absl::StatusOr<T>& result) {
  EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(result.status().message());
}

TEST(OptionValues, QuotesOnOneLineWhateverTheTextIs) {
  EXPECT_EQ(Quoted(""), "\"\"");
  EXPECT_EQ(Quoted("a b"), "\"a b\"");
  EXPECT_EQ(Quoted("a\n\x1b\xff"), R"("a\n\x1b\xff")");
}

TEST(OptionValues, ErrorsBeginWithTheOrigin) {
  EXPECT_EQ(UsageError("what"), absl::InvalidArgumentError("what"));
  EXPECT_EQ(WrongValue({"0", "--int \"0\""}, "is bad"),
            absl::InvalidArgumentError("--int \"0\": is bad"));
}

TEST(OptionValues, BoolIsTrueOrFalseAndNothingElse) {
  EXPECT_EQ(ToBool(Value("true")).value(), true);
  EXPECT_EQ(ToBool(Value("false")).value(), false);
  for (const absl::string_view text : {"", "1", "yes", "True", "true "}) {
    EXPECT_EQ(ErrorOf(ToBool(Value(text))), "HERE: must be true or false")
        << text;
  }
}

TEST(OptionValues, SecondsAreDecimalNumbersWithinTheLimits) {
  const std::vector<std::pair<std::string, absl::Duration>> cases = {
      {"1", absl::Seconds(1)},         {"0.001", absl::Milliseconds(1)},
      {".5", absl::Milliseconds(500)}, {"2.", absl::Seconds(2)},
      {"+3", absl::Seconds(3)},        {"1.5E1", absl::Seconds(15)},
      {"1e-3", absl::Milliseconds(1)}, {"31536000", absl::Hours(24 * 365)}};
  for (const auto& [text, duration] : cases) {
    EXPECT_EQ(ToInterval(Value(text)).value(), duration) << text;
    EXPECT_EQ(ToDuration(Value(text)).value(), duration) << text;
  }
}

TEST(OptionValues, SecondsAreNothingElse) {
  for (const absl::string_view text :
       {"", " ", "x", "1x", " 1", "1 ", "1,5", "0x10", "inf", "nan", "-", "e1",
        "1e", "--1"}) {
    EXPECT_EQ(ErrorOf(ToInterval(Value(text))),
              "HERE: is not a number of seconds")
        << text;
    EXPECT_EQ(ErrorOf(ToDuration(Value(text))),
              "HERE: is not a number of seconds")
        << text;
  }
}

TEST(OptionValues, SecondsHaveLimits) {
  for (const absl::string_view text :
       {"0.0009", "1e-9", "31536000.1", "31536001", "1e400"}) {
    EXPECT_EQ(ErrorOf(ToInterval(Value(text))),
              "HERE: must be from 0.001 to 31536000 seconds")
        << text;
    EXPECT_EQ(ErrorOf(ToDuration(Value(text))),
              "HERE: must be 0 or from 0.001 to 31536000 seconds")
        << text;
  }
  EXPECT_EQ(ErrorOf(ToInterval(Value("-1"))),
            "HERE: must be more than 0 seconds");
  EXPECT_EQ(ErrorOf(ToDuration(Value("-1"))),
            "HERE: must be 0 or from 0.001 to 31536000 seconds");
}

TEST(OptionValues, DurationMayBeZeroAndIntervalMayNot) {
  for (const absl::string_view text : {"0", "0.0", "-0", "0e9", "1e-400"}) {
    EXPECT_EQ(ToDuration(Value(text)).value(), absl::ZeroDuration()) << text;
    EXPECT_EQ(ErrorOf(ToInterval(Value(text))),
              "HERE: must be more than 0 seconds")
        << text;
  }
}

TEST(OptionValues, IntegerIsDigitsUpToTheMaximum) {
  EXPECT_EQ(ToInteger(Value("0"), 10).value(), 0);
  EXPECT_EQ(ToInteger(Value("10"), 10).value(), 10);
  EXPECT_EQ(ToInteger(Value("007"), 10).value(), 7);
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(ToInteger(Value("9223372036854775807"), kMax).value(), kMax);
  for (const absl::string_view text :
       {"", "11", "-1", "+1", " 1", "1 ", "1.0", "1e0", "0x1", "x",
        "99999999999999999999"}) {
    EXPECT_EQ(ErrorOf(ToInteger(Value(text), 10)),
              "HERE: must be a whole number from 0 to 10")
        << text;
  }
  EXPECT_FALSE(ToInteger(Value("9223372036854775808"), kMax).ok());
}

TEST(OptionValues, ChoiceIsOneOfTheNames) {
  const std::vector<std::pair<absl::string_view, int>> choices = {{"one", 1},
                                                                  {"two", 2}};
  EXPECT_EQ(ToChoice<int>(Value("one"), choices).value(), 1);
  EXPECT_EQ(ToChoice<int>(Value("two"), choices).value(), 2);
  for (const absl::string_view text : {"", "On", "ONE", "one "}) {
    EXPECT_EQ(ErrorOf(ToChoice<int>(Value(text), choices)),
              "HERE: must be one of one, two")
        << text;
  }
}

}  // namespace
}  // namespace dirwatcher
