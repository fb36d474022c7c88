// Any bytes become JSON that another parser reads back as the same text, with
// U+FFFD for what is not UTF-8.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"
#include "sinks/json_writer.h"
#include "text/utf8.h"

namespace dirwatcher {
namespace {

void Check(bool condition) {
  if (!condition) abort();
}

void CheckRoundTrip(absl::string_view bytes) {
  std::string out;
  JsonWriter json(&out);
  json.BeginArray();
  json.String(bytes);
  json.Base64(bytes);
  json.EndArray();

  Check(IsValidUtf8(out));
  for (const char c : out) Check(c >= 0x20 || (c & 0x80) != 0);
  const nlohmann::json parsed =
      nlohmann::json::parse(out, /*cb=*/nullptr, /*allow_exceptions=*/false);
  Check(parsed.is_array() && parsed.size() == 2);
  Check(parsed[0].get<std::string>() == ReplaceInvalidUtf8(bytes));
  std::string decoded;
  Check(absl::Base64Unescape(parsed[1].get<std::string>(), &decoded));
  Check(decoded == bytes);
}

}  // namespace
}  // namespace dirwatcher

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  dirwatcher::CheckRoundTrip(
      absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
