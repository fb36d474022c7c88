#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "dirwatch/event.h"
#include "env/fake_clock.h"
#include "gtest/gtest.h"
#include "logging/byte_sink.h"
#include "logging/fake_logger.h"
#include "nlohmann/json.hpp"
#include "rapidcheck.h"
#include "rapidcheck/gtest.h"
#include "sinks/json_event_sink.h"
#include "text/utf8.h"

namespace dirwatcher {
namespace {

using nlohmann::json;

class StringByteSink : public ByteSink {
 public:
  WriteResult Write(absl::string_view bytes) override {
    bytes_.append(bytes.data(), bytes.size());
    WriteResult result;
    result.written_bytes = bytes.size();
    return result;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// The event's line, which must be one line of UTF-8 without a control
// character, parsed by somebody else's parser.
json Parse(const Event& event) {
  FakeClock clock;
  FakeLogger logger;
  StringByteSink out;
  JsonEventSink sink(&clock, &out, &logger);
  sink.OnEvent(event);
  sink.Flush();
  std::string line = out.bytes();
  RC_ASSERT(!line.empty() && line.back() == '\n');
  line.pop_back();
  RC_ASSERT(IsValidUtf8(line));
  for (const char c : line) {
    RC_ASSERT(static_cast<uint8_t>(c) >= 0x20 && c != 0x7F);
  }
  const json parsed = json::parse(line, nullptr, /*allow_exceptions=*/false);
  RC_ASSERT(parsed.is_object());
  return parsed;
}

rc::Gen<std::string> HostileText() {
  const auto piece = rc::gen::oneOf(
      rc::gen::container<std::string>(rc::gen::inRange<char>(' ', '\x7F')),
      rc::gen::container<std::string>(rc::gen::arbitrary<char>()),
      rc::gen::container<std::string>(rc::gen::inRange<char>('\0', ' ')),
      rc::gen::elementOf(std::vector<std::string>{
          "\\", "\"", "\\u0041", "\n", "\x1B[2J", "\x7F", "\xC2\x85", "\x9B",
          "\xE2\x80\xA8", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xED\xA0\x80",
          "\xC0\x80", "\xE2\x82"}));
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                      [](const std::vector<std::string>& pieces) {
                        std::string text;
                        for (const std::string& p : pieces) text += p;
                        return text;
                      });
}

// What `key` and `base64_key` of `event` say of the name `exact`.
void CheckName(const json& event, const char* key, const char* base64_key,
               const std::string& exact) {
  RC_ASSERT(event.at(key).get<std::string>() == ReplaceInvalidUtf8(exact));
  const bool valid = IsValidUtf8(exact);
  RC_ASSERT(event.contains(base64_key) == !valid);
  if (valid) return;
  std::string decoded;
  RC_ASSERT(
      absl::Base64Unescape(event.at(base64_key).get<std::string>(), &decoded));
  RC_ASSERT(decoded == exact);
}

RC_GTEST_PROP(JsonEventSinkProperty, TextOfAnyBytesCanBeReadBack, ()) {
  const std::string file = *HostileText();
  const std::string magic = *HostileText();
  const std::string text = *HostileText();
  LineMatched e;
  e.file = file;
  e.line = *rc::gen::positive<int64_t>();
  e.offset_bytes = *rc::gen::nonNegative<int64_t>();
  e.magic = magic;
  e.text = text;
  e.cut = *rc::gen::arbitrary<bool>();
  const json parsed = Parse(e);
  CheckName(parsed, "file", "file_base64", file);
  RC_ASSERT(parsed.at("line").get<int64_t>() == e.line);
  RC_ASSERT(parsed.at("offset").get<int64_t>() == e.offset_bytes);
  RC_ASSERT(parsed.at("magic").get<std::string>() == ReplaceInvalidUtf8(magic));
  RC_ASSERT(parsed.at("text").get<std::string>() == ReplaceInvalidUtf8(text));
  RC_ASSERT(parsed.contains("cut") == e.cut);
  RC_CLASSIFY(IsValidUtf8(file), "valid name");
  RC_CLASSIFY(IsValidUtf8(text), "valid text");
}

RC_GTEST_PROP(JsonEventSinkProperty, BothNamesOfARenameCanBeReadBack, ()) {
  const std::string file = *HostileText();
  const std::string from = *HostileText();
  const json parsed = Parse(FileRenamed{file, from});
  CheckName(parsed, "file", "file_base64", file);
  CheckName(parsed, "from", "from_base64", from);
}

RC_GTEST_PROP(JsonEventSinkProperty, ReasonsOfAnyBytesCanBeReadBack, ()) {
  const std::string text = *HostileText();
  RC_ASSERT(Parse(FileError{"a", text}).at("message").get<std::string>() ==
            ReplaceInvalidUtf8(text));
  RC_ASSERT(Parse(DirectoryError{text, "x"}).at("dir").get<std::string>() ==
            ReplaceInvalidUtf8(text));
}

}  // namespace
}  // namespace dirwatcher
