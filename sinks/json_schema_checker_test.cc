#include "sinks/json_schema_checker.h"

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace dirwatcher {
namespace {

using nlohmann::json;

bool Obeys(absl::string_view value, absl::string_view schema) {
  return JsonSchemaChecker(json::parse(schema)).Check(json::parse(value)).ok();
}

// Each keyword accepts something and refuses something.
TEST(JsonSchemaChecker, TellsWhatObeysEachKeywordFromWhatDoesNot) {
  struct {
    absl::string_view schema, good, bad;
  } const kCases[] = {
      {R"({"type":"string"})", R"("1")", "1"},
      {R"({"type":"integer"})", "1", "1.5"},
      {R"({"type":"number"})", "1.5", "null"},
      {R"({"type":"boolean"})", "true", "0"},
      {R"({"type":"object"})", "{}", "[]"},
      {R"({"type":"array"})", "[]", "{}"},
      {R"({"type":["integer","null"]})", "null", R"("x")"},
      {R"({"const":true})", "true", "false"},
      {R"({"enum":["a","b"]})", R"("b")", R"("c")"},
      {R"({"oneOf":[{"type":"number"},{"minimum":5}]})", "4", "6"},
      {R"({"oneOf":[{"const":1},{"const":2}]})", "2", "3"},
      {R"({"properties":{"a":{"const":1}}})", R"({"b":2})", R"({"a":2})"},
      {R"({"required":["a"]})", R"({"a":1})", R"({"b":1})"},
      {R"({"properties":{"a":{}},"additionalProperties":false})", R"({"a":1})",
       R"({"a":1,"b":1})"},
      {R"({"items":{"const":1}})", "[1,1]", "[1,2]"},
      {R"({"minItems":1})", "[0]", "[]"},
      {R"({"minLength":2})", R"("ab")", R"("a")"},
      {R"({"minimum":1})", "1", "0"},
      {R"({"exclusiveMinimum":1})", "1.5", "1"},
      {R"({"pattern":"^a+$"})", R"("aa")", R"("ab")"},
      {R"({"$ref":"#/$defs/x","$defs":{"x":{"const":1}}})", "1", "2"},
  };
  for (const auto& c : kCases) {
    EXPECT_TRUE(Obeys(c.good, c.schema)) << c.schema;
    EXPECT_FALSE(Obeys(c.bad, c.schema)) << c.schema;
  }
}

TEST(JsonSchemaChecker, RefusesSchemasWithKeywordsThatItDoesNotKnow) {
  const JsonSchemaChecker checker(json::parse(R"({"maximum":1})"));
  EXPECT_TRUE(absl::IsUnimplemented(checker.Check(json(0))));
}

}  // namespace
}  // namespace dirwatcher
