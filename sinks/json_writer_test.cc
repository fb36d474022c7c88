#include "sinks/json_writer.h"

#include <cstdint>
#include <limits>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

std::string String(absl::string_view bytes) {
  std::string out;
  JsonWriter(&out).String(bytes);
  return out;
}

std::string Base64(absl::string_view bytes) {
  std::string out;
  JsonWriter(&out).Base64(bytes);
  return out;
}

std::string Seconds(absl::Duration duration) {
  std::string out;
  JsonWriter(&out).Seconds(duration);
  return out;
}

TEST(JsonWriter, PutsCommasBetweenValuesAndNowhereElse) {
  std::string out = "before ";
  JsonWriter json(&out);
  json.BeginObject();
  json.Key("a");
  json.BeginArray();
  json.EndArray();
  json.Key("b");
  json.BeginArray();
  json.Int(1);
  json.String("x");
  json.BeginObject();
  json.EndObject();
  json.Null();
  json.EndArray();
  json.Key("c");
  json.Bool(true);
  json.Key("d");
  json.Bool(false);
  json.EndObject();
  EXPECT_EQ(out, R"(before {"a":[],"b":[1,"x",{},null],"c":true,"d":false})");
}

TEST(JsonWriter, WritesTheWholeRangeOfIntegers) {
  std::string out;
  JsonWriter json(&out);
  json.BeginArray();
  json.Int(std::numeric_limits<int64_t>::min());
  json.Int(std::numeric_limits<int64_t>::max());
  json.EndArray();
  EXPECT_EQ(out, "[-9223372036854775808,9223372036854775807]");
}

TEST(JsonWriterString, EscapesWhatJsonDemands) {
  EXPECT_EQ(String("\"\\/"), R"("\"\\/")");
  EXPECT_EQ(String("\t\n\r\b\f"), R"("\t\n\r\u0008\u000c")");
  EXPECT_EQ(String(absl::string_view("\0\x1F", 2)), R"("\u0000\u001f")");
}

TEST(JsonWriterString, EscapesAllOtherControlCharactersToo) {
  EXPECT_EQ(String("\x7F\xC2\x85\xC2\x9B\xE2\x80\xA8\xE2\x80\xAE"),
            R"("\u007f\u0085\u009b\u2028\u202e")");
}

TEST(JsonWriterString, LeavesOtherCharactersAsTheyAre) {
  EXPECT_EQ(String("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"),
            "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"");
}

TEST(JsonWriterString, ReplacesEachMaximalSubpartThatIsNotValid) {
  EXPECT_EQ(String("a\xFF"
                   "b\xE2\x82"
                   "c\xED\xA0\x80"),
            "\"a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD"
            "c\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST(JsonWriterKey, MayBeOfAnyLength) {
  for (const size_t size : {0, 1, 31, 32, 33, 100}) {
    const std::string name(size, 'k');
    std::string out;
    JsonWriter json(&out);
    json.BeginObject();
    json.Key(name);
    json.Null();
    json.Key(name);
    json.Null();
    json.EndObject();
    EXPECT_EQ(out, "{\"" + name + "\":null,\"" + name + "\":null}");
  }
}

// The test vectors of RFC 4648, section 10.
TEST(JsonWriterBase64, PadsToFourDigits) {
  EXPECT_EQ(Base64(""), R"("")");
  EXPECT_EQ(Base64("f"), R"("Zg==")");
  EXPECT_EQ(Base64("fo"), R"("Zm8=")");
  EXPECT_EQ(Base64("foo"), R"("Zm9v")");
  EXPECT_EQ(Base64("foob"), R"("Zm9vYg==")");
  EXPECT_EQ(Base64("fooba"), R"("Zm9vYmE=")");
  EXPECT_EQ(Base64("foobar"), R"("Zm9vYmFy")");
}

TEST(JsonWriterBase64, UsesThePlusAndTheSlash) {
  EXPECT_EQ(Base64("\xFB\xFF\xFE"), R"("+//+")");
}

TEST(JsonWriterSeconds, HasAsManyDecimalsAsItNeeds) {
  EXPECT_EQ(Seconds(absl::ZeroDuration()), "0");
  EXPECT_EQ(Seconds(absl::Seconds(1)), "1");
  EXPECT_EQ(Seconds(absl::Seconds(100)), "100");
  EXPECT_EQ(Seconds(absl::Milliseconds(250)), "0.25");
  EXPECT_EQ(Seconds(absl::Seconds(0.1)), "0.1");
  EXPECT_EQ(Seconds(absl::Seconds(12) + absl::Microseconds(1)), "12.000001");
  EXPECT_EQ(Seconds(absl::Microseconds(10)), "0.00001");
}

TEST(JsonWriterSeconds, CutsWhatIsBelowAMicrosecond) {
  EXPECT_EQ(Seconds(absl::Seconds(2) - absl::Nanoseconds(1)), "1.999999");
  EXPECT_EQ(Seconds(-absl::Nanoseconds(1)), "0");
}

TEST(JsonWriterSeconds, MayBeNegative) {
  EXPECT_EQ(Seconds(-absl::Milliseconds(1500)), "-1.5");
}

}  // namespace
}  // namespace dirwatcher
