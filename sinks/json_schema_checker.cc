#include "sinks/json_schema_checker.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "re2/re2.h"

namespace dirwatcher {
namespace {

using nlohmann::json;

bool HasType(const json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_boolean();
  return type == "null" && value.is_null();
}

bool HasOneOfTypes(const json& value, const json& types) {
  if (types.is_string()) return HasType(value, types);
  return std::any_of(types.begin(), types.end(), [&value](const json& type) {
    return HasType(value, type);
  });
}

absl::Status Disobeys(const std::string& where, absl::string_view why,
                      const json& value) {
  return absl::InvalidArgumentError(
      absl::StrCat(where, " ", why, ": ", value.dump()));
}

}  // namespace

absl::Status JsonSchemaChecker::Check(const json& value, const json& schema,
                                      const std::string& where) const {
  for (const auto& [keyword, rule] : schema.items()) {
    absl::Status status;
    if (keyword == "$schema" || keyword == "$defs" || keyword == "title" ||
        keyword == "description" || keyword == "format" ||
        keyword == "contentEncoding") {
      continue;
    } else if (keyword == "$ref") {
      const std::string pointer = rule.get<std::string>().substr(1);
      status = Check(value, schema_.at(json::json_pointer(pointer)), where);
    } else if (keyword == "type") {
      if (!HasOneOfTypes(value, rule)) {
        status = Disobeys(where, "is not of type " + rule.dump(), value);
      }
    } else if (keyword == "const") {
      if (value != rule) status = Disobeys(where, "is another value", value);
    } else if (keyword == "enum") {
      if (std::find(rule.begin(), rule.end(), value) == rule.end()) {
        status = Disobeys(where, "is none of the values", value);
      }
    } else if (keyword == "oneOf") {
      std::string reasons;
      int obeyed = 0;
      for (const json& alternative : rule) {
        const absl::Status one = Check(value, alternative, where);
        if (absl::IsUnimplemented(one)) return one;
        if (one.ok()) ++obeyed;
        absl::StrAppend(&reasons, "\n  ", one.ToString());
      }
      if (obeyed != 1) {
        status = Disobeys(
            where, absl::StrCat("obeys ", obeyed, " alternatives", reasons),
            value);
      }
    } else if (keyword == "properties") {
      if (!value.is_object()) continue;
      for (const auto& [name, property] : rule.items()) {
        if (!value.contains(name)) continue;
        status = Check(value.at(name), property, where + "." + name);
        if (!status.ok()) return status;
      }
    } else if (keyword == "required") {
      for (const std::string name : rule) {
        if (value.is_object() && !value.contains(name)) {
          status = Disobeys(where, "lacks " + name, value);
        }
      }
    } else if (keyword == "additionalProperties" && rule == json(false)) {
      if (!value.is_object()) continue;
      for (const auto& [name, property] : value.items()) {
        if (!schema.at("properties").contains(name)) {
          status = Disobeys(where, "has the unknown key " + name, property);
        }
      }
    } else if (keyword == "items") {
      if (!value.is_array()) continue;
      for (size_t i = 0; i < value.size(); ++i) {
        status = Check(value[i], rule, absl::StrCat(where, "[", i, "]"));
        if (!status.ok()) return status;
      }
    } else if (keyword == "minItems") {
      if (value.is_array() && value.size() < rule.get<size_t>()) {
        status = Disobeys(where, "has too few items", value);
      }
    } else if (keyword == "minLength") {
      if (value.is_string() &&
          value.get_ref<const std::string&>().size() < rule.get<size_t>()) {
        status = Disobeys(where, "is too short", value);
      }
    } else if (keyword == "minimum") {
      if (value.is_number() && value < rule) {
        status = Disobeys(where, "is too small", value);
      }
    } else if (keyword == "exclusiveMinimum") {
      if (value.is_number() && value <= rule) {
        status = Disobeys(where, "is too small", value);
      }
    } else if (keyword == "pattern") {
      if (value.is_string() &&
          !RE2::PartialMatch(value.get<std::string>(),
                             RE2(rule.get<std::string>()))) {
        status = Disobeys(where, "does not match " + rule.dump(), value);
      }
    } else {
      status = absl::UnimplementedError("schema keyword " + keyword);
    }
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace dirwatcher
