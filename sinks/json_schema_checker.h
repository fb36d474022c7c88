// JsonSchemaChecker: does a JSON value obey a JSON Schema? For the tests that
// hold the events against docs/events.schema.json.

#ifndef DIRWATCHER_SINKS_JSON_SCHEMA_CHECKER_H_
#define DIRWATCHER_SINKS_JSON_SCHEMA_CHECKER_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "nlohmann/json.hpp"

namespace dirwatcher {

// Knows the part of draft 2020-12 that the schema uses: $ref (to "#/..."),
// type, const, enum, oneOf, properties, required, additionalProperties (false
// only), items, minItems, minLength (in bytes), minimum, exclusiveMinimum,
// pattern. Keywords that only inform are passed over; any other one is an
// error, so that nothing in a schema is believed to be checked that is not.
// Thread-safe.
class JsonSchemaChecker {
 public:
  explicit JsonSchemaChecker(nlohmann::json schema)
      : schema_(std::move(schema)) {}

  // INVALID_ARGUMENT  the value does not obey; the message says where and why
  // UNIMPLEMENTED     the schema uses something that is not checked here
  absl::Status Check(const nlohmann::json& value) const {
    return Check(value, schema_, "$");
  }

 private:
  absl::Status Check(const nlohmann::json& value, const nlohmann::json& schema,
                     const std::string& where) const;

  const nlohmann::json schema_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SINKS_JSON_SCHEMA_CHECKER_H_
