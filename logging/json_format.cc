#include "logging/json_format.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace dirwatcher {
namespace {

std::string ToString(absl::string_view text) { return std::string(text); }

}  // namespace

void JsonFormat::Append(const LogRecord& record, std::string* out) {
  nlohmann::ordered_json json;
  json["time"] = absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", record.time,
                                  absl::UTCTimeZone());
  json["level"] = ToString(LogLevelName(record.level));
  json["name"] = name_;
  json["message"] = ToString(record.text);
  json["file"] = ToString(record.file);
  json["line"] = record.line;
  json["process"] = getpid();
  json["thread"] = CurrentThreadId();
  absl::StrAppend(
      out, json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
      "\n");
}

}  // namespace dirwatcher
